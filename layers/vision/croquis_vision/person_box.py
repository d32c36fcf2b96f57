"""The part of a photo in which sharpness and light are judged: the person, with hair and shoes, without the wall."""

from math import ceil

import numpy as np
import numpy.typing as npt
from PIL import Image

from croquis.domain.photo_features import Box
from croquis_vision.landmarks import Landmarks

Greys = npt.NDArray[np.uint8]

JUDGED_LONG_SIDE = 1_024  # sharpness has no meaning without a size at which one looks
SIDES, ABOVE, BELOW = 0.05, 0.10, 0.03  # of the body's height, around its points
MARGIN = 8


def person_box(person: Landmarks, size: tuple[int, int]) -> Box:
    """Around the person's points, with some room, within the picture."""
    low, high = person.points.min(axis=0), person.points.max(axis=0)
    height = high[1] - low[1]
    left, top = np.clip((low - np.array([SIDES, ABOVE]) * height) / size, 0, 1)
    right, bottom = np.clip((high + np.array([SIDES, BELOW]) * height) / size, 0, 1)
    return Box(float(left), float(top), float(right), float(bottom))


def judged_greys(image: Image.Image, box: Box) -> Greys:
    """The box's pixels in grey, as if the photo had 1,024 pixels on its long side; a smaller photo is not enlarged."""
    scale = min(1.0, JUDGED_LONG_SIDE / max(image.size))
    size = round(image.width * scale), round(image.height * scale)
    left, top, right, bottom = (int(share * length) for share, length in zip(box, size * 2, strict=True))
    if right <= left or bottom <= top:
        return np.zeros((0, 0), np.uint8)
    across, down = image.width / size[0], image.height / size[1]
    region = (left * across, top * down, right * across, bottom * down)
    return np.asarray(_grey(image, region, (right - left, bottom - top)))


def _grey(image: Image.Image, region: tuple[float, float, float, float], size: tuple[int, int]) -> Image.Image:
    """Only the region is made grey, and a few pixels around it that the filter sees."""
    left, top = (max(0, int(it) - MARGIN) for it in region[:2])
    right, bottom = (min(length, ceil(it) + MARGIN) for it, length in zip(region[2:], image.size, strict=True))
    grey = image.crop((left, top, right, bottom)).convert("L")
    within = (region[0] - left, region[1] - top, region[2] - left, region[3] - top)
    # Hamming: neither sharpens as Lanczos does nor softens as the bilinear filter, and the thresholds know neither
    return grey.resize(size, Image.Resampling.HAMMING, box=within)
