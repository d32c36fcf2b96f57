"""The states of a training run. Each may be entered again at any later status and then answers what is stored."""

from contextlib import ExitStack
from typing import Any, Literal

from croquis.domain.ids import AttemptId, ImageId, JobId
from croquis.domain.images.prompts import PREVIEWS, prompt
from croquis.domain.runs.failure import failure_of
from croquis.domain.runs.weights import CheckedWeights, safetensors_of
from croquis.errors import DatasetIncomplete, StepFailed, Unavailable, WeightsRefused
from croquis.ports import Croquis, RunKind
from croquis.usecases.datasets import dataset_path
from croquis.usecases.provider_attempts import look

MAX_ARCHIVE_BYTES = 1_200_000_000
INGEST_SECONDS = 840
CHUNK = 1 << 20

Answer = Literal["go_on", "wait", "give_up"]


def weights_path(run: dict[str, Any]) -> str:
    """Where the weights of a run are, or would be, as long as they are not registered."""
    return f"{run['owner_id']}/{run['job_id']}/{run['run']}/lora.safetensors"


def ask_provider(croquis: Croquis, job_id: JobId, run: int) -> Answer:
    """Decide about a training that timed out or failed unclearly; the only place that may call it failed."""
    attempt_id = croquis.rows.call("attempt_of_run", job=job_id, run_no=run)
    return _answer(croquis, attempt_id)


def ask_about_picture(croquis: Croquis, image_id: ImageId) -> Answer:
    """The same for one picture."""
    return _answer(croquis, croquis.rows.call("attempt_of_image", image=image_id))


def ingest_weights(croquis: Croquis, job_id: JobId, run: int) -> dict[str, object]:
    """Stream the LoRA out of the provider's archive into our storage, checked and hashed on the way; no disk."""
    view = croquis.rows.call("enter_stage", job=job_id, run_no=run, stage="ingesting")
    stored = view["run"]
    if stored["weights_path"]:
        return {name: stored[f"weights_{name}"] for name in ("path", "sha256", "bytes")} | {
            "version": stored["provider_version"]
        }
    output = _output(croquis, croquis.rows.call("attempt_of_run", job=job_id, run_no=run))
    if not output.get("version") or not output.get("weights"):
        raise StepFailed("no_output", "The provider delivered no weights.")
    found = output.get("images_found")  # None where the provider keeps no log: unknown is not wrong
    if found is not None and found != stored["dataset_images"]:
        raise DatasetIncomplete("images_missing", f"The trainer found {found} of {stored['dataset_images']} images.")
    path = weights_path(stored)
    with croquis.provider.fetch(output["weights"], limit=MAX_ARCHIVE_BYTES, deadline_s=INGEST_SECONDS) as archive:
        member = safetensors_of(archive)  # pyright: ignore[reportArgumentType]
        weights = CheckedWeights(member, member.size)
        if weights.header.ranks != frozenset({stored["lora_rank"]}):
            raise WeightsRefused("wrong_rank", "The weights have another rank than was ordered.")
        chunks = iter(lambda: weights.read(CHUNK), b"")
        croquis.files.write_stream(
            "lora-weights", path, chunks, size=weights.size, content_type="application/octet-stream"
        )
    return {"path": path, "sha256": weights.sha256, "bytes": weights.size, "version": output["version"]}


def register_model(croquis: Croquis, job_id: JobId, run: int, weights: dict[str, object]) -> dict[str, object]:
    """Model, version, path, hash and size in one transaction, and the previews to make.

    From here on nothing fails the run.
    """
    trigger = croquis.rows.call("enter_stage", job=job_id, run_no=run, stage="ingesting")["job"]["trigger_word"]
    previews = [
        {"prompt": prompt(trigger, preview.choices), "framing": preview.choices.framing} for preview in PREVIEWS
    ]
    return croquis.rows.call(
        "register_model", job=job_id, run_no=run, version=weights["version"], weights=weights, previews=previews
    )


def open_review(croquis: Croquis, job_id: JobId, run: int) -> None:
    """Hand the model to its owner; what was not made is missing in the review, not a reason to fail."""
    croquis.rows.call("open_review", job=job_id, run_no=run)


def record_failure(croquis: Croquis, job_id: JobId, run: int, error_name: str | None) -> None:
    """Undo what was done, then write failed or canceled; every undo may be repeated, none stops the others."""
    failed: dict[str, Any] = croquis.rows.call("begin_failure", job=job_id, run_no=run)["run"]
    if failed["ended_at"]:
        return
    attempt_id = croquis.rows.call("attempt_of_run", job=job_id, run_no=run)
    found: dict[str, Any] = croquis.rows.call("read_attempt", attempt_id=attempt_id) if attempt_id else {}
    attempt: dict[str, Any] | None = found.get("attempt")
    failure = failure_of(error_name, attempt, overdue=bool(found.get("overdue")))
    with ExitStack() as undo:  # does all of them, whichever fails
        undo.callback(croquis.files.remove, "datasets", [dataset_path(failed)])
        if not failed["weights_path"]:
            undo.callback(croquis.files.remove, "lora-weights", [weights_path(failed)])
        if attempt and attempt["state"] == "started":
            undo.callback(_stop, croquis, attempt)
    croquis.rows.call("record_failure", job=job_id, run_no=run, **failure._asdict())


def _answer(croquis: Croquis, attempt_id: AttemptId | None) -> Answer:
    if attempt_id is None:
        return "wait"  # the order was never written: Start makes it now, or says why not
    attempt = look(croquis, attempt_id)
    overdue = croquis.rows.call("read_attempt", attempt_id=attempt_id)["overdue"]
    match attempt["state"]:
        case "ended":
            return "go_on" if attempt["provider_status"] == "succeeded" else "give_up"
        case "refused":
            return "give_up"
        case "started" | "throttled":
            return "give_up" if overdue else "wait"
        case _:
            # unknown: a paid run may exist, so the job waits and nothing is released; but a picture is canceled and
            # forgotten by the provider within the hour, and not worth waiting for any longer
            return "give_up" if overdue and attempt["image_id"] else "wait"


def _stop(croquis: Croquis, attempt: dict[str, Any]) -> None:
    croquis.provider.cancel(RunKind.TRAINING, attempt["provider_id"])
    stopped = look(croquis, attempt["id"])
    if stopped["state"] == "started":
        raise Unavailable("The provider has not stopped the training yet.")


def _output(croquis: Croquis, attempt_id: str) -> dict[str, Any]:
    return croquis.rows.call("read_attempt", attempt_id=attempt_id)["attempt"]["output"] or {}
