"""The one colour of what is worn, if it has one: to hold a picture of somebody beside the picture of a garment."""

import numpy as np

from croquis.domain.photos.features import Rgb, Worn
from croquis_vision.landmarks import Landmarks
from croquis_vision.regions import Pixels, clothes_in, feet_in

FEWEST_PIXELS = 24
LIKE = 48  # levels of a channel: folds and shade of one cloth
MOST = 0.70  # of the pixels: stripes and prints have no one colour


def worn_colours(picture: Pixels, person: Landmarks) -> Worn:
    """`person` in pixels of `picture`."""
    clothes = clothes_in(picture, person)
    return Worn(*(_colour(pixels) for pixels in (clothes.torso, clothes.thighs, feet_in(picture, person))))


def _colour(pixels: Pixels) -> Rgb | None:
    if len(pixels) < FEWEST_PIXELS:
        return None
    middle = np.median(pixels, axis=0)
    alike = np.abs(pixels - middle).max(axis=1) < LIKE
    return Rgb(*(round(it) for it in middle.tolist())) if alike.mean() >= MOST else None
