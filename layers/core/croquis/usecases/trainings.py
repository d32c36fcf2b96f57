"""What an owner does with a training job: open it, read it, submit it, cancel it, decide about its model."""

from dataclasses import asdict
from typing import Any

from croquis.domain.ids import JobId
from croquis.domain.images.image import Framing
from croquis.domain.photos.accepted_photo import AcceptedPhoto
from croquis.domain.photos.captions import caption_of
from croquis.domain.photos.features import PhotoFeatures
from croquis.domain.photos.photo import PhotoStatus, is_overridable
from croquis.domain.photos.photo_set import set_findings
from croquis.domain.photos.slots import SLOTS
from croquis.errors import Refused
from croquis.http.schemas import (
    EventView,
    ImageView,
    ModelView,
    OpenTraining,
    PhotoRules,
    PhotoView,
    Problem,
    ReviewTraining,
    RunView,
    SlotView,
    SubmitTraining,
    TrainingList,
    TrainingSummary,
    TrainingView,
)
from croquis.ports import Croquis, Owner

LINK_SECONDS = 600
PAGE = 50


def execution_name(job_id: str, run: int, executions: int = 1) -> str:
    """The name of a run's execution: AWS starts it once, however often it is asked (SF-01); -r<n> when it died."""
    return f"{job_id}-{run}" + (f"-r{executions - 1}" if executions > 1 else "")


def open_training(croquis: Croquis, owner: Owner, request: OpenTraining) -> TrainingView:
    """A draft job, with the person's consent recorded beside it."""
    job = croquis.rows.call_as(owner, "open_training", **request.model_dump(mode="json"))
    return read(croquis, owner, JobId(job["id"]))


def read(croquis: Croquis, owner: Owner, job_id: JobId) -> TrainingView:
    """The whole view of one's own job; another's is told like one that does not exist."""
    found = read_rows(croquis, owner, job_id)
    links = thumbnail_links(croquis, owner, found["photos"])
    previews = [image["path"] for image in found["previews"] if image["path"]]
    links |= croquis.files.links_as(owner, "images", previews, seconds=LINK_SECONDS)
    return _view(found, links)


def read_rows(croquis: Croquis, owner: Owner, job_id: JobId) -> dict[str, Any]:
    """The rows of one's own job, or Refused."""
    found = croquis.rows.call_as(owner, "read_training", job=job_id)
    if not found:
        raise Refused(
            "There is no such training job.",
            mend="Check the id; list yours with GET /v1/trainings.",
            code="no_such_training",
            status=404,
        )
    return found


def thumbnail_links(croquis: Croquis, owner: Owner, photos: list[dict[str, Any]]) -> dict[str, str]:
    """Short-lived links by path."""
    paths = [photo["thumbnail_path"] for photo in photos if photo["thumbnail_path"]]
    return croquis.files.links_as(owner, "training-photos", paths, seconds=LINK_SECONDS)


def accepted(found: dict[str, Any]) -> tuple[AcceptedPhoto, ...]:
    """The photos of a job that would be trained on, in the order of their slots."""
    return tuple(AcceptedPhoto.model_validate(it) for it in found["photos"] if it["status"] == PhotoStatus.ACCEPTED)


def list_trainings(croquis: Croquis, owner: Owner, before: str | None) -> TrainingList:
    """One page of jobs, newest first; `next` is the cursor of the following page."""
    rows = croquis.rows.list_as(owner, "lora_training_jobs", before=before, limit=PAGE)
    cursor = f"{rows[-1]['created_at']}|{rows[-1]['id']}" if len(rows) == PAGE else None
    return TrainingList(trainings=tuple(TrainingSummary.model_validate(row) for row in rows), next=cursor)


