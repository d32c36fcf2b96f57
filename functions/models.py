"""The finished models: list, read, name, archive, restore a run, take the weights home, erase."""

from typing import Any

from croquis.http.door import Archived, Confirmed, Cursor, Door, DryRun, ModelInPath, SignedIn
from croquis.http.erasures import WOULD_ERASE, ErasureView, WouldEraseView
from croquis.http.models import ChangeModel, RestoreRun, WeightsView
from croquis.http.views import ModelList, ModelView
from croquis.usecases import erasures, models
from croquis.wiring import croquis

app = Door()


@app.get("/v1/models")
def list_models(owner: SignedIn, before: Cursor = None, archived: Archived = False) -> ModelList:
    """List your models, newest first

    Archived ones only if asked for.
    """
    return models.list_models(croquis(), owner, before, archived=archived)


@app.get("/v1/models/<model_id>")
def read_model(model_id: ModelInPath, owner: SignedIn) -> ModelView:
    """Read a model"""
    return models.read(croquis(), owner, model_id)


@app.patch("/v1/models/<model_id>")  # pyright: ignore[reportUnknownMemberType] - not wholly typed
def change_model(model_id: ModelInPath, request: ChangeModel, owner: SignedIn) -> ModelView:
    """Name or archive a model

    An archived model takes no orders until `archived` false makes it active again. Earlier orders are still filled.
    """
    return models.change(croquis(), owner, model_id, request)


@app.post("/v1/models/<model_id>/restore")
def restore_run(model_id: ModelInPath, request: RestoreRun, owner: SignedIn) -> ModelView:
    """Make an earlier run the active one

    Any run that has ended and has weights, whatever became of later runs: images are made with it from then on. The
    training stays as it is.
    """
    return models.restore(croquis(), owner, model_id, request.run)


@app.get("/v1/models/<model_id>/weights")
def read_weights(model_id: ModelInPath, owner: SignedIn) -> WeightsView:
    """Get the weights of a model

    Those of the active run, as one safetensors file; the link is valid for ten minutes.
    """
    return models.weights(croquis(), owner, model_id)


@app.delete("/v1/models/<model_id>", responses=WOULD_ERASE)
def erase_model(
    model_id: ModelInPath, owner: SignedIn, confirm: Confirmed = None, dry_run: DryRun = False
) -> tuple[ErasureView | WouldEraseView, int]:
    """Erase a model for good

    With its training, photos, pictures, weights and the version at the provider. Nothing new is made from then on,
    whatever runs is stopped, and what it cost is paid; your account's ledger entries stay, without anything about the
    person. It cannot be undone. Asked again, it returns the same erasure.
    """
    return erasures.order(croquis(), owner, model=model_id, confirm=confirm, dry_run=dry_run)


def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    return app.open(event, context)
