"""What an owner does with a training job: open it, read it, submit it, cancel it, decide about its model."""

from collections.abc import Iterable

from croquis.domain.ids import JobId
from croquis.domain.photos.accepted_photo import PhotoRow
from croquis.domain.runs.job import Job
from croquis.domain.runs.log_place import log_place_of
from croquis.domain.runs.training import JobStatus
from croquis.errors import Refused
from croquis.http.dry_runs import DryRunView
from croquis.http.log_views import TrainingLogView
from croquis.http.presenter import log_view, training_view
from croquis.http.requests import OpenTraining, ReviewTraining, SubmitTraining
from croquis.http.views import TrainingList, TrainingSummary, TrainingView, cursor_after
from croquis.ports import Croquis, Owner
from croquis.ports.jobs import ReadTraining
from croquis.usecases import dry_runs

LINK_SECONDS = 600
PAGE = 50


def execution_name(job_id: str, run: int, executions: int = 1) -> str:
    """The name of a run's execution: AWS starts it once, however often it is asked (SF-01); -r<n> when it died."""
    return f"{job_id}-{run}" + (f"-r{executions - 1}" if executions > 1 else "")


def open_training(croquis: Croquis, owner: Owner, request: OpenTraining) -> TrainingView:
    """A draft job, with the person's consent recorded beside it."""
    consent = request.consent.model_dump(mode="json", exclude_none=True)
    job = croquis.store.jobs.open_training(owner, request.model_name, request.gender, consent)
    return read(croquis, owner, job.id)


def read(croquis: Croquis, owner: Owner, job_id: JobId) -> TrainingView:
    """The whole view of one's own job; somebody else's looks like one that does not exist."""
    return _shown(croquis, owner, find(croquis, owner, job_id))


def find(croquis: Croquis, owner: Owner, job_id: JobId) -> ReadTraining:
    """The rows of one's own job, or Refused."""
    found = croquis.store.jobs.read_training(owner, job_id)
    if not found:
        raise _no_such_training()
    return found


def read_log(croquis: Croquis, owner: Owner, job_id: JobId, after: str | None) -> TrainingLogView:
    """What the newest run has printed since the place `after`."""
    since = log_place_of(after)
    found = croquis.store.jobs.read_training_log(owner, job_id, since.run, since.line, since.step)
    if not found:
        raise _no_such_training()
    return log_view(found, since)


def thumbnail_links(croquis: Croquis, owner: Owner, photos: Iterable[PhotoRow]) -> dict[str, str]:
    """Short-lived links by path."""
    paths = [photo.thumbnail_path for photo in photos if photo.thumbnail_path]
    return croquis.files.links_as(owner, "training-photos", paths, seconds=LINK_SECONDS)


def list_trainings(croquis: Croquis, owner: Owner, before: str | None) -> TrainingList:
    """One page of jobs, newest first; `next` is the cursor of the following page."""
    jobs = croquis.store.jobs.list_trainings(owner, before=before, limit=PAGE)
    summaries = tuple(TrainingSummary.model_validate(job.model_dump()) for job in jobs)
    return TrainingList(trainings=summaries, next=cursor_after(jobs, PAGE))


def submit(
    croquis: Croquis, owner: Owner, job_id: JobId, request: SubmitTraining, key: str | None, sent: str
) -> TrainingView | DryRunView:
    """Reserve the money, queue the job and start its workflow; the same key again answers the same job.

    A dry run tells what it would be.
    """
    if request.dry_run:
        return dry_runs.training(croquis, owner, job_id, request, retry=False)
    submitted = croquis.store.jobs.submit_training(owner, job_id, key, request.chosen, sent)
    _start(croquis, submitted.job)
    return _shown(croquis, owner, submitted)


def cancel(croquis: Croquis, owner: Owner, job_id: JobId) -> TrainingView:
    """Stop a job, whatever it is doing; the attempts' worker cancels a training that runs at the provider."""
    canceled = croquis.store.jobs.cancel_training(owner, job_id)
    if canceled.attempt_id:
        croquis.queue.settle_attempt(canceled.attempt_id)
    return read(croquis, owner, job_id)


def review(
    croquis: Croquis, owner: Owner, job_id: JobId, request: ReviewTraining, key: str | None, sent: str
) -> TrainingView | DryRunView:
    """Approve the model, reject it, or pay for another run with the photos that are accepted now.

    A dry run tells what that would be.
    """
    if request.dry_run:
        return dry_runs.training(croquis, owner, job_id, request.parameters, retry=True)
    job = croquis.store.jobs.review_training(owner, job_id, request.decision, key, request.parameters.chosen, sent)
    if request.decision == "retry":
        _start(croquis, job)
    return read(croquis, owner, job_id)


def _no_such_training() -> Refused:
    return Refused(
        "There is no such training job.",
        hint="Check the id; list yours with GET /v1/trainings.",
        code="no_such_training",
        status=404,
    )


def _start(croquis: Croquis, job: Job) -> None:
    # a crash before this line is made up for by the sweep; a job that is further along finds its execution
    if job.status is JobStatus.QUEUED and job.current_run:
        name = execution_name(job.id, job.current_run)
        croquis.workflow.start_training(job.id, job.current_run, name=name)


def _shown(croquis: Croquis, owner: Owner, found: ReadTraining) -> TrainingView:
    previews = [image.path for image in found.previews if image.path]
    links = thumbnail_links(croquis, owner, found.photos)
    links |= croquis.files.links_as(owner, "images", previews, seconds=LINK_SECONDS)
    return training_view(found, links)
