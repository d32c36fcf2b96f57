"""From where the person is seen, by the turn of shoulders and head. Right for nine photos of ten: no refusal.

The hips are left out: a raised or stepping leg turns them, and nobody calls that another view.
"""

import numpy as np

from croquis.domain.photos.photo import CameraView
from croquis_vision.landmarks import EARS, SHOULDERS, Landmarks
from croquis_vision.thresholds import THRESHOLDS, Thresholds


def yaw_of(person: Landmarks) -> float:
    """Degrees between the person's front and the camera: 0 is towards it, 180 away from it."""
    turns = [_turn(person, SHOULDERS), _turn(person, SHOULDERS), _turn(person, EARS)]  # who looks back is no back view
    return float(np.degrees(np.arctan2(np.sin(turns).sum(), np.cos(turns).sum())))  # the mean of the angles


def view_of(person: Landmarks, t: Thresholds = THRESHOLDS) -> CameraView:
    """The view that this turn is called."""
    turn = abs(yaw_of(person))
    if turn < t.front_until:
        return CameraView.FRONT
    if turn < t.three_quarter_until:
        return CameraView.THREE_QUARTER
    return CameraView.SIDE if turn < t.side_until else CameraView.BACK


def _turn(person: Landmarks, pair: tuple[int, int]) -> float:
    left, right = person.world[list(pair)]
    return float(np.arctan2(left[2] - right[2], left[0] - right[0]))
