"""The finished models: list and read."""

from typing import Any

from croquis.http.door import Cursor, Door, ModelInPath, SignedIn
from croquis.http.views import ModelList, ModelView
from croquis.usecases import models
from croquis.wiring import croquis

app = Door()


@app.get("/v1/models")
def list_models(owner: SignedIn, before: Cursor = None) -> ModelList:
    """List your models, newest first"""
    return models.list_models(croquis(), owner, before)


@app.get("/v1/models/<model_id>")
def read_model(model_id: ModelInPath, owner: SignedIn) -> ModelView:
    """Read a model"""
    return models.read(croquis(), owner, model_id)


def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    return app.open(event, context)
