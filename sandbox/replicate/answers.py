"""How the twin answers: RFC 7807 problems in Replicate's words, the token check, and no answer at all."""

import asyncio
import hmac
import json
from typing import Any

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from sandbox.replicate.inputs import JsonObject
from sandbox.replicate.state import Twin

THROTTLED = "Request was throttled. Your rate limit resets in ~30s."
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

    def __init__(self) -> None:
        super().__init__(429, THROTTLED)

    def response(self) -> Response:
        headers = {"ratelimit-remaining": "0", "ratelimit-reset": "30"}
        return JSONResponse({"detail": THROTTLED}, 429, headers=headers)


def not_found() -> ApiError:
    return ApiError(404, "The requested resource could not be found.", "Not found")


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


class TokenRequired:
    """Middleware: everything behind it needs the API token."""

    def __init__(self, app: ASGIApp, token: str) -> None:
        self._app = app
        self._accepted = f"Bearer {token}".encode()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        given = dict(scope["headers"]).get(b"authorization", b"")
        if hmac.compare_digest(given, self._accepted):
            await self._app(scope, receive, send)
            return
        problem = ApiError(401, "You did not pass a valid authentication token", "Unauthenticated")
        await problem.response()(scope, receive, send)


class NoAnswer(Response):
    """Keeps the caller waiting until it gives up (or for `seconds`), then closes the connection without a word."""

    def __init__(self, seconds: float = 0.0) -> None:
        super().__init__()
        self._seconds = seconds

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:  # noqa: ARG002
        if self._seconds:
            try:
                await asyncio.wait_for(_gone(receive), self._seconds)
            except TimeoutError:
                pass
            else:
                return
        await close_connection(receive)


async def close_connection(receive: Receive) -> None:
    """Cut the caller off. ASGI has no word for it, so this reaches for uvicorn's transport."""
    cycle = getattr(receive, "__self__", None)
    transport = getattr(cycle, "transport", None)
    if transport is None:
        raise RuntimeError("Only uvicorn's connections can be cut: serve the twin with ServerThread.")
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
