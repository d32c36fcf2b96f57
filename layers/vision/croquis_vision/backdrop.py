"""What the background is called in a caption: only a plain one has a name. A wrong caption is worse than none.

It is called a backdrop, not a wall: an even sky may look the same.
"""

from typing import NamedTuple

import numpy as np

from croquis.domain.photos.features import Box
from croquis_vision.networks import Floats
from croquis_vision.regions import Pixels, background_in, joined
from croquis_vision.thresholds import THRESHOLDS, Thresholds

LUMA = np.array([0.299, 0.587, 0.114])
LIGHTNESS_WEIGHT = 0.5  # a shade is taken for another one sooner than a colour for another
COLOUR_WEIGHT = 200  # of the part by which a channel differs from the lightness: a darker beige is no more grey
DARK = 40  # below this luma the colours of black are noise
NEAREST, CLEARLY = 20, 0.7  # how far the colour may be, and how much nearer than the next


class Shade(NamedTuple):
    """A colour as walls have it in photos."""

    lightness: str
    name: str
    rgb: tuple[int, int, int]


SHADES = (
    Shade("", "white", (235, 235, 235)),
    Shade("light ", "grey", (192, 192, 192)),
    Shade("", "grey", (140, 140, 140)),
    Shade("dark ", "grey", (75, 75, 75)),
    Shade("", "black", (20, 20, 20)),
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


def background_words(cells: Pixels, greys: Pixels, box: Box, t: Thresholds = THRESHOLDS) -> str | None:
    """Such as "a plain light grey backdrop", or None where there is anything but one plain colour around the person.

    `cells` is the picture reduced so far that only large differences are left, `greys` one in which edges show.
    """
    wall, floor = map(joined, background_in(cells, box))
    if len(wall) < t.plain_area * cells.shape[0] * cells.shape[1]:
        return None
    low, middle, high = np.percentile(wall, (2, 50, 98), axis=0)
    blown_out = middle.max() > t.bright_level  # it may be a wall, a window or the sky
    if blown_out or (high - low).max() > t.plain_spread * middle.max():
        return None
    if _structured(background_in(greys, box).wall, t.plain_step * float(middle @ LUMA), t):
        return None
    colour = colour_name(middle)
    if colour is None or (_is_blue(colour) and not _is_blue(_usual_name(floor))):
        return None  # above a ground of another colour, blue is more often the sky than a wall
    return f"a plain {colour} backdrop"


def colour_name(rgb: Floats) -> str | None:
    """Such as "light grey"; None between two names. Between two shades of one name, the name alone."""
    distances = _distances(rgb)
    best = int(distances.argmin())
    nearest = distances[best]
    alike = np.array([shade.name == SHADES[best].name for shade in SHADES])
    if nearest > NEAREST or nearest > CLEARLY * distances[~alike].min():
        return None
    alike[best] = False
    sure = nearest <= CLEARLY * distances[alike].min(initial=np.inf)
    return f"{SHADES[best].lightness if sure else ''}{SHADES[best].name}"


def _usual_name(pixels: Pixels) -> str | None:
    return colour_name(np.median(pixels, axis=0)) if len(pixels) else None


def _is_blue(name: str | None) -> bool:
    return name is not None and name.endswith("blue")


def _distances(rgb: Floats) -> Floats:
    shades = np.array([shade.rgb for shade in SHADES], np.float64)
    return np.sqrt(((_parted(shades) - _parted(rgb)) ** 2).sum(axis=-1))


def _parted(rgb: Floats) -> Floats:
    """Lightness and, apart from it, how red and how blue."""
    luma = rgb @ LUMA
    weight = COLOUR_WEIGHT / np.maximum(luma, DARK)
    red, blue = weight * (rgb[..., 0] - luma), weight * (rgb[..., 2] - luma)
    return np.stack([LIGHTNESS_WEIGHT * luma, red, blue], axis=-1)


def _structured(wall: tuple[Pixels, ...], noise: float, t: Thresholds) -> bool:
    """Whether more than a few neighbours differ by more than a camera's noise: bricks, joints, frames, leaves."""
    edges = sum(_far(part[1:], part[:-1], noise) + _far(part[:, 1:], part[:, :-1], noise) for part in wall)
    return edges > t.plain_edges * sum(part.size for part in wall)


def _far(here: Pixels, there: Pixels, noise: float) -> int:
    return int(np.count_nonzero(np.maximum(here, there) - np.minimum(here, there) > int(noise)))
