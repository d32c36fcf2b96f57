"""What Replicate's webhooks say. No truth by itself: that is asked for."""

import json

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from croquis.adapters.replicate.answers import seems_over
from croquis.adapters.replicate.trainer_log import trainer_log_of
from croquis.ports.provider import ProviderEvent


class Event(BaseModel):
    """The part of a webhook's body that is read; everything else in it is ignored."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    id: str = Field(pattern=r"^[A-Za-z0-9_-]{1,64}$")
    status: str = Field(pattern=r"^[A-Za-z0-9_-]{1,64}$")
    logs: str | None = None
    completed_at: str | None = None


def read_event(body: bytes) -> ProviderEvent | None:
    """What a body says, or None when it is no event of a run."""
    try:
        # not strict: logs were seen with raw control characters in them
        event = Event.model_validate(json.loads(body, strict=False))
    except (ValidationError, ValueError, RecursionError):
        return None
    over = seems_over(event.status, event.completed_at)
    log = trainer_log_of(event.logs) if event.logs and not over else None  # of one that is over the log is asked for
    return ProviderEvent(event.id, event.status, over, log)
