"""What is said about view and pose of a body whose points are known."""

from math import cos, radians, sin

import numpy as np
import pytest

from croquis.domain.photos.photo import CameraView
from croquis_vision.facing import view_of, yaw_of
from croquis_vision.landmarks import ANKLES, EARS, ELBOWS, HIPS, KNEES, SHOULDERS, WRISTS, Landmarks
from croquis_vision.networks import Floats
from croquis_vision.posture import Arms, Pose, Stance, pose_of


def body(**moved: tuple[float, float, float]) -> Floats:
    """Upright, arms hanging, in metres; a name like `left_wrist` puts that point somewhere else."""
    points = np.zeros((33, 3), np.float32)
    points[list(EARS)] = [(0.08, -0.7, 0), (-0.08, -0.7, 0)]
    for pair, x, y in ((SHOULDERS, 0.2, -0.5), (ELBOWS, 0.22, -0.22), (WRISTS, 0.24, 0.05)):
        points[list(pair)] = [(x, y, 0), (-x, y, 0)]
    for pair, x, y in ((HIPS, 0.12, 0), (KNEES, 0.13, 0.42), (ANKLES, 0.14, 0.84)):
        points[list(pair)] = [(x, y, 0), (-x, y, 0)]
    pairs = {"shoulder": SHOULDERS, "elbow": ELBOWS, "wrist": WRISTS, "knee": KNEES, "ankle": ANKLES}
    for name, where in moved.items():
        side, joint = name.split("_")
        points[pairs[joint][side == "right"]] = where
    return points


def turned(points: Floats, degrees: float) -> Floats:
    c, s = cos(radians(degrees)), sin(radians(degrees))
    return (points @ np.array([[c, 0, s], [0, 1, 0], [-s, 0, c]])).astype(np.float32)


def seen(points: Floats) -> Landmarks:
    return Landmarks(1, np.zeros((33, 2), np.float32), np.ones(33, np.float32), points)


ON_LEFT_HIP = {"left_elbow": (0.45, -0.25, 0.1), "left_wrist": (0.18, -0.1, 0.0)}
ON_RIGHT_HIP = {"right_elbow": (-0.45, -0.25, 0.1), "right_wrist": (-0.18, -0.1, 0.0)}
LEFT_UP = {"left_elbow": (0.3, -0.7, 0), "left_wrist": (0.3, -1.0, 0)}
RIGHT_UP = {"right_elbow": (-0.3, -0.7, 0), "right_wrist": (-0.3, -1.0, 0)}
SEATED = {
    "left_knee": (0.15, 0.05, -0.42), "right_knee": (-0.15, 0.05, -0.42),
    "left_ankle": (0.15, 0.45, -0.42), "right_ankle": (-0.15, 0.45, -0.42),
}  # fmt: skip
STEP = {"left_ankle": (0.14, 0.80, -0.25), "right_ankle": (-0.14, 0.80, 0.25)}
HALF_STEP = {"left_ankle": (0.14, 0.83, -0.10), "right_ankle": (-0.14, 0.83, 0.10)}
SIZE = (300, 400)
CHIN = {"left_elbow": (0.25, -0.25, -0.1), "left_wrist": (0.05, -0.5, -0.2)}


def both(elbow: tuple[float, float, float], wrist: tuple[float, float, float]) -> dict[str, tuple[float, float, float]]:
    return {
        f"{side}_{joint}": (sign * x, y, z)
        for side, sign in (("left", 1), ("right", -1))
        for joint, (x, y, z) in (("elbow", elbow), ("wrist", wrist))
    }


CHIN_OF_THE_RIGHT = {"right_elbow": (-0.25, -0.25, -0.1), "right_wrist": (-0.05, -0.5, -0.2)}
LEAP = {name: (x, y - 0.3 if "knee" in name else y, z) for name, (x, y, z) in SEATED.items()}  # the knees drawn up
LUNGE = {
    "left_knee": (0.15, 0.05, -0.42), "right_knee": (-0.15, 0.05, 0.42),
    "left_ankle": (0.15, 0.47, -0.42), "right_ankle": (-0.15, 0.47, 0.42),
}  # fmt: skip
PEDALLING = SEATED | {"left_ankle": (0.15, 0.25, -0.42)}
BENT_OVER_A_BICYCLE = SEATED | {
    "left_shoulder": (0.2, -0.25, -0.45), "left_elbow": (0.22, 0, -0.6), "left_wrist": (0.2, 0.1, -0.8),
    "right_shoulder": (-0.2, -0.25, -0.45), "right_elbow": (-0.22, 0, -0.6), "right_wrist": (-0.2, 0.1, -0.8),
}  # fmt: skip
LEGS_STRETCHED = SEATED | {"left_ankle": (0.15, 0.05, -0.84), "right_ankle": (-0.15, 0.05, -0.84)}
RUNNING = {"left_knee": (0.13, 0.38, -0.2), "left_ankle": (0.14, 0.75, -0.02),
           "right_knee": (-0.13, 0.4, 0.1), "right_ankle": (-0.14, 0.75, 0.42)}  # fmt: skip
