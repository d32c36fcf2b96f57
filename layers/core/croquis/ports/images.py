"""Images of a model: ordered by the owner, saved or failed by the workflow."""

from collections.abc import Mapping, Sequence
from typing import Protocol

from croquis.domain.garments.garment import GarmentRow
from croquis.domain.ids import ImageId, LookBookId, ModelId, OrderId
from croquis.domain.images.image import Image, ImageKind, ImageOrder
from croquis.domain.row import Row
from croquis.domain.runs.attempt import Attempt
from croquis.domain.runs.model import Model
from croquis.ports.owner import Owner
from croquis.ports.runs import ImageWish


class WornInImage(Row):
    """One garment in one image."""

    image_id: ImageId
    garment: GarmentRow


class ReadImageOrder(Row):
    """An order with its images, in their order; the pictures that they are made from, and what is worn in each."""

    order: ImageOrder
    images: tuple[Image, ...]
    sources: tuple[Image, ...]
    worn: tuple[WornInImage, ...]


class ReadImages(Row):
    """A page of a model's images, the newest first."""

    images: tuple[Image, ...]


class ImageToSave(Row):
    """An image, the one that it is made from, what is worn in it, and its newest attempt, if there are any.

    `refusal_words` are in the error of a picture that its engine would not make.
    """

    image: Image
    source: Image | None
    garments: tuple[GarmentRow, ...]
    refusal_words: tuple[str, ...]
    attempt: Attempt | None
    look_book: LookBookId | None = None  # that ordered it


class ImageToRepeat(Row):
    """An image and the model that it shows."""

    image: Image
    model: Model


class SavedImage(Row):
    """Where the image lies now, and what it is."""

    path: str
    sha256: str
    bytes: int
    content_type: str
    width: int
    height: int
    signed: bool


class Images(Protocol):
    """Ordered only from an active model; its previews come with the run."""

    def order_generations(
        self,
        owner: Owner,
        model: ModelId,
        idempotency_key: str | None,
        request: Mapping[str, object],
        wishes: Sequence[ImageWish],
        sent_sha256: str,
    ) -> ImageOrder:
        """Reserves the money; the same key with the same that was sent answers the same order."""
        ...

    def read_image_order(self, owner: Owner, image_order: OrderId) -> ReadImageOrder | None: ...

    def image_to_repeat(self, owner: Owner, image: ImageId) -> ImageToRepeat | None: ...

    def read_images(
        self,
        owner: Owner,
        model: ModelId,
        kind: ImageKind | None,
        since: str | None,
        until: str | None,
        favourite: bool | None,
        accepted: bool | None,
        before_at: str | None,
        before_id: str | None,
        most: int,
        refused: bool | None,
    ) -> ReadImages | None:
        """The saved ones, older than the place `before_at` and `before_id`; days in UTC; None filters nothing.

        `refused` is by the person shown.
        """
        ...

    def change_image(self, owner: Owner, image: ImageId, favourite: bool | None, accepted: bool | None) -> Image:
        """None leaves a mark as it is."""
        ...

    def remove_image(self, owner: Owner, image: ImageId) -> Image: ...

    def image_to_save(self, image: ImageId) -> ImageToSave: ...

    def save_image(self, image: ImageId, saved: SavedImage) -> None: ...

    def fail_image(self, image: ImageId, code: str, sentence: str, hint: str) -> str:
        """The status that it has now."""
        ...

    def next_image_execution(self, image: ImageId, seen: int) -> int | None: ...

    def images_to_start(self, most: int, after: str | None, at_once: bool) -> list[Image]: ...

    def objects_of_removed_images(self, most: int, after: str | None) -> list[Image]: ...

    def removed_image_is_gone(self, image: ImageId) -> None: ...

    def overdue_images(self, most: int, after: str | None) -> list[Image]:
        """Images, previews too, that are past their deadline, by id."""
        ...
