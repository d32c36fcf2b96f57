"""Planted runs for the body measures: the rendered person's photos, and warped copies of them as generated pictures.

All are of one body in several clothes and poses, mirrored and at other sizes: the runs are not independent.
"""

from collections.abc import Callable, Iterator
from functools import cache
from random import Random
from typing import NamedTuple

import numpy as np
from photo_cases import good_photo
from PIL import Image
from vision.figures_seen import measured, seen_hips

from croquis.domain.images.exam import Change, Proportion
from croquis_vision.proportions import Proportions

Warp = Callable[[Image.Image], Image.Image]

PHOTOS = ("01", "02", "03", "05", "12")  # standing, square-on
SIZES = (1.0, 0.8, 0.65)
PICTURES = 6  # of a run
FACTOR = 1.15


class Verdicts(NamedTuple):
    """Of one planted run."""

    legs: Change
    hips: Change
    head: Change

    @property
    def worst(self) -> Change:
        """Different where one measure is."""
        return Change.DIFFERENT if Change.DIFFERENT in self else Change.SAME if Change.SAME in self else self.head


def as_it_is(image: Image.Image) -> Image.Image:
    """A picture of the same body."""
    return image


def stretched(image: Image.Image) -> Image.Image:
    """The whole picture, and so the whole body, taller."""
    return image.resize((image.width, round(image.height * FACTOR)), Image.Resampling.BICUBIC)


def squeezed(image: Image.Image) -> Image.Image:
    """The whole body broader."""
    return image.resize((round(image.width * FACTOR), image.height), Image.Resampling.BICUBIC)


def longer_legs(image: Image.Image) -> Image.Image:
    """All below the hips taller."""
    hips = round(seen_hips(image))
    whole = Image.new("RGB", (image.width, hips + round((image.height - hips) * FACTOR)))
    whole.paste(image.crop((0, 0, image.width, hips)))
    legs = image.crop((0, hips, image.width, image.height))
    whole.paste(legs.resize((image.width, whole.height - hips), Image.Resampling.BICUBIC), (0, hips))
    return whole


def runs(warp: Warp, count: int, seed: int = 1) -> Iterator[Verdicts]:
    """Each of four photos and six pictures, drawn again every time."""
    draw = Random(seed)
    pictures = list(_pictures(warp))
    photos = [measured(good_photo(name)) for name in PHOTOS]
    for _ in range(count):
        yield verdicts(draw.sample(photos, 4), draw.sample(pictures, PICTURES))


def verdicts(photos: list[Proportions], pictures: list[Proportions]) -> Verdicts:
    """As an exam would say it."""
    columns = zip(zip(*photos, strict=True), zip(*pictures, strict=True), strict=True)
    return Verdicts(*(Proportion.of(_known(one), _known(other)).change for one, other in columns))


def _known(values: tuple[float | None, ...]) -> list[float]:
    return [it for it in values if it is not None]


@cache
def _pictures(warp: Warp) -> tuple[Proportions, ...]:
    return tuple(measured(image) for name in PHOTOS for image in _variants(warp(good_photo(name))))


def _variants(image: Image.Image) -> Iterator[Image.Image]:
    for turned in (image, image.transpose(Image.Transpose.FLIP_LEFT_RIGHT)):
        for scale in SIZES:
            size = np.round(np.multiply(image.size, scale)).astype(int)
            yield turned.resize((int(size[0]), int(size[1])), Image.Resampling.LANCZOS)
