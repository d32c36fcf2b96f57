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
    """Thighs and shins: 1 hangs straight down, 0 is level. Strides in leg lengths, the rest in torsos and degrees.

    Chosen so that hardly a word was wrong about a hundred photos; most of what is left unsaid was right.
    """

    seen: float = 0.70  # presence of the joints that a word is about, which are all in the picture
    seated_thigh: tuple[float, float] = (-0.20, 0.70)  # with the knees higher people squat, or leap
    seated_shin: float = 0.55
    seated_feet: float = 0.25  # one foot above the other
    seated_lean: float = 45
    alike_thighs: float = 0.75  # cosine: in a lunge they point to opposite sides
    walking_thigh: float = 0.85
    walking_knee: float = 130  # in a run it is bent further, and the foot thrown up
    walking_stride: float = 0.38
    walking_feet: float = 0.30
    standing_thigh: float = 0.95
    standing_knee: float = 150
    standing_stride: float = 0.15
    standing_feet: float = 0.10
    raised_wrist: float = 0.35
    raised_slope: float = 0.60  # up per outwards: below it the arm is stretched out
    lowered_wrist: float = 0.0
    hanging_wrist: float = -0.75
    hanging_elbow: float = 135
    hanging_forward: float = 0.60
    hanging_out: tuple[float, float] = (-0.30, 0.50)
    bent_elbow: float = 125
    wrist_to_hip: float = 0.60
    wrist_before_hip: float = 0.22
    wrist_beside_hip: float = 0.08
    elbow_beside_wrist: float = 0.10


LIMITS = _Limits()


def pose_of(person: Landmarks, view: CameraView, size: tuple[int, int]) -> Pose:
    """The pose of a person in a picture of this size; what is not seen in it is not said.

    Seen from behind, steps towards or away from the camera cannot be told from standing.
    """
    stance = _stance(person.world) if _are_seen(person, size, *KNEES, *ANKLES) else None
    arms = _arms(person.world, stance) if _are_seen(person, size, *ELBOWS, *WRISTS) else None
    if view is CameraView.BACK and stance is not Stance.SITTING:
        stance = None
    return Pose(stance, arms)


def _are_seen(person: Landmarks, size: tuple[int, int], *joints: int) -> bool:
    """Points outside the picture are guessed, and so are those with a low presence."""
    points = person.points[list(joints)]
    inside = bool(((points >= 0) & (points <= size)).all())
    return inside and bool((person.presence[list(joints)] >= LIMITS.seen).all())


def _stance(body: Floats) -> Stance | None:
    thighs = [_down(body[knee] - body[hip]) for hip, knee in zip(HIPS, KNEES, strict=True)]
    knees = [_angle(body, *leg) for leg in zip(HIPS, KNEES, ANKLES, strict=True)]
    stride, feet = _stride(body), abs(float(body[ANKLES[0]][1] - body[ANKLES[1]][1])) / _torso(body)
    if max(thighs) < LIMITS.seated_thigh[1]:
        seated = min(thighs) > LIMITS.seated_thigh[0] and feet < LIMITS.seated_feet
        return Stance.SITTING if seated and _is_seated(body) else None
    if (
        stride > LIMITS.walking_stride
        and min(thighs) > LIMITS.walking_thigh
        and min(knees) > LIMITS.walking_knee
        and feet < LIMITS.walking_feet
    ):
        return Stance.WALKING
    if (
        stride < LIMITS.standing_stride
        and min(thighs) > LIMITS.standing_thigh
        and min(knees) > LIMITS.standing_knee
        and feet < LIMITS.standing_feet
    ):
        return Stance.STANDING
    return None


def _is_seated(body: Floats) -> bool:
    """Both thighs go the same way, the shins down, and the trunk is upright: no lunge, no leap, no bicycle."""
    left, right = (
        (body[knee] - body[hip]) / _length(body[knee] - body[hip]) for hip, knee in zip(HIPS, KNEES, strict=True)
    )
    shins = [_down(body[ankle] - body[knee]) for knee, ankle in zip(KNEES, ANKLES, strict=True)]
    upright = _down(_middle(body, HIPS) - _middle(body, SHOULDERS)) > np.cos(np.radians(LIMITS.seated_lean))
    return bool(left @ right > LIMITS.alike_thighs) and min(shins) > LIMITS.seated_shin and upright


def _arms(body: Floats, stance: Stance | None) -> Arms | None:
    arms = [_arm(body, side) for side in (0, 1)]
    raised, on_hip, down = (arms.count(it) for it in (_Arm.RAISED, _Arm.ON_HIP, _Arm.DOWN))
    if raised == 1:
        other = arms.index(_Arm.RAISED) ^ 1
        return Arms.ONE_RAISED if _above_shoulder(body, other) < LIMITS.lowered_wrist else None
    if raised:
        return Arms.BOTH_RAISED
    if on_hip == 2:
        return Arms.ON_HIPS
    if on_hip:  # where the other hand does something else, this one may as well be behind the back
        return Arms.ONE_ON_HIP if down else None
    return Arms.DOWN if down == 2 and stance is not Stance.SITTING else None  # a seated person's hands lie somewhere


def _arm(body: Floats, side: int) -> _Arm:
    wrist, hip, torso = body[WRISTS[side]], body[HIPS[side]], _torso(body)
    elbow = _angle(body, SHOULDERS[side], ELBOWS[side], WRISTS[side])
    up = _above_shoulder(body, side)
    out, forward = (float(it) / torso for it in _beside_and_before(body, side, wrist - hip))
    if up > max(LIMITS.raised_wrist, LIMITS.raised_slope * out):
        return _Arm.RAISED
    if up < LIMITS.hanging_wrist and elbow > LIMITS.hanging_elbow:
        hangs = abs(forward) < LIMITS.hanging_forward and LIMITS.hanging_out[0] < out < LIMITS.hanging_out[1]
        return _Arm.DOWN if hangs else _Arm.ELSEWHERE
    # arms that are bent for another reason have the hand before the trunk, or the elbow behind it and not outside
    elbow_out = float(_beside_and_before(body, side, body[ELBOWS[side]] - wrist)[0]) / torso
    on_hip = (
        elbow < LIMITS.bent_elbow
        and _length(wrist - hip) / torso < LIMITS.wrist_to_hip
        and abs(forward) < LIMITS.wrist_before_hip
        and out > LIMITS.wrist_beside_hip
        and elbow_out > LIMITS.elbow_beside_wrist
    )
    return _Arm.ON_HIP if on_hip else _Arm.ELSEWHERE


def _above_shoulder(body: Floats, side: int) -> float:
    return float(body[SHOULDERS[side]][1] - body[WRISTS[side]][1]) / _torso(body)


def _beside_and_before(body: Floats, side: int, vector: Floats) -> tuple[float, float]:
    """Its parts away from the trunk to this side, and to where the hips face; along the ground."""
    across = (body[HIPS[0]] - body[HIPS[1]])[[0, 2]]
    left = across / _length(across)
    ahead = np.array([left[1], -left[0]])
    return (1, -1)[side] * float(vector[[0, 2]] @ left), float(vector[[0, 2]] @ ahead)


def _torso(body: Floats) -> float:
    return _length(_middle(body, SHOULDERS) - _middle(body, HIPS))


def _middle(body: Floats, pair: tuple[int, int]) -> Floats:
    return body[list(pair)].mean(axis=0)


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
