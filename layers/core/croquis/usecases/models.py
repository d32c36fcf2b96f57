"""The finished people: listed and read by their owner."""

from croquis.domain.ids import ModelId
from croquis.errors import Refused
from croquis.http.views import ModelList, ModelView, cursor_after
from croquis.ports import Croquis, Owner

PAGE = 50


def list_models(croquis: Croquis, owner: Owner, before: str | None) -> ModelList:
    """One page of models, newest first."""
    models = croquis.store.models.list_models(owner, before=before, limit=PAGE)
    views = tuple(ModelView.model_validate(model.model_dump()) for model in models)
    return ModelList(models=views, next=cursor_after(models, PAGE))


def read(croquis: Croquis, owner: Owner, model_id: ModelId) -> ModelView:
    """One's own model."""
    models = croquis.store.models.list_models(owner, limit=1, model=model_id)
    if not models:
        raise Refused(
            "There is no such model.",
            hint="Check the id; list yours with GET /v1/models.",
            code="no_such_model",
            status=404,
        )
    return ModelView.model_validate(models[0].model_dump())
