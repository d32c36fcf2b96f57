"""Keeps the port TryOns."""

from collections.abc import Mapping

from croquis.adapters.supabase.data_api import DataApi
from croquis.domain.ids import ImageId
from croquis.domain.images.exam import ImageChecks
from croquis.domain.images.image import ImageOrder
from croquis.ports.owner import Owner
from croquis.ports.try_ons import PlannedTryOn, TryOnWish


class SupabaseTryOns:
    """See croquis.ports.try_ons for what each method promises."""

    def __init__(self, api: DataApi) -> None:
        self._api = api

    def try_on(
        self,
        owner: Owner,
        wish: TryOnWish,
        idempotency_key: str | None,
        request: Mapping[str, object],
        sent_sha256: str,
    ) -> ImageOrder:
        return self._api.call_as(
            owner,
            ImageOrder,
            "try_on",
            wish=wish,
            idempotency_key=idempotency_key,
            request=request,
            sent_sha256=sent_sha256,
        )

    def dry_run_try_on(self, owner: Owner, wish: TryOnWish) -> PlannedTryOn:
        return self._api.call_as(owner, PlannedTryOn, "dry_run_try_on", wish=wish)

    def record_try_on_checks(self, image: ImageId, checks: ImageChecks, again: bool) -> ImageId | None:
        added = self._api.find(str, "record_try_on_checks", image=image, checks=checks, again=again)
        return None if added is None else ImageId(added)

    def close_retries(self, most: int) -> int:
        return self._api.call(int, "close_retries", most=most)
