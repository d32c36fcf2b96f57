"""What the trainer gets of each photo: which parts, in which sizes, with which captions. Pixels are drawn elsewhere."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple

from croquis.domain.accepted_photo import AcceptedPhoto
from croquis.domain.image import Framing


class PixelBox(NamedTuple):
    """A part of the clean copy in pixels; what lies outside it is padded."""

    left: int
    top: int
    right: int
    bottom: int


@dataclass(frozen=True)
class TrainedPicture:
    """One picture of the dataset: `region` of the photo, shrunk to width x height, never enlarged."""

    framing: Framing
    region: PixelBox
    width: int
    height: int
    face_height: int | None  # pixels in this picture, hairline to chin; None where no face is seen


@dataclass(frozen=True)
class PlannedPicture:
    """A trained picture with its file's stem and its caption."""

    stem: str
    photo: AcceptedPhoto
    picture: TrainedPicture
    caption: str


def planned_dataset(photos: Iterable[AcceptedPhoto], trigger: str) -> tuple[PlannedPicture, ...]:
    """The whole dataset in the order of the photos; the same photos give the same plan."""
    raise NotImplementedError


def trained_pictures(photo: AcceptedPhoto) -> tuple[TrainedPicture, ...]:
    """The full figure, then half body and head and shoulders where the pixels suffice."""
    raise NotImplementedError
