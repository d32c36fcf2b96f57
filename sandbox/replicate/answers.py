"""How the twin answers: RFC 7807 problems in Replicate's words, who may call, and no answer at all."""

import hmac
import json
from typing import Any

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from sandbox.replicate.clocks import Clock, within
from sandbox.replicate.inputs import JsonObject
from sandbox.replicate.state import Twin

THROTTLED = "Request was throttled. Your rate limit resets in ~{}s."
LOW_CREDIT = (
    "Request was throttled. Your rate limit for creating predictions is reduced to 6 requests per minute with a burst "
    "of 1 requests while you have less than $5.0 in credit. Your rate limit resets in ~{}s."
)
NOT_FOUND = "The requested resource could not be found."
NO_CREDIT = (
    "You have insufficient credit to run this model. Go to https://replicate.com/account/billing#billing to purchase "
    "credit. Once you purchase credit, please wait a few minutes before trying again."
)
NO_DESTINATION = "The specified training destination does not exist"
NO_VERSION = "The specified version does not exist (or perhaps you don't have permission to use it?)"


class ApiError(Exception):
    """A refusal. `more` goes into the body as it is."""

    def __init__(self, status: int, detail: str, title: str | None = None, **more: Any) -> None:
        super().__init__(detail)
        self.status = status
        self.body: JsonObject = {"title": title, "detail": detail, "status": status, **more}

    def response(self) -> Response:
        body = {name: value for name, value in self.body.items() if value is not None}
        return JSONResponse(body, self.status, media_type="application/problem+json")


class ThrottledError(ApiError):
    """429 as the rate limiter answers it: nothing but a sentence, no Retry-After."""

    def __init__(self, seconds: int) -> None:
        super().__init__(429, THROTTLED.format(seconds))
        self._seconds = seconds

    def response(self) -> Response:
        headers = {"ratelimit-remaining": "0", "ratelimit-reset": str(self._seconds)}
        return JSONResponse({"detail": self.body["detail"]}, 429, headers=headers)


class LowCreditError(ApiError):
    """429 as an account hears it that holds less than five dollars."""

    def __init__(self, seconds: int) -> None:
        super().__init__(429, LOW_CREDIT.format(seconds), retry_after=seconds)

    def response(self) -> Response:
        return JSONResponse({name: value for name, value in self.body.items() if value is not None}, 429)


def not_found() -> ApiError:
    return ApiError(404, NOT_FOUND, "Not found")


def unauthenticated() -> ApiError:
    return ApiError(401, "You did not pass a valid authentication token", "Unauthenticated")


def invalid_input(*complaints: tuple[str, str]) -> ApiError:
    """422 for fields of the body, each with what is wrong with it."""
    return invalid_fields([{"type": "invalid", "field": field, "description": text} for field, text in complaints])


def invalid_fields(fields: list[JsonObject]) -> ApiError:
    """422 in the words of Replicate's schema check: a line for each field."""
    detail = "".join(f"- {it['field']}: {it['description']}\n" for it in fields)
    return ApiError(422, detail, "Input validation failed", invalid_fields=fields)


def unknown_version() -> ApiError:
    return ApiError(422, NO_VERSION, "Invalid version or not permitted")


def server_error() -> ApiError:
    return ApiError(500, "Internal server error")


async def answer_api_error(_: Request, error: Exception) -> Response:
    """The exception handler for ApiError."""
    if not isinstance(error, ApiError):
        raise error
    return error.response()


async def answer_http_error(_: Request, error: Exception) -> Response:
    """The exception handler for what the router refuses."""
    if not isinstance(error, HTTPException):
        raise error
    problem = not_found() if error.status_code == 404 else ApiError(error.status_code, error.detail)
    return problem.response()


class ByToken:
    """The application that belongs to the caller's token; without a good one there is none."""

    def __init__(self, own: ASGIApp, other: ASGIApp) -> None:
        self._own, self._other = own, other

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        given = dict(scope["headers"]).get(b"authorization", b"")
        twin: Twin = scope["app"].state.twin
        settings = twin.settings
        if not twin.plan.always.token_refused:
            for token, app in ((settings.api_token, self._own), (settings.other_token, self._other)):
                if token and hmac.compare_digest(given, f"Bearer {token}".encode()):
                    await app(scope, receive, send)
                    return
        await unauthenticated().response()(scope, receive, send)


class NoAnswer(Response):
    """Keeps the caller waiting until it gives up (or for `seconds`), then closes the connection without a word."""

    def __init__(self, clock: Clock, seconds: float = 0.0) -> None:
        super().__init__()
        self._clock, self._seconds = clock, seconds

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:  # noqa: ARG002
        if self._seconds and await within(self._clock, self._seconds, _gone(receive)):
            return
        await close_connection(receive)


class BrokenOff(Response):
    """The beginning of another answer, which announced its whole length; then the connection breaks."""

    def __init__(self, whole: Response, begin: bytes) -> None:
        super().__init__(status_code=whole.status_code)
        self.raw_headers, self._begin = whole.raw_headers, begin

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:  # noqa: ARG002
        await send({"type": "http.response.start", "status": self.status_code, "headers": self.raw_headers})
        await send({"type": "http.response.body", "body": self._begin, "more_body": True})
        await close_connection(receive)


async def close_connection(receive: Receive) -> None:
    """Cut the caller off. ASGI has no word for it, so this reaches for the transport of uvicorn, or of SteppedTwin."""
    cycle = getattr(receive, "__self__", None)
    transport = getattr(cycle, "transport", None)
    if transport is None:
        raise RuntimeError("Nobody's connection to cut: serve the twin with ServerThread, or call a SteppedTwin.")
    transport.abort()
    await _gone(receive)


async def _gone(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


def twin_of(request: Request) -> Twin:
    return request.app.state.twin


def base_url(request: Request) -> str:
    """The address that callers know us by, without a slash at the end: who came by the secure one gets it in links."""
    settings = twin_of(request).settings
    if settings.secure_url and request.headers.get("host") == settings.secure_url.removeprefix("https://"):
        return settings.secure_url
    return (settings.public_url or str(request.base_url)).rstrip("/")


async def json_body(request: Request) -> JsonObject:
    try:
        body = json.loads(await request.body())
    except ValueError as error:
        raise ApiError(400, "The request body is not valid JSON.", "Bad request") from error
    if not isinstance(body, dict):
        raise ApiError(400, "The request body must be a JSON object.", "Bad request")
    return body
