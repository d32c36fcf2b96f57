"""Replicate's side of a webhook: bodies, and the signature over them."""

import base64
import hmac
import json
import secrets
import time
from typing import Any

from doors.exchange import event

SECRET = "whsec_" + base64.b64encode(secrets.token_bytes(32)).decode()
BAR = "flux_train_replicate:  {percent}%|###       | {step}/20 [00:0{step}<00:19,  1.01s/it, lr: 4.0e-04 loss: 3.5e-01]"


def body(status: str, provider_id: str = "run", **more: Any) -> bytes:
    over = {"completed_at": "2026-11-24T14:05:36.902Z"} if status in ("succeeded", "failed", "canceled") else {}
    return json.dumps({"id": provider_id, "status": status, "logs": "", **over, **more}).encode()


def logs(step: int, provider_id: str = "run") -> bytes:
    """A log event as the trainer writes it."""
    return body("processing", provider_id, logs="Found 8 images\n" + BAR.format(percent=step * 5, step=step) + "\n")


def signed(
    data: bytes, *, secret: str = SECRET, at: float | None = None, message_id: str = "", **path: str
) -> dict[str, Any]:
    """The event of tests/vectors/events with this body, signed now; its body stays base64-encoded."""
    message_id, timestamp = message_id or f"msg_{secrets.token_hex(8)}", str(int(time.time() if at is None else at))
    key = base64.b64decode(secret.removeprefix("whsec_"))
    digest = hmac.digest(key, f"{message_id}.{timestamp}.".encode() + data, "sha256")
    headers = {
        "webhook-id": message_id,
        "webhook-timestamp": timestamp,
        "webhook-signature": "v1," + base64.b64encode(digest).decode(),
    }
    return {**event("replicate_webhook", headers=headers, **path), "body": base64.b64encode(data).decode()}


def as_text(found: dict[str, Any]) -> dict[str, Any]:
    """The same event with its body as text, as API Gateway gives JSON bodies."""
    return {**found, "body": base64.b64decode(found["body"]).decode(), "isBase64Encoded": False}
