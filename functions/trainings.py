"""Training jobs: list, read, see the dataset and the log, submit, cancel, review, erase."""

from typing import Any

from croquis.http.dataset_views import DatasetView
from croquis.http.door import (
    Confirmed,
    Cursor,
    Door,
    DryRun,
    JobInPath,
    KeyIfItSpends,
    LogCursor,
    Sent,
    SignedIn,
)
from croquis.http.dry_runs import DRY_RUN, DryRunView, answered, with_status
from croquis.http.erasures import WOULD_ERASE, ErasureView, WouldEraseView
from croquis.http.log_views import TrainingLogView
from croquis.http.requests import ReviewTraining, SubmitTraining
from croquis.http.views import TrainingList, TrainingView
from croquis.usecases import datasets, erasures, trainings
from croquis.wiring import croquis

app = Door()


@app.get("/v1/trainings")
def list_trainings(owner: SignedIn, before: Cursor = None) -> TrainingList:
    """List your trainings, newest first"""
    return trainings.list_trainings(croquis(), owner, before)


@app.get("/v1/trainings/<job_id>")
def read_training(job_id: JobInPath, owner: SignedIn) -> TrainingView:
    """Read a training

    Photos with findings, runs with progress and costs, history, previews, and the model once there is one.
    """
    return trainings.read(croquis(), owner, job_id)


@app.get("/v1/trainings/<job_id>/dataset")
def read_dataset(job_id: JobInPath, owner: SignedIn) -> DatasetView:
    """See what the trainer would see

    Every picture made from the accepted photos: which part of the photo it shows, its size and its caption.
    """
    return datasets.show(croquis(), owner, job_id)


@app.get("/v1/trainings/<job_id>/log")
def read_training_log(job_id: JobInPath, owner: SignedIn, after: LogCursor = None) -> TrainingLogView:
    """Read what the trainer prints

    The newest run's lines and its loss over the steps, while it trains and for 30 days after it.
    """
    return trainings.read_log(croquis(), owner, job_id, after)


@app.post("/v1/trainings/<job_id>/submit", responses={**DRY_RUN, 202: answered("Queued", TrainingView)})
def submit_training(
    job_id: JobInPath, request: SubmitTraining, owner: SignedIn, sent: Sent, key: KeyIfItSpends = None
) -> tuple[TrainingView | DryRunView, int]:
    """Submit a draft for training

    Needs 8 to 12 accepted photos and reserves the money. The same Idempotency-Key returns the same job.
    """
    return with_status(trainings.submit(croquis(), owner, job_id, request, key, sent))


@app.post("/v1/trainings/<job_id>/cancel", responses={202: {"description": "Canceled, or being canceled"}})
def cancel_training(job_id: JobInPath, owner: SignedIn) -> tuple[TrainingView, int]:
    """Cancel a training

    May be repeated. A job in progress becomes canceled once everything has been undone.
    """
    return trainings.cancel(croquis(), owner, job_id), 202


@app.post("/v1/trainings/<job_id>/review", responses={**DRY_RUN, 202: answered("Decided", TrainingView)})
def review_training(
    job_id: JobInPath, request: ReviewTraining, owner: SignedIn, sent: Sent, key: KeyIfItSpends = None
) -> tuple[TrainingView | DryRunView, int]:
    """Approve, reject or retry

    retry pays for another run, with other parameters if you like, from the photos and captions as they are then, and
    needs an Idempotency-Key. No photo is uploaded again.
    """
    return with_status(trainings.review(croquis(), owner, job_id, request, key, sent))


@app.delete("/v1/trainings/<job_id>", responses=WOULD_ERASE)
def erase_training(
    job_id: JobInPath, owner: SignedIn, confirm: Confirmed = None, dry_run: DryRun = False
) -> tuple[ErasureView | WouldEraseView, int]:
    """Erase a training for good

    At any stage, with its model if there is one, just as DELETE /v1/models/{model_id} does.
    """
    return erasures.order(croquis(), owner, training=job_id, confirm=confirm, dry_run=dry_run)


def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    return app.open(event, context)