def submit(croquis: Croquis, owner: Owner, job_id: JobId, request: SubmitTraining, key: str | None) -> TrainingView:
    """Reserve the money, queue the job and start its workflow; the same key again answers the same job."""
    parameters = request.model_dump(mode="json", exclude_none=True)
    job = croquis.rows.call_as(owner, "submit_training", job=job_id, idempotency_key=key, parameters=parameters)
    return _started(croquis, owner, job)


def cancel(croquis: Croquis, owner: Owner, job_id: JobId) -> TrainingView:
    """Stop a job, whatever it is doing; the attempts' worker cancels a training that runs at the provider."""
    canceled = croquis.rows.call_as(owner, "cancel_training", job=job_id)
    if canceled["attempt_id"]:
        croquis.queue.settle_attempt(canceled["attempt_id"])
    return read(croquis, owner, job_id)


def review(croquis: Croquis, owner: Owner, job_id: JobId, request: ReviewTraining, key: str | None) -> TrainingView:
    """Approve the model, reject it, or pay for another run with the same photos."""
    parameters = request.parameters.model_dump(mode="json", exclude_none=True)
    job = croquis.rows.call_as(
        owner, "review_training", job=job_id, decision=request.decision, idempotency_key=key, parameters=parameters
    )
    return _started(croquis, owner, job) if request.decision == "retry" else read(croquis, owner, job_id)


def _started(croquis: Croquis, owner: Owner, job: dict[str, Any]) -> TrainingView:
    # a crash before this line is mended by the sweep; a job that is further along finds its execution
    if job["status"] == "queued":
        croquis.workflow.start_training(
            job["id"], job["current_run"], name=execution_name(job["id"], job["current_run"])
        )
    return read(croquis, owner, JobId(job["id"]))


def image_view(image: dict[str, Any], links: dict[str, str]) -> ImageView:
    """A picture's row with its link, if it has one."""
    return ImageView.model_validate({**image, "url": links.get(image["path"] or ""), "problem": _problem(image)})


def photo_view(row: dict[str, Any], trigger: str, links: dict[str, str]) -> PhotoView:
    """A photo's row with its caption and its link, if it has a clean copy."""
    seen = PhotoFeatures.model_validate(row["seen"] or {})
    kept = row["clean_path"] is not None
    return PhotoView.model_validate(
        {
            **row,
            "overridable": kept and row["status"] == PhotoStatus.REJECTED and is_overridable(row["findings"]),
            "overridden": row["overridden_at"] is not None,
            "view": seen.view,
            "pose": seen.pose,
            "caption": caption_of(AcceptedPhoto.model_validate(row), trigger, Framing.FULL_BODY) if kept else None,
            "thumbnail_url": links.get(row["thumbnail_path"] or ""),
        }
    )


def _view(found: dict[str, Any], links: dict[str, str]) -> TrainingView:
    job, photos, usable = found["job"], found["photos"], accepted(found)
    return TrainingView(
        **TrainingSummary.model_validate(job).model_dump(),
        gender=job["gender"],
        trigger_word=job["trigger_word"],
        version=job["version"],
        cancel_requested=job["cancel_requested_at"] is not None,
        accepted_photos=len(usable),
        slots=tuple(SlotView(**asdict(slot), advised=slot.advised) for slot in SLOTS),
        rules=PhotoRules(),
        photos=tuple(photo_view(photo, job["trigger_word"], links) for photo in photos),
        set_findings=set_findings(usable),
        runs=tuple(
            RunView.model_validate({**run, "expected_usd": run["reserved_usd"], "problem": _problem(run)})
            for run in found["runs"]
        ),
        events=tuple(EventView.model_validate(event) for event in found["events"]),
        previews=tuple(image_view(image, links) for image in found["previews"]),
        model=ModelView.model_validate(found["model"]) if found["model"] else None,
    )


def _problem(row: dict[str, Any]) -> Problem | None:
    if not row["failure_code"]:
        return None
    return Problem(code=row["failure_code"], sentence=row["failure_sentence"] or "", mend=row["failure_mend"] or "")
