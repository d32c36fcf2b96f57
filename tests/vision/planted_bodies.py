"""Planted runs for the body measures: the rendered person's photos, and warped copies of them as generated pictures.

All are of one body in several clothes and poses, mirrored and at other sizes: the runs are not independent. They are
looked at and reported on as *Grade previews* does.
"""

from collections.abc import Callable, Iterator
from functools import cache
from random import Random
from typing import NamedTuple

import numpy as np
from photo_cases import HEIGHTS, good_photo, jpeg
from PIL import Image
from vision.figures_seen import seen_hips

from croquis.domain.images.checks import Graded, checks_of, report_on
from croquis.domain.images.exam import Change, NotMeasured
from croquis.domain.images.image import Framing
from croquis.domain.photos.features import PhotoFeatures
from croquis_vision.examining import look_at_picture

Warp = Callable[[Image.Image], Image.Image]

PHOTOS = ("01", "02", "03", "05", "12")  # standing, square-on
# of whom a model that is asked for the four previews may show something like: facing, walking, half turned, seated
LIKE_PREVIEWS = (("01", "02", "05"), ("03",), ("06", "07", "09"), ("04", "08"))
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
    photos = [_graded(good_photo(name)).features for name in PHOTOS]
    for _ in range(count):
        yield verdicts(draw.sample(photos, 4), draw.sample(pictures, PICTURES))


def runs_of_previews(warp: Warp, count: int, seed: int = 1) -> Iterator[Verdicts]:
    """Each of eight to twelve photos, as they are trained on, and of four pictures in the previews' poses."""
    draw = Random(seed)
    photos = [_graded(good_photo(name)).features for name in HEIGHTS]
    pools = [[picture for name in names for picture in _pictures_of(name, warp)] for names in LIKE_PREVIEWS]
    for _ in range(count):
        yield verdicts(draw.sample(photos, draw.randint(8, 12)), [draw.choice(pool) for pool in pools])


def verdicts(photos: list[PhotoFeatures], pictures: list[Graded]) -> Verdicts:
    """As an exam says it."""
    report = report_on(pictures, photos, no_face=NotMeasured.NO_CONSENT, sandbox=True)
    found = (report.legs, report.hips, report.head)
    return Verdicts(*(it.change if it else Change.CANNOT_TELL for it in found))


def _pictures(warp: Warp) -> Iterator[Graded]:
    return (picture for name in PHOTOS for picture in _pictures_of(name, warp))


@cache
def _pictures_of(name: str, warp: Warp) -> tuple[Graded, ...]:
    return tuple(_graded(image) for image in _variants(warp(good_photo(name))))


def _graded(image: Image.Image) -> Graded:
    seen = look_at_picture(jpeg(image))
    return Graded(checks_of(seen, Framing.FULL_BODY, None, None), Framing.FULL_BODY, seen.features)


def _variants(image: Image.Image) -> Iterator[Image.Image]:
    for turned in (image, image.transpose(Image.Transpose.FLIP_LEFT_RIGHT)):
        for scale in SIZES:
            size = np.round(np.multiply(image.size, scale)).astype(int)
            yield turned.resize((int(size[0]), int(size[1])), Image.Resampling.LANCZOS)
