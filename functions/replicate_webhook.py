"""Replicate says: started, log, ended. Size, then headers, then signature, then JSON, then the database (WH-08)."""

import base64
import binascii
from typing import Any

from croquis import signatures
from croquis.doors import answered
from croquis.errors import BadSignature, Refused
from croquis.usecases import webhooks
from croquis.wiring import croquis


def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """200 once it is stored; 401 unproven, 404 another attempt's, 413 too large, 503 when it could not be stored."""
    return answered(event, context, receive)


def receive(event: dict[str, Any]) -> None:
    body = _raw_body(event)
    webhook_id = _verified(event["headers"], body)
    webhooks.receive(croquis(), webhook_id, event["pathParameters"]["marker"], body)


def _verified(headers: dict[str, str], body: bytes) -> str:
    secrets = croquis().webhook_secrets()
    signatures.usable_secrets(secrets)
    try:
        return signatures.verify(headers, body, secrets=secrets, now=croquis().now())
    except BadSignature:
        # the secret may have been rotated a moment ago (WH-05)
        return signatures.verify(headers, body, secrets=croquis().webhook_secrets(fresh=True), now=croquis().now())


def _raw_body(event: dict[str, Any]) -> bytes:
    text: str = event.get("body") or ""
    if len(text) > webhooks.MAX_BODY * 4 // 3 + 4:
        raise Refused("The body is too large.", code="body_too_large", status=413)
    try:
        body = base64.b64decode(text, validate=True) if event.get("isBase64Encoded") else text.encode()
    except (binascii.Error, UnicodeEncodeError) as error:
        raise BadSignature("The body cannot be read.") from error
    if len(body) > webhooks.MAX_BODY:
        raise Refused("The body is too large.", code="body_too_large", status=413)
    return body
