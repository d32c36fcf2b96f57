"""Keeps the port Garments."""

from croquis.adapters.supabase.data_api import DataApi
from croquis.domain.garments.garment import GarmentCategory, GarmentRow, GarmentStatus
from croquis.domain.ids import GarmentId
from croquis.ports.garments import GarmentVerdict
from croquis.ports.owner import Owner

NOT_REMOVED = {"status": GarmentStatus.REMOVED}


class SupabaseGarments:
    """See croquis.ports.garments for what each method promises."""

    def __init__(self, api: DataApi) -> None:
        self._api = api

    def add_garment(
        self, owner: Owner, name: str, category: GarmentCategory, content_type: str, bytes: int
    ) -> GarmentRow:
        return self._api.call_as(
            owner, GarmentRow, "add_garment", name=name, category=category, content_type=content_type, bytes=bytes
        )

    def list_garments(
        self,
        owner: Owner,
        *,
        limit: int,
        before: str | None = None,
        garment: GarmentId | None = None,
        category: GarmentCategory | None = None,
        status: GarmentStatus | None = None,
    ) -> list[GarmentRow]:
        wanted = {"id": garment, "category": category, "status": status}
        return self._api.list_as(owner, GarmentRow, "garments", before=before, limit=limit, other=NOT_REMOVED, **wanted)

    def change_garment(
        self, owner: Owner, garment: GarmentId, name: str | None, category: GarmentCategory | None
    ) -> GarmentRow:
        return self._api.call_as(owner, GarmentRow, "change_garment", garment=garment, name=name, category=category)

    def remove_garment(self, owner: Owner, garment: GarmentId) -> GarmentRow:
        return self._api.call_as(owner, GarmentRow, "remove_garment", garment=garment)

    def record_garment(self, garment: GarmentId, object_version: str, verdict: GarmentVerdict) -> bool:
        return self._api.call(bool, "record_garment", garment=garment, object_version=object_version, verdict=verdict)

    def remove_unsent_garments(self, most: int) -> int:
        return self._api.call(int, "remove_unsent_garments", most=most)

    def garments_to_forget(self, most: int, after: str | None) -> list[GarmentRow]:
        return self._api.call(list[GarmentRow], "garments_to_forget", most=most, after=after)

    def removed_garment_is_gone(self, garment: GarmentId) -> None:
        self._api.find(object, "removed_garment_is_gone", garment=garment)
