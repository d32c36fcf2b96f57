"""The finished people: listed and read by their owner."""

from croquis.domain.ids import ModelId
from croquis.errors import Refused
from croquis.http.schemas import ModelList, ModelView
from croquis.ports import Croquis, Owner

PAGE = 50


def list_models(croquis: Croquis, owner: Owner, before: str | None) -> ModelList:
    """One page of models, newest first."""
    rows = croquis.rows.list_as(owner, "ai_models", before=before, limit=PAGE)
    cursor = f"{rows[-1]['created_at']}|{rows[-1]['id']}" if len(rows) == PAGE else None
    return ModelList(models=tuple(ModelView.model_validate(row) for row in rows), next=cursor)


def read(croquis: Croquis, owner: Owner, model_id: ModelId) -> ModelView:
    """One's own model."""
    rows = croquis.rows.list_as(owner, "ai_models", before=None, limit=1, id=model_id)
    if not rows:
        raise Refused(
            "There is no such model.",
            mend="Check the id; list yours with GET /v1/models.",
            code="no_such_model",
            status=404,
        )
    return ModelView.model_validate(rows[0])
