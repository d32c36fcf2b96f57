"""Keeps the port Repairs."""

from collections.abc import Mapping

from croquis.adapters.supabase.data_api import DataApi
from croquis.domain.ids import ImageId
from croquis.domain.images.image import Image, ImageOrder
from croquis.domain.images.repairs import CutOut
from croquis.ports.owner import Owner
from croquis.ports.repairs import PlannedRepair, RepairWish


class SupabaseRepairs:
    """See croquis.ports.repairs for what each method promises."""

    def __init__(self, api: DataApi) -> None:
        self._api = api

    def order_repair(
        self,
        owner: Owner,
        image: ImageId,
        idempotency_key: str | None,
        request: Mapping[str, object],
        wish: RepairWish,
        sent_sha256: str,
    ) -> ImageOrder:
        return self._api.call_as(
            owner,
            ImageOrder,
            "order_repair",
            image=image,
            idempotency_key=idempotency_key,
            request=request,
            wish=wish,
            sent_sha256=sent_sha256,
        )

    def dry_run_repair(self, owner: Owner, image: ImageId) -> PlannedRepair:
        return self._api.call_as(owner, PlannedRepair, "dry_run_repair", image=image)

    def record_cut_out(self, image: ImageId, cut_out: CutOut) -> CutOut:
        return self._api.call(CutOut, "record_cut_out", image=image, cut_out=cut_out)

    def cut_outs_to_forget(self, most: int, after: str | None) -> list[Image]:
        return self._api.call(list[Image], "cut_outs_to_forget", most=most, after=after)

    def cut_out_is_gone(self, image: ImageId) -> None:
        self._api.find(object, "cut_out_is_gone", image=image)
