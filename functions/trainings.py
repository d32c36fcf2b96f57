"""Training jobs: list, read, submit, cancel, review."""

from typing import Any

from croquis.doors import Cursor, Door, IdempotencyKey, JobInPath, SignedIn
from croquis.usecases import trainings
from croquis.views import ReviewTraining, SubmitTraining, TrainingList, TrainingView
from croquis.wiring import croquis

app = Door()


@app.get("/v1/trainings")
def list_trainings(owner: SignedIn, before: Cursor = None) -> TrainingList:
    return trainings.list_trainings(croquis(), owner, before)


@app.get("/v1/trainings/<job_id>")
def read(job_id: JobInPath, owner: SignedIn) -> TrainingView:
    return trainings.read(croquis(), owner, job_id)


@app.post("/v1/trainings/<job_id>/submit", responses={202: {"description": "Queued"}})
def submit(
    job_id: JobInPath, request: SubmitTraining, owner: SignedIn, key: IdempotencyKey = None
) -> tuple[TrainingView, int]:
    return trainings.submit(croquis(), owner, job_id, request, key), 202


@app.post("/v1/trainings/<job_id>/cancel", responses={202: {"description": "Canceled, or being canceled"}})
def cancel(job_id: JobInPath, owner: SignedIn) -> tuple[TrainingView, int]:
    return trainings.cancel(croquis(), owner, job_id), 202


@app.post("/v1/trainings/<job_id>/review", responses={202: {"description": "Decided"}})
def review(
    job_id: JobInPath, request: ReviewTraining, owner: SignedIn, key: IdempotencyKey = None
) -> tuple[TrainingView, int]:
    return trainings.review(croquis(), owner, job_id, request, key), 202


def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    return app.open(event, context)
