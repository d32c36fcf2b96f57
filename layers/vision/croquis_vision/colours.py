"""Coarse shares of colours, to tell one outfit or place from another: robust against light, not exact.

A colour belongs partly to its neighbouring bins (soft bins), so that a little more light moves a little share, and
none jumps. Lightness counts in octaves: a fifth darker is then the same step for black as for white.
"""

import numpy as np

from croquis.domain.photos.features import Box
from croquis_vision.landmarks import Landmarks
from croquis_vision.networks import Floats
from croquis_vision.regions import Pixels, background_in, clothes_in, joined

HUES = (0, 30, 60, 120, 210, 290, 360)  # degrees: denser where skin, wood, brick and earth lie; 360 is 0 again
LIGHTNESS = (30, 240)  # of the strongest channel
GREYS_OF_CLOTHES = (30, 240)  # one outfit is seen in sun and in shade
GREYS_OF_BACKGROUND = (40, 100, 230)  # plain walls differ by little else
# saturation, and strongest less weakest channel: below the first it is grey, above the second a hue
SATURATED, CHROMATIC = (0.03, 0.30), (6, 18)
FEWEST_PIXELS = 24
DIGITS = 3


def clothes_colours(picture: Pixels, person: Landmarks) -> tuple[float, ...]:
    """What is worn above the hips, then below: 2 x 14 shares, or none if either cannot be seen."""
    torso, thighs = clothes_in(picture, person)
    return _halves(torso, thighs, greys=GREYS_OF_CLOTHES)


def background_colours(cells: Pixels, box: Box) -> tuple[float, ...]:
    """What is beside and above the person, then the floor: 2 x 15 shares, or none if either cannot be seen."""
    around = background_in(cells, box)
    return _halves(joined(around.wall), joined(around.floor), greys=GREYS_OF_BACKGROUND)


def _halves(upper: Pixels, lower: Pixels, *, greys: tuple[int, ...]) -> tuple[float, ...]:
    if min(len(upper), len(lower)) < FEWEST_PIXELS:
        return ()
    bins = _bins_of(np.concatenate([upper, lower]), greys)
    shares = np.concatenate([bins[: len(upper)].mean(axis=0), bins[len(upper) :].mean(axis=0)])
    return tuple(round(share, DIGITS) for share in shares.tolist())


def _bins_of(pixels: Pixels, greys: tuple[int, ...]) -> Floats:
    """For each pixel: six hues, each dark and light, then greys from dark to light; a row sums to 1."""
    rgb = pixels.astype(np.float32).T
    strongest = rgb.max(axis=0)
    chroma = strongest - rgb.min(axis=0)
    lightness = np.log2(np.maximum(strongest, 1))
    colourful = _ramp(chroma / np.maximum(strongest, 1), SATURATED) * _ramp(chroma, CHROMATIC)
    hues = _bins(_hues(rgb, strongest, chroma), np.array(HUES)) * colourful
    hues[0] += hues[-1]
    coloured = hues[:-1, np.newaxis] * _bins(lightness, np.log2(LIGHTNESS))
    grey = (1 - colourful) * _bins(lightness, np.log2(greys))
    return np.concatenate([coloured.reshape(-1, len(pixels)), grey]).T


def _hues(rgb: Floats, strongest: Floats, chroma: Floats) -> Floats:
    red, green, blue = rgb
    parted = np.maximum(chroma, 1)
    sixths = np.select(
        [strongest == red, strongest == green],
        [(green - blue) / parted % 6, (blue - red) / parted + 2],
        (red - green) / parted + 4,
    )
    return 60 * sixths


def _ramp(values: Floats, limits: tuple[float, float]) -> Floats:
    low, high = limits
    return np.clip((values - low) / (high - low), 0, 1)


def _bins(values: Floats, centres: Floats) -> Floats:
    """How far each value belongs to each centre: to the two it lies between, or wholly to the outermost."""
    places = np.arange(len(centres))
    return np.maximum(1 - np.abs(np.interp(values, centres, places) - places[:, np.newaxis]), 0)
