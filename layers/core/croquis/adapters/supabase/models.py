"""Keeps the port Models."""

from croquis.adapters.supabase.data_api import DataApi
from croquis.domain.ids import ModelId
from croquis.domain.runs.model import Model
from croquis.ports.owner import Owner


class SupabaseModels:
    """See croquis.ports.models for what each method promises."""

    def __init__(self, api: DataApi) -> None:
        self._api = api

    def list_models(
        self, owner: Owner, *, limit: int, before: str | None = None, model: ModelId | None = None
    ) -> list[Model]:
        return self._api.list_as(owner, Model, "ai_models", before=before, limit=limit, id=model)
