"""Keeps the port Looks."""

from collections.abc import Sequence

from croquis.adapters.supabase.data_api import DataApi
from croquis.domain.garments.look import Look, LookRow
from croquis.domain.ids import GarmentId, LookId
from croquis.ports.owner import Owner


class SupabaseLooks:
    """See croquis.ports.looks for what each method promises."""

    def __init__(self, api: DataApi) -> None:
        self._api = api

    def add_look(self, owner: Owner, name: str, garments: Sequence[GarmentId]) -> LookRow:
        return self._api.call_as(owner, LookRow, "add_look", name=name, garments=garments)

    def read_looks(
        self, owner: Owner, look: LookId | None, before_at: str | None, before_id: str | None, most: int
    ) -> list[Look]:
        page = {"before_at": before_at, "before_id": before_id, "most": most}
        return self._api.call_as(owner, list[Look], "read_looks", look=look, **page)

    def change_look(
        self, owner: Owner, look: LookId, name: str | None, garments: Sequence[GarmentId] | None
    ) -> LookRow:
        return self._api.call_as(owner, LookRow, "change_look", look=look, name=name, garments=garments)

    def remove_look(self, owner: Owner, look: LookId) -> LookRow:
        return self._api.call_as(owner, LookRow, "remove_look", look=look)
