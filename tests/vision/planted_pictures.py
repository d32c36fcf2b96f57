"""Planted pictures for the checks: the rendered person as a model would show her, and as a bad one would.

Made by the sandbox's stand-in, cut out into drawn places, and out of her photos. One person: cases are not independent.
"""

import tempfile
import zipfile
from collections.abc import Callable, Iterator
from enum import StrEnum
from functools import cache
from io import BytesIO
from itertools import combinations
from pathlib import Path
from typing import NamedTuple

from photo_cases import GOOD, HEIGHTS, good_photo, jpeg, side_by_side
from PIL import Image, ImageEnhance

from croquis.domain.images.checks import checks_of, not_copied
from croquis.domain.images.exam import ImageChecks, Judgement
from croquis.domain.images.image import Framing
from croquis.domain.images.prompts import PREVIEWS, prompt
from croquis.domain.photos.features import PhotoFeatures
from croquis.domain.subject import Gender, Subject
from croquis_vision.examining import look_at_picture
from sandbox.replicate.cut_out import Figure, figure_of
from sandbox.replicate.pictures import compose, encode
from sandbox.replicate.settings import Shown

NAMES = tuple(HEIGHTS)
SUBJECT = Subject("tok", Gender.FEMALE)
CUTS = ("shin", "ankle", "brow", "neck")
ALMOST_COPIES: tuple[Callable[[Image.Image], Image.Image], ...] = (
    lambda photo: photo,
    lambda photo: Image.open(BytesIO(jpeg(photo, 50))),
    lambda photo: photo.resize((photo.width * 3 // 4, photo.height * 3 // 4), Image.Resampling.LANCZOS),
    lambda photo: ImageEnhance.Brightness(photo).enhance(1.15),
    lambda photo: photo.transpose(Image.Transpose.FLIP_LEFT_RIGHT),
)


class Case(StrEnum):
    """What was planted."""

    UNCHANGED = "unchanged"
    DOUBLED = "doubled"
    SIDE_BY_SIDE = "two photos side by side"
    CROPPED = "cropped"
    CUT_PHOTO = "photos cut at shin, ankle, brow or neck"
    CUT_FOOT = "photos cut through the foot"
    COPIED = "training photos again"


class Planted(NamedTuple):
    """A picture's file, and the photo out of which the person was cut and set elsewhere, if she was."""

    file: bytes
    cut_out_of: str | None = None


def planted(case: Case, names: tuple[str, ...] = NAMES) -> Iterator[Planted]:
    """Of each of these photos some pictures, and of each two of them one."""
    if case is Case.SIDE_BY_SIDE:
        yield from (Planted(jpeg(_beside(*pair))) for pair in combinations(names, 2))
    elif case in TWIN:
        places = range(len(PREVIEWS) + 1)
        yield from (Planted(composed(name, seed, TWIN[case]), name) for name in names for seed in places)
    else:
        yield from (Planted(jpeg(picture)) for name in names for picture in MADE[case](name))


def checked(picture: Planted) -> ImageChecks:
    """By the checks of *Check image* and *Grade previews*, without the face.

    Who was cut out of a photo is not held beside that photo, whose pose is repeated to the pixel.
    """
    seen = look_at_picture(picture.file)
    others = [photo for name, photo in photos().items() if name != picture.cut_out_of]
    return checks_of(seen, Framing.FULL_BODY, None, not_copied(seen.features, others))


def is_flagged(checks: ImageChecks) -> bool:
    """Whether anything is said against the picture."""
    return Judgement.FAILS in (checks.one_person, checks.head_to_toe, checks.not_copied)


@cache
def photos() -> dict[str, PhotoFeatures]:
    """What was seen in the training photos."""
    return {name: look_at_picture(jpeg(good_photo(name))).features for name in NAMES}


def composed(name: str, seed: int, shown: Shown) -> bytes:
    """The person of this photo in the place of a preview, as WebP."""
    wish = PREVIEWS[seed % len(PREVIEWS)]
    size = (wish.size.width, wish.size.height)
    picture = compose(_figure(name), size=size, prompt=prompt(SUBJECT, wish.choices), seed=seed, shown=shown)
    return encode(picture, "webp", 80)


@cache
def _figure(name: str) -> Figure:
    with tempfile.TemporaryDirectory(prefix="croquis-planted-") as folder:
        archive = Path(folder) / "photos.zip"
        with zipfile.ZipFile(archive, "w") as written:
            written.write(GOOD / f"{name}.jpg", f"{name}.jpg")
        return figure_of(archive, f"{name}.jpg")


def _beside(one: str, other: str) -> Image.Image:
    left, right = good_photo(one), good_photo(other)
    return side_by_side(left, right.resize((right.width * left.height // right.height, left.height)))


def _cut(name: str, *cuts: str) -> Iterator[Image.Image]:
    photo, heights = good_photo(name), HEIGHTS[name]
    for cut in cuts or CUTS:
        at = round(getattr(heights, cut) * photo.height)
        box = (0, at, *photo.size) if cut in ("brow", "neck") else (0, 0, photo.width, at)
        yield photo.crop(box)


def _copied(name: str) -> Iterator[Image.Image]:
    return (change(good_photo(name)) for change in ALMOST_COPIES)


TWIN: dict[Case, Shown] = {Case.UNCHANGED: "person", Case.DOUBLED: "doubled", Case.CROPPED: "cropped"}
MADE: dict[Case, Callable[[str], Iterator[Image.Image]]] = {
    Case.CUT_PHOTO: _cut,
    Case.CUT_FOOT: lambda name: _cut(name, "mid_foot"),
    Case.COPIED: _copied,
}
