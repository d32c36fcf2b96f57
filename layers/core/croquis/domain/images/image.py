"""A generated image: its states and its sizes."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum

from croquis.domain.ids import ImageId, JobId, ModelId, OrderId, OwnerId
from croquis.domain.images.exam import ImageChecks
from croquis.domain.images.repairs import CutOut, Repair
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
    REPAIR = "repair"  # of another one, whose face is made anew
    TRY_ON = "try_on"  # of another one, with other clothes


class ShownDecision(StrEnum):
    """What the person shown says of an image; equal to the values in `images.shown_decision`."""

    APPROVE = "approve"
    REFUSE = "refuse"


class Framing(StrEnum):
    """How much of the person the image shows; equal to the values in `images.framing`."""

    FULL_BODY = "full_body"
    HALF_BODY = "half_body"
    PORTRAIT = "portrait"


class AspectRatio(StrEnum):
    """Width to height."""

    TALL = "2:3"
    TALLER = "9:16"
    SQUARE = "1:1"


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
    wishes: dict[str, object]
    engine: str
    provider_version: str
    seed: int | None  # with the next two: None where the engine of a try-on takes none
    lora_scale: float | None
    guidance: float | None
    strength: float | None  # of a repair
    source_image_id: ImageId | None  # that it is made from, if not from words alone
    status: ImageStatus
    version: int
    executions: int
    path: str | None
    sha256: str | None
    bytes: int | None
    width: int | None
    height: int | None
    signed: bool | None
    reserved_usd: Decimal
    actual_usd: Decimal | None
    favourite: bool
    accepted: bool
    created_at: datetime
    ended_at: datetime | None
    removed_at: datetime | None
    shown_decision: ShownDecision | None = None
    checks: ImageChecks | None = None
    cut_out: CutOut | None = None
    repair: Repair | None = None

    @property
    def is_refused(self) -> bool:
        """By the person shown: no file of it is for its owner."""
        return self.shown_decision is ShownDecision.REFUSE

    @property
    def saved_size(self) -> tuple[int, int] | None:
        """Width and height in pixels, once it is there."""
        return (self.width, self.height) if self.width and self.height else None

    @property
    def may_be_used(self) -> bool:
        """Whether it may be shown to an engine that makes another picture from it."""
        return self.status is ImageStatus.SAVED and self.removed_at is None and not self.is_refused

    @property
    def is_over(self) -> bool:
        return self.status in (ImageStatus.SAVED, ImageStatus.FAILED)


class OrderStatus(StrEnum):
    """How far an order is; what is missing from a partial one says why."""

    WORKING = "working"
    DONE = "done"
    PARTIAL = "partial"
    FAILED = "failed"


class ImageOrder(Row):
    """What was ordered at once; nothing was expected of previews, which are a part of their run."""

    id: OrderId
    model_id: ModelId
    kind: ImageKind
    created_at: datetime
    expected_seconds: float | None


def order_status(images: Sequence[Image]) -> OrderStatus:
    """Of all images of one order."""
    saved = sum(image.status is ImageStatus.SAVED for image in images)
    if not all(image.is_over for image in images):
        return OrderStatus.WORKING
    if saved == len(images):
        return OrderStatus.DONE
    return OrderStatus.PARTIAL if saved else OrderStatus.FAILED


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


RATIOS = {AspectRatio.TALL: TALL, AspectRatio.TALLER: TALLER, AspectRatio.SQUARE: ImageSize(1024, 1024)}


def ratio_of(size: ImageSize) -> AspectRatio | None:
    """The ratio that has this size."""
    return next((ratio for ratio, it in RATIOS.items() if it == size), None)


def image_size(framing: Framing, ratio: AspectRatio | None = None) -> ImageSize:
    """The size of that ratio, or else the one in which this framing looks best."""
    return RATIOS[ratio] if ratio else SIZES[framing]
