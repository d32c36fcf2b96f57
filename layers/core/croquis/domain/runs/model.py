"""A trained person: the model of a job, and whether images may be ordered from it."""

from datetime import datetime
from enum import StrEnum

from croquis.domain.ids import JobId, ModelId
from croquis.domain.row import Row
from croquis.domain.subject import Gender, Subject


class ModelStatus(StrEnum):
    """Equal to the values in `ai_models.status`; images are ordered only from an active model, previews aside."""

    CANDIDATE = "candidate"
    ACTIVE = "active"
    ARCHIVED = "archived"
    REVOKED = "revoked"
    ERASED = "erased"


class Model(Row):
    """As its row says."""

    id: ModelId
    job_id: JobId
    name: str
    trigger_word: str
    gender: Gender
    status: ModelStatus
    active_run: int | None
    created_at: datetime

    @property
    def subject(self) -> Subject:
        return Subject(self.trigger_word, self.gender)
