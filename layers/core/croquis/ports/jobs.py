"""What an owner does with training jobs."""

from collections.abc import Mapping
from datetime import datetime
from typing import Protocol

from croquis.domain.consent import Consent
from croquis.domain.ids import AttemptId, JobId
from croquis.domain.images.image import Image
from croquis.domain.photos.accepted_photo import PhotoRow
from croquis.domain.row import Row
from croquis.domain.runs.job import Job, JobEvent, Quote, Run
from croquis.domain.runs.model import Model
from croquis.ports.owner import Owner


class ReadTraining(Row):
    """Everything about one job."""

    job: Job
    photos: tuple[PhotoRow, ...]
    runs: tuple[Run, ...]
    events: tuple[JobEvent, ...]
    previews: tuple[Image, ...]
    model: Model | None
    quotes: tuple[Quote, ...]  # none where no run may be opened
    consent: Consent


class ReadLog(Row):
    """The end of a run's log; `lines` are the last ones, `points` pairs of step and loss."""

    run: int | None
    last_line: int
    lines: tuple[str, ...]
    points: tuple[tuple[int, float], ...]
    purge_after: datetime | None


class CanceledTraining(Row):
    """The job, and the attempt that runs at the provider, if one does."""

    job: Job
    attempt_id: AttemptId | None


class Jobs(Protocol):
    """Only one's own jobs; another's is like one that does not exist."""

    def open_training(self, owner: Owner, model_name: str, gender: str, consent: Mapping[str, object]) -> Job:
        """A draft, with the person's consent recorded beside it."""
        ...

    def read_training(self, owner: Owner, job: JobId) -> ReadTraining | None: ...

    def read_training_log(self, owner: Owner, job: JobId, run_no: int, line: int, step: int) -> ReadLog | None:
        """Of the newest run; what comes after that line and step, if they were read of the same run."""
        ...

    def list_trainings(self, owner: Owner, *, before: str | None, limit: int) -> list[Job]: ...

    def submit_training(
        self,
        owner: Owner,
        job: JobId,
        idempotency_key: str | None,
        parameters: Mapping[str, object],
        sent_sha256: str,
    ) -> ReadTraining:
        """Reserves the money and queues the job; the same key with the same that was sent answers the same job."""
        ...

    def cancel_training(self, owner: Owner, job: JobId) -> CanceledTraining:
        """Asks a working job to stop; a draft or a job in review is canceled at once."""
        ...

    def review_training(
        self,
        owner: Owner,
        job: JobId,
        decision: str,
        idempotency_key: str | None,
        parameters: Mapping[str, object],
        sent_sha256: str,
    ) -> Job:
        """approve, reject, or retry, which opens the next run and takes its parameters."""
        ...
