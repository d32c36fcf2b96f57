"""What the provider says: an event is stored before it is answered. Progress is shown, an end is looked up."""

import logging

from croquis.errors import Refused
from croquis.ports import Croquis

MAX_BODY = 5_000_000

log = logging.getLogger(__name__)


def receive(croquis: Croquis, webhook_id: str, marker: str, body: bytes) -> None:
    """Store a verified webhook and have its attempt looked at. Twice the same changes nothing more (WH-12)."""
    event = croquis.read_event(body)
    if event is None:
        raise Refused(
            "The body is not an event of a run.", hint="Send the provider's own JSON.", code="bad_event", status=400
        )
    # stored like nothing else of an event, and nothing else of it is (WH-19)
    if event.log and croquis.store.attempts.record_progress(marker, event.run.id, event.log, at_once=False):
        return
    known = croquis.store.attempts.receive_webhook(webhook_id, marker, event.run)
    if known.outcome == "unknown_marker":
        raise Refused(
            "There is no such attempt.", hint="Send to the address of the run.", code="unknown_marker", status=404
        )
    if known.outcome == "unmatched":
        log.error("a webhook that matches no run", extra={"provider_id": event.run.id, "attempt_id": known.attempt_id})
    if known.look and known.attempt_id:
        croquis.queue.settle_attempt(known.attempt_id, known.kind, event.run.id)
