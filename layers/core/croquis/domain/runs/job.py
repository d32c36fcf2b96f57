"""A training job and its runs, as their rows say."""

from datetime import datetime
from decimal import Decimal
from enum import StrEnum

from croquis.domain.ids import JobId, OwnerId
from croquis.domain.images.exam import ExamReport
from croquis.domain.row import Failed, Row
from croquis.domain.runs.training import JobStatus, Preset, Resolution, RunStatus, TrainingParameters
from croquis.domain.subject import Gender, Subject

MOST_EXECUTIONS = 4  # of one run or image; equal to croquis.most_executions() in SQL


class Bearer(StrEnum):
    """Whose cost a run is: the owner pays for a result, the operator for what failed; equal to the values in SQL."""

    OWNER = "owner"
    OPERATOR = "operator"


class Job(Row):
    """What its owner sees."""

    id: JobId
    owner_id: OwnerId
    model_name: str
    gender: Gender
    trigger_word: str
    status: JobStatus
    version: int
    current_run: int | None
    cancel_requested_at: datetime | None
    photos_purge_after: datetime
    photos_purged_at: datetime | None
    created_at: datetime
    updated_at: datetime

    @property
    def subject(self) -> Subject:
        return Subject(self.trigger_word, self.gender)


class Run(Failed):
    """One paid try at a job."""

    id: str
    job_id: JobId
    owner_id: OwnerId
    run: int
    status: RunStatus
    preset: Preset
    steps: int
    lora_rank: int
    learning_rate: float
    resolution: Resolution
    caption_dropout_rate: float
    expected_seconds: int
    expected_review_seconds: float
    executions: int
    step: int | None
    total_steps: int | None
    loss: float | None
    eta_seconds: int | None
    dataset_path: str | None
    dataset_images: int | None
    dataset_sha256: str | None
    provider_version: str | None
    weights_path: str | None
    weights_bytes: int | None
    weights_sha256: str | None
    exam: ExamReport | None
    reserved_usd: Decimal
    actual_usd: Decimal | None
    borne_by: Bearer | None
    deadline_at: datetime
    created_at: datetime
    ended_at: datetime | None

    @property
    def parameters(self) -> TrainingParameters:
        return TrainingParameters.model_validate(self.model_dump(include=set(TrainingParameters.model_fields)))

    @property
    def folder(self) -> str:
        """Where everything that this run makes is stored, in every bucket."""
        return f"{self.owner_id}/{self.job_id}/{self.run}"


class Refusal(Row):
    """Why something would be refused, as the database says it."""

    code: str
    sentence: str
    hint: str


class Quote(Row):
    """What a run with this preset would reserve and take, and why it would be refused now."""

    preset: Preset
    expected_seconds: int
    expected_usd: Decimal
    refusal: Refusal | None


class JobEvent(Row):
    """One change of a job's status."""

    status: JobStatus
    run: int | None
    at: datetime
