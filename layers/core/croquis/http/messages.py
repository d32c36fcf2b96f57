"""What all doors share, with a resolver or without: the raw body, headers, responses that are never cached."""

import base64
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from croquis.errors import Refused
from croquis.http.problems import CONTENT_TYPE, RETRY_AFTER_OF_CODE, RETRY_AFTER_SECONDS, problem_of
from croquis.observability import keys_of_request

if TYPE_CHECKING:
    from pydantic import BaseModel

HEADERS = {
    "Cache-Control": "no-store",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Strict-Transport-Security": "max-age=31536000",
}


def answered(event: dict[str, Any], context: Any, receive: Callable[[dict[str, Any]], None]) -> dict[str, Any]:
    """One machine's message: 200 when `receive` returns, else the problem; hostile input is never a 5xx (WH-10)."""
    keys_of_request(event, context)
    try:
        receive(event)
    except Exception as error:  # noqa: BLE001  every error is translated, and logged, in one place
        return refusal(error, event)
    return answer(200, "application/json", "{}")


def refusal(error: Exception, event: dict[str, Any], body: "type[BaseModel] | None" = None) -> dict[str, Any]:
    """The problem as an HTTP API takes it, with the id under which we find the request in our logs."""
    problem = problem_of(error, body)
    named = problem.model_copy(update={"request_id": event.get("requestContext", {}).get("requestId") or ""})
    refused = answer(problem.status, CONTENT_TYPE, named.model_dump_json())
    seconds = RETRY_AFTER_OF_CODE.get(problem.code, RETRY_AFTER_SECONDS.get(problem.status))
    if seconds:
        refused["headers"]["Retry-After"] = str(seconds)
    return refused


def answer(status: int, content_type: str, body: str) -> dict[str, Any]:
    """As an HTTP API takes it."""
    return {
        "statusCode": status,
        "headers": {**HEADERS, "Content-Type": content_type},
        "body": body,
        "isBase64Encoded": False,
    }


def raw_body(event: dict[str, Any], *, limit: int) -> bytes:
    """The bytes as they came over the wire (WH-07), or Refused: 413 past `limit`."""
    text: str = event.get("body") or ""
    encoded = bool(event.get("isBase64Encoded"))
    # measured before it is decoded, so that too much is never held twice
    if len(text) > (limit * 4 // 3 + 4 if encoded else limit):
        raise _too_large(limit)
    try:
        body = base64.b64decode(text, validate=True) if encoded else text.encode()
    except ValueError as error:
        raise Refused("The body cannot be read.", hint="Send it again.", code="bad_body", status=400) from error
    if len(body) > limit:
        raise _too_large(limit)
    return body


def header(event: dict[str, Any], name: str) -> str:
    """A header whatever the case of its name (WH-07); empty when it is not there."""
    headers: dict[str, str] = event.get("headers") or {}
    return next((value for key, value in headers.items() if key.lower() == name), "")


def _too_large(limit: int) -> Refused:
    return Refused(
        f"The body is larger than {limit:,} bytes.",
        hint="Send less at once; photos go to their upload URL, not here.",
        code="body_too_large",
        status=413,
    )
