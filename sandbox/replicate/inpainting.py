"""The sandbox's inpainting: what is white in the mask comes back clearer, or shows somebody else.

No model draws here: it is the face that was there, sharpened, by as much as is asked for.
"""

from pathlib import Path

import numpy as np
from PIL import Image, ImageFilter

from croquis_vision.landmarks import EYES, HIPS, MOUTH, NOSE, POINTS, SHOULDERS
from sandbox.replicate.cut_out import Figure
from sandbox.replicate.settings import Shown
from sandbox.replicate.strangers import stranger

CLEARER = 350  # percent, at full strength
FINE = 213  # parts of the picture's side: as soft as small faces come out
SOFT = 0.01  # of the picture's side: the mask's edge
RADIUS = 1.6  # of an oval around a face, in heights from the eyes to the mouth


def inpainted(picture: Path, mask: Path, *, strength: float, shown: Shown = "person") -> Image.Image:
    """As large as the picture; the same files and strength give the same pixels."""
    with Image.open(picture) as opened:
        before = opened.convert("RGB")
    with Image.open(mask) as opened:
        white = opened.convert("L").resize(before.size)
    after = _somebody_else(before, white) if shown == "stranger" else _clearer(before, strength)
    return Image.composite(after, before, white.filter(ImageFilter.GaussianBlur(before.width * SOFT)))


def _clearer(picture: Image.Image, strength: float) -> Image.Image:
    return picture.filter(ImageFilter.UnsharpMask(picture.width / FINE, round(CLEARER * strength), 0))


def _somebody_else(picture: Image.Image, white: Image.Image) -> Image.Image:
    """Painted where a face is expected: in the middle of what is white."""
    left, top, right, bottom = white.getbbox() or (0, 0, *picture.size)
    middle, unit = ((left + right) / 2, (top + bottom) / 2), (bottom - top) / 2 / RADIUS
    points = np.tile(np.array(middle, np.float32), (POINTS, 1))
    for pair, aside, down in ((EYES, 0.46, -0.3), (MOUTH, 0.25, 0.7), (SHOULDERS, 1.6, 2.2), (HIPS, 1.1, 7.0)):
        points[list(pair)] += np.array([(aside, down), (-aside, down)], np.float32) * unit
    points[NOSE] += np.array((0, 0.25), np.float32) * unit
    return stranger(Figure(picture.convert("RGBA"), points)).image.convert("RGB")
