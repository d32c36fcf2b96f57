"""Supabase says: an object landed. Only a kick: what landed is read from the outbox row (WH-21)."""

import json
from typing import Any

from croquis import signatures
from croquis.doors import answered
from croquis.errors import BadSignature
from croquis.usecases import storage_events
from croquis.wiring import croquis


def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """200 once the check is queued; 401 without the shared secret."""
    return answered(event, context, receive)


def receive(event: dict[str, Any]) -> None:
    given = {name.lower(): value for name, value in event["headers"].items()}.get("x-croquis-hook-secret")
    if not signatures.same_secret(given, croquis().storage_hook_secrets()):
        raise BadSignature("The hook's secret is missing or wrong.")
    storage_events.landed(croquis(), json.loads(event.get("body") or "null", strict=False))
