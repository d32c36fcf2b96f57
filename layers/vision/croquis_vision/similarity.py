"""What is kept of a photo to find another one of the same moment: a hash of the picture, and the pose."""

from math import dist

import numpy as np
from PIL import Image

from croquis.domain.photos.likeness import Likeness
from croquis_vision.landmarks import ANKLES, ELBOWS, HIPS, KNEES, NOSE, SHOULDERS, WRISTS, Landmarks

JOINTS = (NOSE, *SHOULDERS, *ELBOWS, *WRISTS, *HIPS, *KNEES, *ANKLES)


def likeness_of(grey: Image.Image, person: Landmarks) -> Likeness:
    """The whole picture's hash and the main person's pose."""
    return Likeness(dhash=dhash(grey), joints=_joints(person))


def dhash(grey: Image.Image) -> str:
    """64 bits, row by row: is it brighter to the right? Unmoved by size, compression and brightness."""
    small = np.asarray(grey.resize((9, 8), Image.Resampling.LANCZOS, reducing_gap=3.0), np.int16)
    return np.packbits(small[:, 1:] > small[:, :-1]).tobytes().hex()


def _joints(person: Landmarks) -> tuple[tuple[float, float], ...]:
    hips, shoulders = person.between(HIPS), person.between(SHOULDERS)
    torso = max(dist(hips, shoulders), 1.0)
    joints = (person.points[list(JOINTS)] - hips) / torso
    return tuple((round(x, 4), round(y, 4)) for x, y in joints.tolist())
