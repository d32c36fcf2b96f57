"""Paid calls: one POST per attempt, the truth by looking, the callback that wakes the workflow. Never posts twice."""

from collections.abc import Callable

from croquis.domain.ids import AttemptId, ImageId, JobId
from croquis.domain.runs.attempt import Attempt, AttemptState, Outcome, ProviderOutput, ProviderStatus
from croquis.errors import CroquisError, NotStarted, StepFailed, Throttled, Unavailable
from croquis.ports import Croquis, ProviderRun, RunKind, Started
from croquis.ports.attempts import OpenedTrainingAttempt

DATASET_LINK_SECONDS = 7200
ENDED_BADLY = "ProviderEnded"


def start_training(croquis: Croquis, job_id: JobId, run: int, token: str) -> None:
    """Order the training, once; entered again it only leaves the newer token (SF-04, MO-01)."""
    opened = croquis.store.attempts.open_training_attempt(job_id, run, token)
    if not opened.post:
        return _entered_again(croquis, opened.attempt)
    return _order(croquis, opened.attempt, lambda: _post_training(croquis, opened))


def start_image(croquis: Croquis, image_id: ImageId, token: str) -> None:
    """Order one image, once; its attempt's seed is its marker at the provider."""
    opened = croquis.store.attempts.open_image_attempt(image_id, token)
    attempt, image = opened.attempt, opened.image
    if not opened.post:
        return _entered_again(croquis, attempt)
    version, size, seed = opened.provider_version, image.asked_size, attempt.seed
    if seed is None:  # it is what a lost order is found by
        raise StepFailed("no_seed", "The attempt has no seed.")
    return _order(
        croquis,
        attempt,
        lambda: croquis.provider.start_image(version, image.prompt, size, seed=seed, marker=attempt.marker),
    )


def settle(croquis: Croquis, attempt_id: AttemptId) -> None:
    """Look at the run of an attempt, store how it ended and wake whoever waits for it. May be repeated."""
    call_back(croquis, _settled(croquis, attempt_id))


def settle_silently(croquis: Croquis, attempt_id: AttemptId) -> Attempt:
    """The same from within the workflow, where nobody waits any more: forgets the token, answers the attempt."""
    croquis.store.attempts.forget_token(attempt_id)
    return _settled(croquis, attempt_id)


def stop(croquis: Croquis, attempt: Attempt) -> None:
    """Stop what runs at the provider; Unavailable as long as it has not stopped."""
    if attempt.state is AttemptState.STARTED and attempt.provider_id:
        croquis.provider.cancel(_kind(attempt), attempt.provider_id)
        if settle_silently(croquis, attempt.id).state is AttemptState.STARTED:
            raise Unavailable("The provider has not stopped the run yet.")


def call_back(croquis: Croquis, attempt: Attempt) -> None:
    """Give the result to whoever waits on the attempt's token; a newer token that was stored meanwhile gets it too."""
    while token := attempt.wakes:
        if attempt.succeeded:
            croquis.workflow.succeed(token)
        else:
            croquis.workflow.fail(token, ENDED_BADLY)
        # False from the workflow means that nobody waits on this token: sent all the same, unless a newer one is stored
        if croquis.store.attempts.callback_sent(attempt.id, token):
            return
        attempt = croquis.store.attempts.read_attempt(attempt.id).attempt


def _settled(croquis: Croquis, attempt_id: AttemptId) -> Attempt:
    attempts = croquis.store.attempts
    found = attempts.read_attempt(attempt_id)
    attempt = found.attempt
    if attempt.state is AttemptState.ENDED or not attempt.provider_id:
        return attempt
    run = _run_of(croquis, attempt, attempt.provider_id, unwanted=found.cancel_wanted or found.overdue)
    if run is None:
        if not attempts.attempt_missing(attempt_id):
            return attempt
        run = _gone(attempt.provider_id)
    elif attempt.missing_since:
        attempts.attempt_found(attempt_id)
    if run.log:
        attempts.record_progress(attempt.marker, run.id, run.log, at_once=True)  # a log event may have been lost
    if run.status is None or not run.status.is_terminal:
        return attempt
    return attempts.record_result(attempt_id, run.status, _output_of(run), run.error, run.seconds)


def _kind(attempt: Attempt) -> RunKind:
    return RunKind.TRAINING if attempt.run_id else RunKind.IMAGE


def _run_of(croquis: Croquis, attempt: Attempt, provider_id: str, *, unwanted: bool) -> ProviderRun | None:
    run = croquis.provider.look(_kind(attempt), provider_id)
    if run and unwanted and not _is_over(run):
        croquis.provider.cancel(_kind(attempt), provider_id)
        run = croquis.provider.look(_kind(attempt), provider_id)
    return run


def _entered_again(croquis: Croquis, attempt: Attempt) -> None:
    if attempt.state is AttemptState.REFUSED:
        raise NotStarted("refused", "The provider refused this order.")
    if attempt.state is AttemptState.ENDED:
        croquis.queue.settle_attempt(attempt.id)  # the result was there before this token


def _post_training(croquis: Croquis, opened: OpenedTrainingAttempt) -> Started:
    marker, run = opened.attempt.marker, opened.run
    # the marker survives in the list of trainings only as part of the input: it is the zip's name in its link
    if run.dataset_path is None:
        raise StepFailed("no_dataset", "The run has no dataset.")
    link = croquis.files.link("datasets", run.dataset_path, seconds=DATASET_LINK_SECONDS, download_as=f"{marker}.zip")
    trigger = opened.job.trigger_word
    return croquis.provider.start_training(run.parameters, dataset_url=link, trigger_word=trigger, marker=marker)


def _order(croquis: Croquis, attempt: Attempt, post: Callable[[], Started]) -> None:
    try:
        started = post()
    except CroquisError as error:
        # before the POST: nothing was started, and a later attempt may be made
        croquis.store.attempts.attempt_not_started(attempt.id, AttemptState.THROTTLED, type(error).__name__)
        raise
    _record(croquis, attempt.id, started)


def _record(croquis: Croquis, attempt_id: AttemptId, started: Started) -> None:
    attempts = croquis.store.attempts
    if started.outcome is Outcome.STARTED and started.id:
        if attempts.attempt_started(attempt_id, started.id):
            croquis.queue.settle_attempt(attempt_id)  # canceled while the order was on its way (MO-09)
    elif started.outcome is Outcome.THROTTLED:
        attempts.attempt_not_started(attempt_id, AttemptState.THROTTLED, started.reason)
        raise Throttled("The provider is busy.")
    elif started.outcome is Outcome.NOT_STARTED:
        attempts.attempt_not_started(attempt_id, AttemptState.REFUSED, started.reason)
        raise NotStarted("refused", "The provider refused this order.")
    else:
        attempts.attempt_unknown(attempt_id)


def _is_over(run: ProviderRun) -> bool:
    return run.status is not None and run.status.is_terminal


def _output_of(run: ProviderRun) -> ProviderOutput:
    return ProviderOutput(
        version=run.version, weights=run.weights_url, images=run.image_urls, images_found=run.images_found
    )


def _gone(provider_id: str) -> ProviderRun:
    """A queued training may vanish: 404 exactly 30 minutes after it was created. It never ran."""
    return ProviderRun(provider_id, ProviderStatus.ABORTED, None, None, (), "gone", None, None)
