"""Are two photos as good as one? Only if the whole picture and the pose are alike.

The picture alone would call a series before one wall, with the camera on a tripod, twelve times the same photo.
"""

from dataclasses import dataclass
from math import dist

import numpy as np
from PIL import Image

from croquis_vision.landmarks import ANKLES, ELBOWS, HIPS, KNEES, NOSE, SHOULDERS, WRISTS, Landmarks
from croquis_vision.thresholds import THRESHOLDS, Thresholds

JOINTS = (NOSE, *SHOULDERS, *ELBOWS, *WRISTS, *HIPS, *KNEES, *ANKLES)


@dataclass(frozen=True)
class Likeness:
    """What is compared, small enough to be kept in a row: 64 bits in hexadecimal, and 13 joints around the hips."""

    dhash: str
    joints: tuple[tuple[float, float], ...]


def near_duplicate(one: Likeness, other: Likeness, t: Thresholds = THRESHOLDS) -> bool:
    """The same photo, or one taken in the same moment: a second one adds nothing to a training."""
    if (int(one.dhash, 16) ^ int(other.dhash, 16)).bit_count() > t.hash_distance:
        return False
    return max(map(dist, one.joints, other.joints)) <= t.joint_distance


def likeness_of(grey: Image.Image, person: Landmarks) -> Likeness:
    """The whole picture's hash and the main person's pose."""
    return Likeness(dhash(grey), _joints(person))


def dhash(grey: Image.Image) -> str:
    """64 bits, row by row: is it brighter to the right? Unmoved by size, compression and brightness."""
    small = np.asarray(grey.resize((9, 8), Image.Resampling.LANCZOS, reducing_gap=3.0), np.int16)
    return np.packbits(small[:, 1:] > small[:, :-1]).tobytes().hex()


def _joints(person: Landmarks) -> tuple[tuple[float, float], ...]:
    hips, shoulders = person.between(HIPS), person.between(SHOULDERS)
    torso = max(dist(hips, shoulders), 1.0)
    joints = (person.points[list(JOINTS)] - hips) / torso
    return tuple((round(float(x), 4), round(float(y), 4)) for x, y in joints)
