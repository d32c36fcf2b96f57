"""The part of a photo in which sharpness and light are judged: the person, with hair and shoes, without the wall."""

import numpy as np
import numpy.typing as npt
from PIL import Image

from croquis.domain.photos.features import Box
from croquis_vision.landmarks import Landmarks

Greys = npt.NDArray[np.uint8]

JUDGED_LONG_SIDE = 1_024  # sharpness has no meaning without a size at which one looks
SIDES, ABOVE, BELOW = 0.05, 0.10, 0.03  # of the body's height, around its points


def person_box(person: Landmarks, size: tuple[int, int]) -> Box:
    """Around the person's points, with some room, within the picture."""
    low, high = person.points.min(axis=0), person.points.max(axis=0)
    height = high[1] - low[1]
    left, top = np.clip((low - np.array([SIDES, ABOVE]) * height) / size, 0, 1)
    right, bottom = np.clip((high + np.array([SIDES, BELOW]) * height) / size, 0, 1)
    return Box(float(left), float(top), float(right), float(bottom))


def judged_greys(grey: Image.Image, box: Box) -> Greys:
    """The box's grey pixels as if the photo had 1,024 pixels on its long side; a smaller photo is not enlarged."""
    scale = min(1.0, JUDGED_LONG_SIDE / max(grey.size))
    width, height = round(grey.width * scale), round(grey.height * scale)
    left, top, right, bottom = (int(share * length) for share, length in zip(box, (width, height) * 2, strict=True))
    if right <= left or bottom <= top:
        return np.zeros((0, 0), np.uint8)
    if scale == 1:
        return np.asarray(grey.crop((left, top, right, bottom)))
    across, down = grey.width / width, grey.height / height
    region = (left * across, top * down, right * across, bottom * down)
    # Hamming: neither sharpens as Lanczos does nor softens as the bilinear filter, and the thresholds know neither
    return np.asarray(grey.resize((right - left, bottom - top), Image.Resampling.HAMMING, box=region))
