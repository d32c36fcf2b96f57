"""What Replicate tells us: a hint that is stored before it is answered. Progress is shown, an end is looked up."""

import json

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from croquis.domain.runs.progress import progress_of
from croquis.domain.runs.provider_attempt import seems_over
from croquis.errors import Refused
from croquis.ports import Croquis

MAX_BODY = 5_000_000


class Event(BaseModel):
    """The part of a webhook's body that is read; everything else in it is ignored."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    id: str = Field(pattern=r"^[A-Za-z0-9_-]{1,64}$")
    status: str = Field(pattern=r"^[A-Za-z0-9_-]{1,64}$")
    logs: str | None = None
    completed_at: str | None = None


def receive(croquis: Croquis, webhook_id: str, marker: str, body: bytes) -> None:
    """Store a verified webhook and have its attempt looked at. Twice the same changes nothing more (WH-12)."""
    event = _event(body)
    over = seems_over(event.status, event.completed_at)
    if not over and _show_progress(croquis, marker, event):
        return
    known = croquis.store.attempts.receive_webhook(webhook_id, marker, event.id, event.status, over)
    if known.outcome == "unknown_marker":
        raise Refused(
            "There is no such attempt.", mend="Send to the address of the run.", code="unknown_marker", status=404
        )
    if known.look and known.attempt_id:
        croquis.queue.settle_attempt(known.attempt_id)


def _show_progress(croquis: Croquis, marker: str, event: Event) -> bool:
    """Store how far a run is, and nothing else (WH-19); False when the event is no progress of a run that we know."""
    progress = progress_of(event.logs or "")
    return progress is not None and croquis.store.attempts.record_progress(
        marker, event.id, progress.step, progress.total, progress.loss, progress.eta_seconds
    )


def _event(body: bytes) -> Event:
    try:
        # the provider's logs were seen with raw control characters in them: not strict
        return Event.model_validate(json.loads(body, strict=False))
    except (ValidationError, ValueError, RecursionError) as error:
        raise Refused(
            "The body is not an event of a run.", mend="Send Replicate's own JSON.", code="bad_event", status=400
        ) from error
