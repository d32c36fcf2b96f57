"""Paid calls: the intent is written before the one POST, and nothing here posts twice. What ran is in provider_runs."""

import logging
import uuid
from collections.abc import Callable

from croquis.domain.ids import AttemptId, ImageId, JobId
from croquis.domain.runs.attempt import Attempt, AttemptState, Outcome, Reason
from croquis.errors import CroquisError, NotStarted, Paused, StepFailed, Throttled, Unavailable
from croquis.ports import Croquis, Started
from croquis.ports.attempts import OpenedAttempt, OpenedImageAttempt, OpenedTrainingAttempt
from croquis.usecases.recipes import recipe_of

DATASET_LINK_SECONDS = 7200

log = logging.getLogger(__name__)


def start_training(croquis: Croquis, job_id: JobId, run: int, token: str) -> None:
    """Order the training, once; entered again it only leaves the newer token (SF-04, MO-01)."""
    opened = croquis.store.attempts.open_training_attempt(job_id, run, *_names(), token)
    if attempt := _to_post(croquis, opened):
        _order(croquis, attempt, lambda: _post_training(croquis, attempt, opened))


def start_image(croquis: Croquis, image_id: ImageId, token: str) -> None:
    """Order one image, once, by the recipe of its kind."""
    opened = croquis.store.attempts.open_image_attempt(image_id, *_names(), token)
    if attempt := _to_post(croquis, opened):
        _order(croquis, attempt, lambda: _post_image(croquis, attempt, opened))


def _names() -> tuple[AttemptId, str]:
    """An attempt's id and marker, made before its row: so a lost answer of the database can be asked for again."""
    return AttemptId(str(uuid.uuid4())), f"cq{uuid.uuid4().hex}"


def _to_post(croquis: Croquis, opened: OpenedAttempt) -> Attempt | None:
    """The attempt whose POST is ours to make, or None: somebody else's goes on, or its result is there."""
    if opened.wait or opened.attempt is None:
        log.warning("paid work waits")
        raise Paused("No paid work is ordered at the moment.")
    if opened.post:
        return opened.attempt
    if opened.attempt.state is AttemptState.ENDED:
        croquis.queue.settle_attempt(opened.attempt.id)  # the result was there before this token
    elif not opened.attempt.is_open:
        raise NotStarted(opened.attempt.state, "The provider started nothing, and nothing more is tried.")
    return None


def _post_training(croquis: Croquis, attempt: Attempt, opened: OpenedTrainingAttempt) -> Started:
    marker, run = attempt.marker, opened.run
    # the marker survives in the list of trainings only as part of the input: it is the zip's name in its link
    if run.dataset_path is None:
        raise StepFailed("no_dataset", "The run has no dataset.")
    link = croquis.files.link("datasets", run.dataset_path, seconds=DATASET_LINK_SECONDS, download_as=f"{marker}.zip")
    trigger = opened.job.trigger_word
    return croquis.provider.start_training(run.parameters, dataset_url=link, trigger_word=trigger, marker=marker)


def _post_image(croquis: Croquis, attempt: Attempt, opened: OpenedImageAttempt) -> Started:
    recipe = recipe_of(croquis, attempt, opened)
    return croquis.provider.start_image(recipe, marker=attempt.marker)


def _order(croquis: Croquis, attempt: Attempt, post: Callable[[], Started]) -> None:
    attempts = croquis.store.attempts
    try:
        started = post()
    except CroquisError as error:
        # before the POST: nothing was started, and a later attempt may be made
        attempts.attempt_not_started(attempt.id, AttemptState.THROTTLED, type(error).__name__)
        raise
    match started.outcome:
        case Outcome.STARTED if started.id:
            _write_down(croquis, attempt, started.id)
        case Outcome.THROTTLED:
            if started.reason.startswith(Reason.NO_CREDIT):
                log.error("the provider lacks credit", extra={"attempt_id": attempt.id})
            attempts.attempt_not_started(attempt.id, AttemptState.THROTTLED, started.reason)
            raise Throttled("The provider is busy.")
        case Outcome.NOT_STARTED:
            attempts.attempt_not_started(attempt.id, AttemptState.REFUSED, started.reason)
            raise NotStarted("refused", "The provider refused this order.")
        case _:
            attempts.attempt_unknown(attempt.id)
    log.info("a paid run was ordered", extra={"attempt_id": attempt.id, "expected_usd": float(attempt.expected_usd)})


def _write_down(croquis: Croquis, attempt: Attempt, provider_id: str) -> None:
    """Record the id of a paid run; where the database cannot, the queue keeps it until it can."""
    try:
        unwanted = croquis.store.attempts.attempt_started(attempt.id, provider_id)
    except Unavailable:
        unwanted = True
    if unwanted:  # by its owner, while the order was on its way (MO-09), or as far as we know
        try:
            croquis.queue.settle_attempt(attempt.id, attempt.kind, provider_id)
        except Unavailable as error:
            raise Unavailable(f"The provider started {provider_id}, and nobody could write it down.") from error
