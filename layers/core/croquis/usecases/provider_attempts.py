"""Paid calls: one POST per attempt, the truth by looking, the callback that wakes the workflow. Never posts twice."""

from collections.abc import Callable
from typing import Any

from croquis.domain.ids import AttemptId, ImageId, JobId
from croquis.domain.images.image import Framing, generation_input
from croquis.domain.runs.progress import images_found
from croquis.domain.runs.provider_attempt import Outcome, ProviderStatus
from croquis.domain.runs.training import TrainingParameters, trainer_input
from croquis.errors import CroquisError, NotStarted, Throttled
from croquis.ports import Croquis, ProviderRun, RunKind, Started

DATASET_LINK_SECONDS = 7200
ENDED_BADLY = "ProviderEnded"


def start_training(croquis: Croquis, job_id: JobId, run: int, token: str) -> None:
    """Order the training, once; entered again it only leaves the newer token (SF-04, MO-01)."""
    opened = croquis.rows.call("open_training_attempt", job=job_id, run_no=run, token=token)
    if not opened["post"]:
        return _entered_again(croquis, opened["attempt"])
    return _order(croquis, opened["attempt"], lambda: _post_training(croquis, opened))


def start_picture(croquis: Croquis, image_id: ImageId, token: str) -> None:
    """Order one picture, once; its attempt's seed is its marker at the provider."""
    opened = croquis.rows.call("open_image_attempt", image=image_id, token=token)
    attempt, image = opened["attempt"], opened["image"]
    if not opened["post"]:
        return _entered_again(croquis, attempt)
    order = generation_input(image["prompt"], attempt["seed"], Framing(image["framing"]))
    version, marker = opened["provider_version"], attempt["marker"]
    return _order(croquis, attempt, lambda: croquis.provider.start_picture(version, order, marker=marker))


def settle(croquis: Croquis, attempt_id: AttemptId) -> None:
    """Look at the run of an attempt, store how it ended and wake whoever waits for it. May be repeated."""
    call_back(croquis, _looked_at(croquis, attempt_id))


def look(croquis: Croquis, attempt_id: AttemptId) -> dict[str, Any]:
    """The same from within the workflow, where nobody waits any more: forgets the token, answers the attempt."""
    croquis.rows.call("forget_token", attempt_id=attempt_id)
    return _looked_at(croquis, attempt_id)


def call_back(croquis: Croquis, attempt: dict[str, Any]) -> None:
    """Give the result to whoever waits on the attempt's token; a newer token that was stored meanwhile gets it too."""
    while attempt["task_token"] and attempt["callback_due"] and not attempt["callback_sent_at"]:
        token = attempt["task_token"]
        if attempt["provider_status"] == "succeeded":
            croquis.workflow.succeed(token)
        else:
            croquis.workflow.fail(token, ENDED_BADLY)
        # False from the workflow means that nobody waits on this token: sent all the same, unless a newer one is stored
        if croquis.rows.call("callback_sent", attempt_id=attempt["id"], token=token):
            return
        attempt = croquis.rows.call("read_attempt", attempt_id=attempt["id"])["attempt"]


def _looked_at(croquis: Croquis, attempt_id: AttemptId) -> dict[str, Any]:
    found = croquis.rows.call("read_attempt", attempt_id=attempt_id)
    attempt = found["attempt"]
    if attempt["state"] == "ended" or not attempt["provider_id"]:
        return attempt
    run = _run_of(croquis, attempt, unwanted=found["cancel_wanted"] or found["overdue"])
    if run is None:
        if not croquis.rows.call("attempt_missing", attempt_id=attempt_id):
            return attempt
        run = _gone(attempt["provider_id"])
    elif attempt["missing_since"]:
        croquis.rows.call("attempt_found", attempt_id=attempt_id)
    if not _is_over(run):
        return attempt
    return croquis.rows.call("record_result", attempt_id=attempt_id, **_result(run))


def _run_of(croquis: Croquis, attempt: dict[str, Any], *, unwanted: bool) -> ProviderRun | None:
    kind = RunKind.TRAINING if attempt["run_id"] else RunKind.PICTURE
    run = croquis.provider.look(kind, attempt["provider_id"])
    if run and unwanted and not _is_over(run):
        croquis.provider.cancel(kind, attempt["provider_id"])
        run = croquis.provider.look(kind, attempt["provider_id"])
    return run


def _entered_again(croquis: Croquis, attempt: dict[str, Any]) -> None:
    if attempt["state"] == "refused":
        raise NotStarted("refused", "The provider refused this order.")
    if attempt["state"] == "ended":
        croquis.queue.settle_attempt(attempt["id"])  # the result was there before this token


def _post_training(croquis: Croquis, opened: dict[str, Any]) -> Started:
    marker, run = opened["attempt"]["marker"], opened["run"]
    # the marker survives in the list of trainings only as part of the input: it is the zip's name in its link
    link = croquis.files.link(
        "datasets", run["dataset_path"], seconds=DATASET_LINK_SECONDS, download_as=f"{marker}.zip"
    )
    parameters = TrainingParameters.model_validate({name: run[name] for name in TrainingParameters.model_fields})
    order = trainer_input(parameters, dataset_url=link, trigger_word=opened["job"]["trigger_word"])
    return croquis.provider.start_training(order, marker=marker)


def _order(croquis: Croquis, attempt: dict[str, Any], post: Callable[[], Started]) -> None:
    try:
        started = post()
    except CroquisError as error:
        # before the POST: nothing was started, and a later attempt may be made
        reason = type(error).__name__
        croquis.rows.call("attempt_not_started", attempt_id=attempt["id"], outcome="throttled", reason=reason)
        raise
    _record(croquis, attempt, started)


def _record(croquis: Croquis, attempt: dict[str, Any], started: Started) -> None:
    attempt_id = attempt["id"]
    if started.outcome is Outcome.STARTED:
        croquis.rows.call("attempt_started", attempt_id=attempt_id, provider_id=started.id)
        if croquis.rows.call("read_attempt", attempt_id=attempt_id)["cancel_wanted"]:
            croquis.queue.settle_attempt(attempt_id)  # canceled while the order was on its way (MO-09)
    elif started.outcome is Outcome.UNKNOWN:
        croquis.rows.call("attempt_unknown", attempt_id=attempt_id)
    elif started.outcome is Outcome.THROTTLED:
        croquis.rows.call("attempt_not_started", attempt_id=attempt_id, outcome="throttled", reason=started.reason)
        raise Throttled("The provider is busy.")
    else:
        croquis.rows.call("attempt_not_started", attempt_id=attempt_id, outcome="refused", reason=started.reason)
        raise NotStarted("refused", "The provider refused this order.")


def _is_over(run: ProviderRun) -> bool:
    return run.status is not None and run.status.is_terminal


def _result(run: ProviderRun) -> dict[str, object]:
    output = {
        "version": run.version,
        "weights": run.weights_url,
        "pictures": list(run.picture_urls),
        "images_found": images_found(run.logs),
    }
    return {"provider_status": run.status, "output": output, "error": run.error, "seconds": run.seconds}


def _gone(provider_id: str) -> ProviderRun:
    """A queued training may vanish: 404 exactly 30 minutes after it was created. It never ran."""
    return ProviderRun(provider_id, ProviderStatus.ABORTED, None, None, (), "gone", "", None)
