"""A finished person: the model of a job, and whether pictures may be ordered from it."""

from enum import StrEnum


class ModelStatus(StrEnum):
    """Equal to the values in `ai_models.status`; pictures are ordered only from an active model, previews aside."""

    CANDIDATE = "candidate"
    ACTIVE = "active"
    ARCHIVED = "archived"
    REVOKED = "revoked"
    ERASED = "erased"
