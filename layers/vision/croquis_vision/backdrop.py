"""What the background is called in a caption: only a plain wall has a name. A wrong caption is worse than none."""

from typing import NamedTuple

import numpy as np
from PIL import Image

from croquis.domain.photo_features import Box
from croquis_vision.networks import Floats
from croquis_vision.regions import Pixels, background_in, joined
from croquis_vision.thresholds import THRESHOLDS, Thresholds

LUMA = np.array([0.299, 0.587, 0.114])
LIGHTNESS_WEIGHT = 0.5  # a shade is taken for another one sooner than a colour for another
NEAREST, CLEARLY = 40, 0.7  # how far the colour may be, and how much nearer than the next


class Shade(NamedTuple):
    """A colour as walls have it in photos."""

    lightness: str
    name: str
    rgb: tuple[int, int, int]


SHADES = (
    Shade("", "white", (235, 235, 235)),
    Shade("light ", "grey", (192, 192, 192)),
    Shade("", "grey", (140, 140, 140)),
    Shade("dark ", "grey", (80, 80, 80)),
    Shade("", "black", (25, 25, 25)),
    Shade("", "beige", (213, 198, 172)),
    Shade("", "brown", (115, 80, 55)),
    Shade("", "red", (165, 45, 40)),
    Shade("", "pink", (214, 178, 178)),
    Shade("", "orange", (215, 125, 50)),
    Shade("", "yellow", (220, 195, 85)),
    Shade("light ", "green", (165, 195, 160)),
    Shade("", "green", (80, 125, 75)),
    Shade("dark ", "green", (40, 65, 45)),
    Shade("light ", "blue", (145, 178, 205)),
    Shade("", "blue", (70, 110, 165)),
    Shade("dark ", "blue", (35, 50, 90)),
    Shade("", "purple", (105, 70, 135)),
    Shade("light ", "purple", (185, 170, 205)),
)


def background_words(cells: Pixels, picture: Image.Image, box: Box, t: Thresholds = THRESHOLDS) -> str | None:
    """Such as "a plain light grey wall", or None where there is anything but one plain colour around the person.

    `cells` is `picture` reduced so far that only large differences are left.
    """
    wall = joined(background_in(cells, box).wall)
    if len(wall) < t.plain_area * cells.shape[0] * cells.shape[1]:
        return None
    low, middle, high = np.percentile(wall, (2, 50, 98), axis=0)
    if (high - low).max() > t.plain_spread * middle.max():
        return None
    greens = np.asarray(picture.getchannel("G"))
    if _structured(background_in(greens, box).wall, t.plain_step * float(middle @ LUMA), t):
        return None
    colour = colour_name(middle)
    return colour and f"a plain {colour} wall"


def colour_name(rgb: Floats) -> str | None:
    """Such as "light grey"; None between two names. Between two shades of one name it is told without the shade."""
    distances = _distances(rgb)
    best = int(distances.argmin())
    nearest = distances[best]
    alike = np.array([shade.name == SHADES[best].name for shade in SHADES])
    if nearest > NEAREST or nearest > CLEARLY * distances[~alike].min():
        return None
    alike[best] = False
    sure = nearest <= CLEARLY * distances[alike].min(initial=np.inf)
    return f"{SHADES[best].lightness if sure else ''}{SHADES[best].name}"


def _distances(rgb: Floats) -> Floats:
    red, luma, blue = (_parted(np.array([shade.rgb for shade in SHADES])) - _parted(rgb)).T
    return np.sqrt(red**2 + (LIGHTNESS_WEIGHT * luma) ** 2 + blue**2)


def _parted(rgb: Floats) -> Floats:
    """Lightness and, apart from it, how red and how blue."""
    luma = rgb @ LUMA
    return np.stack([rgb[..., 0] - luma, luma, rgb[..., 2] - luma], axis=-1)


def _structured(wall: tuple[Pixels, ...], noise: float, t: Thresholds) -> bool:
    """Whether more than a few neighbours differ by more than a camera's noise: bricks, joints, frames, leaves."""
    edges = sum(_far(part[1:], part[:-1], noise) + _far(part[:, 1:], part[:, :-1], noise) for part in wall)
    return edges > t.plain_edges * sum(part.size for part in wall)


def _far(here: Pixels, there: Pixels, noise: float) -> int:
    return int(np.count_nonzero(np.maximum(here, there) - np.minimum(here, there) > int(noise)))
