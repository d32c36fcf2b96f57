"""Keeps the port Erasures."""

from croquis.adapters.supabase.data_api import DataApi
from croquis.domain.erasure import Erasure, ErasureAtWork, ErasureStatus
from croquis.domain.ids import ErasureId, JobId, ModelId
from croquis.ports.erasures import ErasedObject, OrderedErasure, RowsErased, WouldErase
from croquis.ports.owner import Owner


class SupabaseErasures:
    """See croquis.ports.erasures for what each method promises."""

    def __init__(self, api: DataApi) -> None:
        self._api = api

    def order_erasure(self, owner: Owner, training: JobId | None, model: ModelId | None) -> OrderedErasure:
        return self._api.call_as(owner, OrderedErasure, "order_erasure", training=training, model=model)

    def dry_run_erasure(self, owner: Owner, training: JobId | None, model: ModelId | None) -> WouldErase:
        return self._api.call_as(owner, WouldErase, "dry_run_erasure", training=training, model=model)

    def read_erasure(self, owner: Owner, erasure: ErasureId) -> Erasure | None:
        return self._api.find_as(owner, Erasure, "read_erasure", erasure=erasure)

    def read_erasures(self, owner: Owner) -> list[Erasure]:
        return self._api.call_as(owner, list[Erasure], "read_erasures")

    def erasures_to_work(self, most: int, after: str | None) -> list[ErasureAtWork]:
        return self._api.call(list[ErasureAtWork], "erasures_to_work", most=most, after=after)

    def erase_rows(self, erasure: ErasureId) -> RowsErased:
        return self._api.call(RowsErased, "erase_rows", erasure=erasure)

    def objects_to_erase(self, erasure: ErasureId, most: int) -> list[ErasedObject]:
        return self._api.call(list[ErasedObject], "objects_to_erase", erasure=erasure, most=most)

    def looked_for_erased(self, erasure: ErasureId, versions: int, *, sign_in_gone: bool) -> ErasureStatus:
        return self._api.call(
            ErasureStatus, "looked_for_erased", erasure=erasure, versions=versions, sign_in_gone=sign_in_gone
        )
