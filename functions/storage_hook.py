"""Receives Supabase's notice that an object landed. Only a kick: the outbox row says what landed (WH-21)."""

from typing import Any

from croquis.errors import BadSignature
from croquis.http import signatures
from croquis.http.messages import answered, header, raw_body
from croquis.usecases import storage_events
from croquis.wiring import croquis

MAX_BODY = 64_000


def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """200 once the check is queued; 401 without the shared secret."""
    return answered(event, context, receive)


def receive(event: dict[str, Any]) -> None:
    if not signatures.same_secret(header(event, "x-croquis-hook-secret"), croquis().storage_hook_secrets()):
        raise BadSignature(
            "The hook's secret is missing or wrong.", hint="Send it in the header x-croquis-hook-secret."
        )
    storage_events.landed(croquis(), raw_body(event, limit=MAX_BODY))
