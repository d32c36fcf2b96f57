"""A generated image: its states and its sizes."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from croquis.domain.ids import ImageId, JobId, ModelId, OrderId, OwnerId
from croquis.domain.row import Failed, Row


class ImageStatus(StrEnum):
    """Equal to the values in `images.status`."""

    QUEUED = "queued"
    RUNNING = "running"
    SAVED = "saved"
    FAILED = "failed"


class ImageKind(StrEnum):
    """What an image was made for; equal to the values in `images.kind` and `image_orders.kind`."""

    PREVIEW = "preview"  # for the review of a run
    GENERATION = "generation"


class Framing(StrEnum):
    """How much of the person the image shows; equal to the values in `images.framing`."""

    FULL_BODY = "full_body"
    HALF_BODY = "half_body"
    PORTRAIT = "portrait"


class Image(Failed):
    """One generated image, as its row says."""

    id: ImageId
    owner_id: OwnerId
    model_id: ModelId
    job_id: JobId
    run: int
    kind: ImageKind
    position: int
    prompt: str
    framing: Framing
    asked_width: int
    asked_height: int
    seed: int | None
    status: ImageStatus
    version: int
    executions: int
    path: str | None
    sha256: str | None
    bytes: int | None
    width: int | None
    height: int | None
    signed: bool | None
    favourite: bool
    accepted: bool
    created_at: datetime

    @property
    def asked_size(self) -> "ImageSize":
        return ImageSize(self.asked_width, self.asked_height)

    @property
    def is_over(self) -> bool:
        return self.status in (ImageStatus.SAVED, ImageStatus.FAILED)


class ImageOrder(Row):
    """What was ordered at once."""

    id: OrderId
    model_id: ModelId
    kind: ImageKind
    created_at: datetime


@dataclass(frozen=True)
class ImageSize:
    """Pixels; the provider takes multiples of 16 from 256 to 1,440."""

    width: int
    height: int


@dataclass(frozen=True)
class LabelledImage:
    """A generated image as it is stored: without its old metadata, marked as made by AI."""

    bytes: bytes
    content_type: str
    width: int
    height: int


TALL = ImageSize(832, 1216)  # 2:3, a bucket that the trainer knows: the proportions of the body are those it learnt
TALLER = ImageSize(768, 1344)  # 9:16, another one
SIZES = {
    Framing.FULL_BODY: TALL,
    Framing.HALF_BODY: ImageSize(896, 1152),
    Framing.PORTRAIT: ImageSize(896, 1120),
}


def image_size(framing: Framing) -> ImageSize:
    """The size in which this framing looks best."""
    return SIZES[framing]
