"""Keeps the port Models."""

from croquis.adapters.supabase.data_api import DataApi
from croquis.domain.ids import ModelId
from croquis.domain.runs.model import Model, ModelStatus
from croquis.ports.models import KeptWeights
from croquis.ports.owner import Owner


class SupabaseModels:
    """See croquis.ports.models for what each method promises."""

    def __init__(self, api: DataApi) -> None:
        self._api = api

    def list_models(
        self,
        owner: Owner,
        *,
        limit: int,
        before: str | None = None,
        model: ModelId | None = None,
        archived: bool | None = None,
    ) -> list[Model]:
        status = ModelStatus.ARCHIVED if archived else None
        other = {} if archived is not False else {"status": ModelStatus.ARCHIVED}
        return self._api.list_as(
            owner, Model, "ai_models", before=before, limit=limit, other=other, id=model, status=status
        )

    def restore_run(self, owner: Owner, model: ModelId, run_no: int) -> Model:
        return self._api.call_as(owner, Model, "restore_run", model=model, run_no=run_no)

    def change_model(self, owner: Owner, model: ModelId, model_name: str | None, archived: bool | None) -> Model:
        return self._api.call_as(owner, Model, "change_model", model=model, model_name=model_name, archived=archived)

    def read_weights(self, owner: Owner, model: ModelId) -> KeptWeights | None:
        return self._api.find_as(owner, KeptWeights, "read_weights", model=model)
