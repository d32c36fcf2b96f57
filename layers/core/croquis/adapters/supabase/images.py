"""Keeps the port Images."""

from collections.abc import Mapping, Sequence

from croquis.adapters.supabase.data_api import DataApi
from croquis.domain.ids import ImageId, ModelId, OrderId
from croquis.domain.images.image import Image, ImageKind, ImageOrder
from croquis.ports.images import ImageToRepeat, ImageToSave, ReadImageOrder, ReadImages, SavedImage
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
        return self._api.find_as(
            owner,
            ReadImages,
            "read_images",
            model=model,
            kind=kind,
            since=since,
            until=until,
            favourite=favourite,
            accepted=accepted,
            before_at=before_at,
            before_id=before_id,
            most=most,
            refused=refused,
        )

    def change_image(self, owner: Owner, image: ImageId, favourite: bool | None, accepted: bool | None) -> Image:
        return self._api.call_as(owner, Image, "change_image", image=image, favourite=favourite, accepted=accepted)

    def remove_image(self, owner: Owner, image: ImageId) -> Image:
        return self._api.call_as(owner, Image, "remove_image", image=image)

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

    def objects_of_removed_images(self, most: int, after: str | None) -> list[Image]:
        return self._api.call(list[Image], "objects_of_removed_images", most=most, after=after)

    def removed_image_is_gone(self, image: ImageId) -> None:
        self._api.find(object, "removed_image_is_gone", image=image)

    def overdue_images(self, most: int, after: str | None) -> list[Image]:
        return self._api.call(list[Image], "overdue_images", most=most, after=after)