A_FOOT_THROWN_UP = {
    "left_ankle": (0.14, 0.84, -0.2),
    "right_knee": (-0.13, 0.4, 0.1),
    "right_ankle": (-0.14, 0.66, 0.3),
}
KNEES_BENT = {"left_knee": (0.13, 0.41, -0.12), "right_knee": (-0.13, 0.41, -0.12),
              "left_ankle": (0.14, 0.79, 0.0), "right_ankle": (-0.14, 0.79, 0.0)}  # fmt: skip
BEFORE_THE_BELLY = {"left_elbow": (0.35, -0.25, 0), "left_wrist": (0.05, -0.1, -0.2),
                    "right_elbow": (-0.35, -0.25, 0), "right_wrist": (-0.05, -0.1, -0.2)}  # fmt: skip
CROSSED = {"left_elbow": (0.3, -0.25, -0.1), "left_wrist": (-0.1, -0.2, -0.15),
           "right_elbow": (-0.3, -0.25, -0.1), "right_wrist": (0.1, -0.2, -0.15)}  # fmt: skip
BENT_BESIDE = {"left_elbow": (0.22, -0.25, 0.2), "left_wrist": (0.22, -0.12, 0),
               "right_elbow": (-0.22, -0.25, 0.2), "right_wrist": (-0.22, -0.12, 0)}  # fmt: skip
STRETCHED_OUT = {"left_elbow": (0.45, -0.58, 0), "left_wrist": (0.7, -0.7, 0),
                 "right_elbow": (-0.45, -0.58, 0), "right_wrist": (-0.7, -0.7, 0)}  # fmt: skip
AWAY_FROM_THE_BODY = {"left_elbow": (0.33, -0.25, 0), "left_wrist": (0.46, -0.08, 0)}
HANDS_ON_A_KNEE = {"left_elbow": (0.22, -0.25, -0.15), "left_wrist": (0.2, -0.05, -0.4)}
SWUNG_ACROSS = {"left_elbow": (0.05, -0.25, -0.1), "left_wrist": (-0.2, -0.05, -0.2)}


@pytest.mark.parametrize(
    ("moved", "stance", "arms"),
    [
        ({}, Stance.STANDING, Arms.DOWN),
        (ON_LEFT_HIP | ON_RIGHT_HIP, Stance.STANDING, Arms.ON_HIPS),
        (ON_LEFT_HIP, Stance.STANDING, Arms.ONE_ON_HIP),
        (RIGHT_UP, Stance.STANDING, Arms.ONE_RAISED),
        (RIGHT_UP | ON_LEFT_HIP, Stance.STANDING, Arms.ONE_RAISED),
        (RIGHT_UP | LEFT_UP, Stance.STANDING, Arms.BOTH_RAISED),
        (CHIN, Stance.STANDING, None),
        (SEATED, Stance.SITTING, None),
        (SEATED | LEFT_UP, Stance.SITTING, Arms.ONE_RAISED),
        (STEP, Stance.WALKING, Arms.DOWN),
        (HALF_STEP, None, Arms.DOWN),
        ({"left_knee": (0.15, 0.05, -0.42), "left_ankle": (0.15, 0.45, -0.42)}, None, Arms.DOWN),  # one leg raised
        ({"left_knee": (0.13, 0.41, -0.05), "left_ankle": (0.14, 0.76, 0.0)}, None, Arms.DOWN),  # a walk, from in front
        ({"left_ankle": (0.14, 0.78, 0.0)}, None, Arms.DOWN),  # one foot in the air
        (LEAP, None, Arms.DOWN),
        (LUNGE, None, Arms.DOWN),
        (PEDALLING, None, Arms.DOWN),
        (BENT_OVER_A_BICYCLE, None, None),
        (LEGS_STRETCHED, None, Arms.DOWN),
        (RUNNING, None, Arms.DOWN),
        (A_FOOT_THROWN_UP, None, Arms.DOWN),
        (KNEES_BENT, None, Arms.DOWN),
        (ON_LEFT_HIP | CHIN_OF_THE_RIGHT, Stance.STANDING, None),  # it may be behind the back
        (BEFORE_THE_BELLY, Stance.STANDING, None),
        (CROSSED, Stance.STANDING, None),
        (both((0.45, -0.25, -0.1), (0.2, -0.1, -0.2)), Stance.STANDING, None),  # something is held before the body
        (both((0.4, -0.25, 0), (0.1, -0.1, -0.05)), Stance.STANDING, None),  # on the belly
        (both((0.31, -0.2, 0), (0.215, -0.01, 0)), Stance.STANDING, None),  # a jacket's thick sleeves
        (both((0.5, -0.35, 0), (0.2, -0.35, 0)), Stance.STANDING, None),  # on the ribs
        (BENT_BESIDE, Stance.STANDING, None),
        (STRETCHED_OUT, Stance.STANDING, None),
        (RIGHT_UP | {"left_elbow": (0.45, -0.5, 0), "left_wrist": (0.7, -0.55, 0)}, Stance.STANDING, None),
        (AWAY_FROM_THE_BODY, Stance.STANDING, None),
        (HANDS_ON_A_KNEE, Stance.STANDING, None),
        (SWUNG_ACROSS, Stance.STANDING, None),
    ],
)
@pytest.mark.parametrize("degrees", [0, 40, -90])
def test_a_plain_pose_is_said_from_wherever_it_is_seen_and_a_doubtful_one_is_not(
    moved: dict[str, tuple[float, float, float]], stance: Stance | None, arms: Arms | None, degrees: float
) -> None:
    pose = pose_of(seen(turned(body(**moved), degrees)), CameraView.FRONT, SIZE)
    assert (pose.stance, pose.arms) == (stance, arms)


