"""What the person does: stance and arms, where it is plain. A wrong caption is worse than none, so doubt says nothing.

Measured in the body's own space, so that it does not depend on where the camera stood.
"""

from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from croquis.domain.photos.photo import CameraView
from croquis_vision.landmarks import ANKLES, ELBOWS, HIPS, KNEES, SHOULDERS, WRISTS, Landmarks
from croquis_vision.networks import Floats


class Stance(StrEnum):
    """What the legs do."""

    STANDING = "standing"
    WALKING = "walking"
    SITTING = "sitting"


class Arms(StrEnum):
    """What the arms do."""

    DOWN = "arms down"
    ON_HIPS = "hands on hips"
    ONE_ON_HIP = "one hand on the hip"
    ONE_RAISED = "one arm raised"
    BOTH_RAISED = "both arms raised"


@dataclass(frozen=True)
class Pose:
    """None is what could not be seen."""

    stance: Stance | None
    arms: Arms | None

    @property
    def words(self) -> str | None:
        """As it is said in a caption."""
        if self.stance and self.arms:
            return f"{self.stance} with {self.arms}"
        return self.stance or self.arms


class _Arm(StrEnum):
    DOWN = "down"
    ON_HIP = "on hip"
    RAISED = "raised"
    ELSEWHERE = "elsewhere"


@dataclass(frozen=True)
class _Limits:
    """Thighs: 1 hangs straight down, 0 is level. Strides in leg lengths, wrists in torso lengths, joints in degrees."""

    seated_thigh: float = 0.70
    walking_thigh: float = 0.85
    standing_thigh: float = 0.95
    straight_knee: float = 145
    walking_stride: float = 0.30
    standing_stride: float = 0.20
    raised_wrist: float = 0.30
    hanging_wrist: float = -0.75
    hanging_elbow: float = 135
    bent_elbow: float = 125
    wrist_to_hip: float = 0.60


LIMITS = _Limits()


def pose_of(person: Landmarks, view: CameraView) -> Pose:
    """The pose; seen from behind, steps towards or away from the camera cannot be told from standing."""
    stance = _stance(person.world)
    if view is CameraView.BACK and stance is not Stance.SITTING:
        stance = None
    return Pose(stance, _arms(person.world, seated=stance is Stance.SITTING))


def _stance(body: Floats) -> Stance | None:
    thighs = [_down(body[knee] - body[hip]) for hip, knee in zip(HIPS, KNEES, strict=True)]
    knees = [_angle(body, *leg) for leg in zip(HIPS, KNEES, ANKLES, strict=True)]
    stride = _stride(body)
    if max(thighs) < LIMITS.seated_thigh:
        return Stance.SITTING
    if min(thighs) > LIMITS.walking_thigh and stride > LIMITS.walking_stride:
        return Stance.WALKING
    if min(thighs) > LIMITS.standing_thigh and min(knees) > LIMITS.straight_knee and stride < LIMITS.standing_stride:
        return Stance.STANDING
    return None


def _arms(body: Floats, *, seated: bool) -> Arms | None:
    arms = sorted(_arm(body, side) for side in (0, 1))
    raised, on_hip, down = (arms.count(it) for it in (_Arm.RAISED, _Arm.ON_HIP, _Arm.DOWN))
    if raised:
        return Arms.BOTH_RAISED if raised == 2 else Arms.ONE_RAISED
    if on_hip:
        return Arms.ON_HIPS if on_hip == 2 else Arms.ONE_ON_HIP
    return Arms.DOWN if down == 2 and not seated else None  # a seated person's hands lie somewhere


def _arm(body: Floats, side: int) -> _Arm:
    shoulder, wrist, hip = body[SHOULDERS[side]], body[WRISTS[side]], body[HIPS[side]]
    torso = _length(body[list(SHOULDERS)].mean(axis=0) - body[list(HIPS)].mean(axis=0))
    elbow = _angle(body, SHOULDERS[side], ELBOWS[side], WRISTS[side])
    above_shoulder = float(shoulder[1] - wrist[1]) / torso
    if above_shoulder > LIMITS.raised_wrist:
        return _Arm.RAISED
    if above_shoulder < LIMITS.hanging_wrist and elbow > LIMITS.hanging_elbow:
        return _Arm.DOWN
    on_hip = elbow < LIMITS.bent_elbow and _length(wrist - hip) / torso < LIMITS.wrist_to_hip
    return _Arm.ON_HIP if on_hip else _Arm.ELSEWHERE


def _stride(body: Floats) -> float:
    """How far one foot is before the other, in leg lengths: at a right angle to the hips, along the ground."""
    across = (body[HIPS[0]] - body[HIPS[1]])[[0, 2]]
    apart = (body[ANKLES[0]] - body[ANKLES[1]])[[0, 2]]
    along = abs(float(apart[0] * across[1] - apart[1] * across[0])) / max(_length(across), 1e-6)
    legs = [
        _length(body[knee] - body[hip]) + _length(body[ankle] - body[knee])
        for hip, knee, ankle in zip(HIPS, KNEES, ANKLES, strict=True)
    ]
    return along / max(sum(legs) / 2, 1e-6)


def _down(limb: Floats) -> float:
    return float(limb[1]) / _length(limb)


def _angle(body: Floats, one: int, joint: int, other: int) -> float:
    first, second = body[one] - body[joint], body[other] - body[joint]
    return float(np.degrees(np.arccos(np.clip(first @ second / (_length(first) * _length(second)), -1, 1))))


def _length(vector: Floats) -> float:
    return max(float(np.linalg.norm(vector)), 1e-6)
