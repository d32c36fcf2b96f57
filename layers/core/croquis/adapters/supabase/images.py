"""Keeps the port Images."""

from collections.abc import Mapping, Sequence

from croquis.adapters.supabase.data_api import DataApi
from croquis.domain.ids import ImageId, ModelId, OrderId
from croquis.domain.images.image import Image, ImageOrder
from croquis.ports.images import ImageToRepeat, ImageToSave, ReadImageOrder, SavedImage
from croquis.ports.owner import Owner
from croquis.ports.runs import ImageWish


class SupabaseImages:
    """See croquis.ports.images for what each method promises."""

    def __init__(self, api: DataApi) -> None:
        self._api = api

    def order_generations(
        self,
        owner: Owner,
        model: ModelId,
        idempotency_key: str | None,
        request: Mapping[str, object],
        wishes: Sequence[ImageWish],
        sent_sha256: str,
    ) -> ImageOrder:
        return self._api.call_as(
            owner,
            ImageOrder,
            "order_generations",
            model=model,
            idempotency_key=idempotency_key,
            request=request,
            wishes=wishes,
            sent_sha256=sent_sha256,
        )

    def read_image_order(self, owner: Owner, image_order: OrderId) -> ReadImageOrder | None:
        return self._api.find_as(owner, ReadImageOrder, "read_image_order", image_order=image_order)

    def image_to_repeat(self, owner: Owner, image: ImageId) -> ImageToRepeat | None:
        return self._api.find_as(owner, ImageToRepeat, "image_to_repeat", image=image)

    def image_to_save(self, image: ImageId) -> ImageToSave:
        return self._api.call(ImageToSave, "image_to_save", image=image)

    def save_image(self, image: ImageId, saved: SavedImage) -> None:
        self._api.find(object, "save_image", image=image, saved=saved)

    def fail_image(self, image: ImageId, code: str, sentence: str, hint: str) -> str:
        return self._api.call(str, "fail_image", image=image, code=code, sentence=sentence, hint=hint)

    def next_image_execution(self, image: ImageId, seen: int) -> int | None:
        return self._api.find(int, "next_image_execution", image=image, seen=seen)

    def images_to_start(self, most: int, after: str | None, at_once: bool) -> list[Image]:
        return self._api.call(list[Image], "images_to_start", most=most, after=after, at_once=at_once)

    def overdue_images(self, most: int, after: str | None) -> list[Image]:
        return self._api.call(list[Image], "overdue_images", most=most, after=after)
