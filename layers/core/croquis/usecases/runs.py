"""The states of a training run. Each may be entered again at any later status and then returns what is stored."""

import logging
from collections.abc import Mapping
from contextlib import ExitStack

from croquis.domain.ids import ImageId, JobId
from croquis.domain.images.image import ratio_of
from croquis.domain.images.prompts import PREVIEWS, Preview, prompt
from croquis.domain.runs.attempt import Answer, ProviderOutput, answer_about
from croquis.domain.runs.failure import VERDICTS, failure_of
from croquis.domain.runs.job import Run
from croquis.domain.runs.training import RunStatus
from croquis.domain.runs.weights import CheckedWeights, safetensors_of
from croquis.domain.subject import Subject
from croquis.errors import DatasetIncomplete, StepFailed, TooLarge, Unavailable, WeightsRefused
from croquis.ports import Croquis, Download
from croquis.ports.attempts import ReadAttempt
from croquis.ports.runs import ImageWish, RegisteredModel, StoredWeights
from croquis.usecases.datasets import dataset_path
from croquis.usecases.provider_runs import settle_silently, stop
from croquis.usecases.weights import BUCKET, CONTENT_TYPE, weights_path

MAX_ARCHIVE_BYTES = 1_200_000_000
INGEST_SECONDS = 840
CHUNK = 1 << 20

log = logging.getLogger(__name__)


def ask_provider(croquis: Croquis, job_id: JobId, run: int) -> Answer:
    """Decide about a training that timed out or failed unclearly; the only place that may call it failed."""
    return _answer(croquis, croquis.store.attempts.attempt_of_run(job_id, run))


def ask_about_image(croquis: Croquis, image_id: ImageId) -> Answer:
    """The same for one image."""
    return _answer(croquis, croquis.store.attempts.attempt_of_image(image_id))


def ingest_weights(croquis: Croquis, job_id: JobId, run: int) -> StoredWeights:
    """Stream the LoRA out of the provider's archive into our storage, checked and hashed on the way; no disk."""
    begun = croquis.store.runs.enter_stage(job_id, run, RunStatus.INGESTING)
    entered, attempt = begun.run, begun.newest and begun.newest.attempt
    if stored := _stored_weights(entered):
        return stored
    if entered.deadline_at.timestamp() < croquis.now():
        raise StepFailed("expired", "The result could not be stored within a day.")
    output, sent = attempt.result if attempt else ProviderOutput(), entered.dataset_images
    if not output.version or not output.weights:
        raise WeightsRefused("no_output", "The provider delivered no weights.")
    if output.images_found is not None and output.images_found != sent:
        raise DatasetIncomplete("images_missing", f"The trainer found {output.images_found} of {sent} images.")
    try:
        with croquis.provider.fetch(output.weights, limit=MAX_ARCHIVE_BYTES, deadline_s=INGEST_SECONDS) as archive:
            return _stored(croquis, entered, archive, output.version)
    except TooLarge as error:  # of the archive itself: no training of ours gives half as much
        raise WeightsRefused("archive_too_large", "The archive is larger than any that the trainer makes.") from error


def register_model(croquis: Croquis, job_id: JobId, run: int, weights: Mapping[str, object]) -> RegisteredModel:
    """Model, version, path, hash and size in one transaction, and the previews to make.

    From here on nothing fails the run.
    """
    subject = croquis.store.runs.enter_stage(job_id, run, RunStatus.INGESTING).job.subject
    previews = [_wish(subject, preview) for preview in PREVIEWS]
    stored = StoredWeights.model_validate(weights)
    return croquis.store.runs.register_model(job_id, run, stored.version, stored, previews)


def open_review(croquis: Croquis, job_id: JobId, run: int) -> None:
    """Hand the model to its owner; what was not made is missing in the review, not a reason to fail."""
    croquis.store.runs.open_review(job_id, run)
    log.info("a run is open for review")


def record_failure(croquis: Croquis, job_id: JobId, run: int, error_name: str | None) -> None:
    """Undo what was done, then write failed or canceled; every undo may be repeated, none stops the others."""
    begun = croquis.store.runs.begin_failure(job_id, run)
    failed, found = begun.run, begun.newest
    if failed.ended_at:
        return
    failure = failure_of(error_name, found and found.attempt, overdue=bool(found and found.overdue))
    if begun.result_waits and failure.code not in VERDICTS:
        raise Unavailable("The provider has delivered a result: the run goes on when it is started again.")
    with ExitStack() as undo:  # does all of them, whichever fails
        undo.callback(croquis.files.remove, "datasets", [dataset_path(failed)])
        if not failed.weights_path:
            undo.callback(croquis.files.remove, BUCKET, [weights_path(failed)])
        if found:
            undo.callback(stop, croquis, found.attempt)
    croquis.store.runs.record_failure(job_id, run, failure.code, failure.sentence, failure.hint)
    log.warning("a run ended without a model", extra={"code": failure.code})


def _answer(croquis: Croquis, found: ReadAttempt | None) -> Answer:
    if found is None:
        return answer_about(None, overdue=False)
    return answer_about(settle_silently(croquis, found.attempt.id), overdue=found.overdue)


def _wish(subject: Subject, preview: Preview) -> ImageWish:
    return ImageWish(
        prompt=prompt(subject, preview.choices),
        framing=preview.choices.framing,
        width=preview.size.width,
        height=preview.size.height,
        wishes=preview.choices.model_dump(mode="json", exclude_none=True) | {"size": ratio_of(preview.size)},
    )


def _stored_weights(run: Run) -> StoredWeights | None:
    if not (run.weights_path and run.weights_sha256 and run.weights_bytes and run.provider_version):
        return None
    return StoredWeights(
        path=run.weights_path, sha256=run.weights_sha256, bytes=run.weights_bytes, version=run.provider_version
    )


def _stored(croquis: Croquis, run: Run, archive: Download, version: str) -> StoredWeights:
    """Storage that has no room for them is an outage: the operator can raise its limit, and the weights are paid."""
    member = safetensors_of(archive)  # pyright: ignore[reportArgumentType]
    weights = CheckedWeights(member, member.size)
    if weights.header.ranks != frozenset({run.lora_rank}):
        raise WeightsRefused("wrong_rank", "The weights have another rank than was ordered.")
    path, chunks = weights_path(run), iter(lambda: weights.read(CHUNK), b"")
    croquis.files.write_stream(BUCKET, path, chunks, size=weights.size, content_type=CONTENT_TYPE)
    if member.skipped:
        log.warning("the trainer's archive held files that it did not before", extra={"files": member.skipped})
    return StoredWeights(
        path=path, sha256=weights.sha256, bytes=weights.size, version=version, skipped_files=member.skipped
    )
