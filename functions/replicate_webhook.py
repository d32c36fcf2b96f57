"""Receives Replicate's events. Size, then headers, then signature, then JSON, then the database (WH-08)."""

from typing import Any

from croquis.errors import BadSignature
from croquis.http import signatures
from croquis.http.messages import answered, raw_body
from croquis.usecases import webhooks
from croquis.wiring import croquis


def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """200 once stored; 401 for a bad signature, 404 unknown attempt, 413 too large, 503 cannot be stored now."""
    return answered(event, context, receive)


def receive(event: dict[str, Any]) -> None:
    body = raw_body(event, limit=webhooks.MAX_BODY)
    webhook_id = _verified(event.get("headers") or {}, body)
    webhooks.receive(croquis(), webhook_id, event["pathParameters"]["marker"], body)


def _verified(headers: dict[str, str], body: bytes) -> str:
    secrets = croquis().webhook_secrets()
    signatures.usable_secrets(secrets)
    try:
        return signatures.verify(headers, body, secrets=secrets, now=croquis().now())
    except BadSignature:
        # the secret may have been rotated a moment ago (WH-05)
        return signatures.verify(headers, body, secrets=croquis().webhook_secrets(fresh=True), now=croquis().now())
