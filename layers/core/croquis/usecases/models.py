"""The trained people: listed, read, named, archived and restored by their owner, who may download the weights."""

from croquis.domain.ids import ModelId
from croquis.domain.runs.model import ModelStatus
from croquis.errors import Refused
from croquis.http.models import ChangeModel, WeightsView
from croquis.http.views import ModelList, ModelView, cursor_after
from croquis.ports import Croquis, Owner
from croquis.usecases.trainings import LINK_SECONDS
from croquis.usecases.weights import BUCKET

PAGE = 50
GONE = (ModelStatus.REVOKED, ModelStatus.ERASED)
WITHDRAWN = "The consent was withdrawn: open a new training with a new consent."


def list_models(croquis: Croquis, owner: Owner, before: str | None, *, archived: bool) -> ModelList:
    """One page of models, newest first: the archived ones, or the others."""
    models = croquis.store.models.list_models(owner, before=before, limit=PAGE, archived=archived)
    views = tuple(ModelView.model_validate(model.model_dump()) for model in models)
    return ModelList(models=views, next=cursor_after(models, PAGE))


def read(croquis: Croquis, owner: Owner, model_id: ModelId) -> ModelView:
    """One's own model."""
    models = croquis.store.models.list_models(owner, limit=1, model=model_id)
    if not models:
        raise no_such_model()
    return ModelView.model_validate(models[0].model_dump())


def restore(croquis: Croquis, owner: Owner, model_id: ModelId, run: int) -> ModelView:
    """Make an earlier run the one that images are made with; again, it changes nothing."""
    model = croquis.store.models.restore_run(owner, model_id, run)
    return ModelView.model_validate(model.model_dump())


def change(croquis: Croquis, owner: Owner, model_id: ModelId, request: ChangeModel) -> ModelView:
    """Name it anew, put it into the archive, or take it out; all of it or nothing."""
    model = croquis.store.models.change_model(owner, model_id, request.name, request.archived)
    return ModelView.model_validate(model.model_dump())


def weights(croquis: Croquis, owner: Owner, model_id: ModelId) -> WeightsView:
    """A short-lived link to the weights of the active run."""
    found = croquis.store.models.read_weights(owner, model_id)
    if not found:
        raise no_such_model()
    links = croquis.files.links_as(owner, BUCKET, [found.path], seconds=LINK_SECONDS) if found.path else {}
    if not found.path or found.path not in links:  # it may have been withdrawn in between
        raise Refused(
            f"This model is {found.status}; weights are only given out once a model is approved.",
            hint=WITHDRAWN if found.status in GONE else "Approve its training, or restore one of its runs.",
            code="model_not_active",
            status=409,
        )
    url = croquis.files.as_download(links[found.path], f"{found.trigger_word}.safetensors")
    return WeightsView.model_validate({**found.model_dump(), "url": url})


def no_such_model() -> Refused:
    """Of one that is not there, or somebody else's."""
    return Refused(
        "There is no such model.",
        hint="Check the id; list yours with GET /v1/models.",
        code="no_such_model",
        status=404,
    )