@pytest.mark.parametrize(
    ("joint", "stance", "arms"),
    [(KNEES[0], None, Arms.DOWN), (ANKLES[1], None, Arms.DOWN), (ELBOWS[1], Stance.STANDING, None),
     (WRISTS[0], Stance.STANDING, None)],
)  # fmt: skip
def test_what_is_not_in_the_picture_or_hidden_is_not_said(joint: int, stance: Stance | None, arms: Arms | None) -> None:
    """The network guesses where the legs of a half body are, and calls them standing or sitting."""
    hidden, below, beside = seen(body()), seen(body()), seen(body())
    hidden.presence[joint] = 0.6
    below.points[joint] = (150, 401)
    beside.points[joint] = (-1, 200)
    for person in (hidden, below, beside):
        assert pose_of(person, CameraView.FRONT, SIZE) == Pose(stance, arms)


def test_from_behind_only_sitting_is_told_from_standing() -> None:
    assert pose_of(seen(body()), CameraView.BACK, SIZE).stance is None
    assert pose_of(seen(body(**STEP)), CameraView.BACK, SIZE).stance is None
    assert pose_of(seen(body(**SEATED)), CameraView.BACK, SIZE).stance is Stance.SITTING


@pytest.mark.parametrize(
    ("pose", "words"),
    [
        (Pose(Stance.STANDING, Arms.ON_HIPS), "standing with hands on hips"),
        (Pose(Stance.SITTING, None), "sitting"),
        (Pose(None, Arms.ONE_RAISED), "one arm raised"),
        (Pose(None, None), None),
    ],
)
def test_a_pose_has_words_for_a_caption(pose: Pose, words: str | None) -> None:
    assert pose.words == words


@pytest.mark.parametrize(
    ("degrees", "view"),
    [(0, "front"), (19, "front"), (21, "three_quarter"), (49, "three_quarter"), (51, "side"), (117, "side"),
     (119, "back"), (180, "back")],
)  # fmt: skip
def test_the_view_follows_the_turn_of_shoulders_and_head(degrees: float, view: str) -> None:
    for sign in (1, -1):
        person = seen(turned(body(), sign * degrees))
        assert abs(yaw_of(person)) == pytest.approx(degrees, abs=0.01)
        assert view_of(person) == view


def test_a_raised_leg_turns_the_hips_and_not_the_view() -> None:
    twisted = body()
    twisted[list(HIPS)] = turned(twisted, 60)[list(HIPS)]
    assert abs(yaw_of(seen(twisted))) == pytest.approx(0, abs=0.01)


def test_the_head_counts_half_of_what_the_shoulders_count() -> None:
    """Whoever turns their back and looks over the shoulder is seen from behind."""
    twisted = body()
    twisted[list(EARS)] = turned(twisted, 45)[list(EARS)]
    assert 0 < abs(yaw_of(seen(twisted))) < 20
    looking_back = turned(body(), 180)
    looking_back[list(EARS)] = turned(body(), 75)[list(EARS)]
    assert view_of(seen(looking_back)) == CameraView.BACK
