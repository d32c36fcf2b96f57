"""The two lines over HTTP: from our adapters to the stand-in of Supabase, and between them and the provider's twin."""

import asyncio
import re
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager
from typing import Any

import httpx
import psycopg
from faults.wire import PROBLEM, Answer, Wire
from starlette.applications import Starlette

from sandbox.replicate.stepped import SteppedTwin
from sandbox.supabase import auth, object_uploads, objects, rest, tus
from sandbox.supabase.app import answer_api_error
from sandbox.supabase.database import Database
from sandbox.supabase.refusals import ApiError
from sandbox.supabase.settings import GatewaySettings
from sandbox.supabase.storage import Storage, answer_refusal
from sandbox.supabase.storage_refusals import StorageError

RUN = re.compile(r"/v1/(trainings|predictions)/\w+")
WRONG_KEY = b'{"title": "Unauthenticated", "detail": "The token is wrong", "status": 401, "message": "Invalid API key"}'
HOP = {"content-length", "transfer-encoding", "connection", "content-encoding", "date", "server"}


async def ask(app: Any, method: str, target: str, headers: dict[str, str], body: bytes) -> Answer:
    """One request to an ASGI application."""
    path, _, query = target.partition("?")
    scope = {
        "type": "http", "asgi": {"version": "3.0", "spec_version": "2.4"}, "http_version": "1.1",
        "method": method, "scheme": "http",
        "path": path, "raw_path": path.encode(), "query_string": query.encode(), "root_path": "",
        "headers": [(name.lower().encode(), value.encode()) for name, value in headers.items()],
        "client": ("127.0.0.1", 1), "server": ("127.0.0.1", 80),
    }  # fmt: skip
    asked = iter([{"type": "http.request", "body": body, "more_body": False}])
    status, found, parts = 500, {}, []

    async def receive() -> Any:
        message = next(asked, None)
        return message or await asyncio.get_running_loop().create_future()

    async def send(message: Any) -> None:
        nonlocal status, found
        if message["type"] == "http.response.start":
            status = message["status"]
            found = {name.decode(): value.decode() for name, value in message["headers"]}
        else:
            parts.append(message.get("body", b""))

    await app(scope, receive, send)
    return Answer(status, found, b"".join(parts))


def at_once(work: Coroutine[Any, Any, Answer]) -> Answer:
    """The answer of an application that never waits: without a loop, so that it may be asked from within another's."""
    try:
        work.send(None)
    except StopIteration as end:
        return end.value
    raise RuntimeError("The application waits for something.")


@contextmanager
def project(settings: GatewaySettings) -> Iterator[Starlette]:
    """The stand-in of Supabase, to be asked without a server; without Realtime, which needs one."""
    database = Database(settings)
    storage = Storage.of(settings, database)
    routes = [*rest.routes(settings, database), *auth.routes(settings, database)]
    routes += [route for part in (objects, object_uploads, tus) for route in part.routes(storage)]
    refusals = {ApiError: answer_api_error, StorageError: answer_refusal, psycopg.Error: answer_refusal}
    database.open()
    try:
        yield Starlette(routes=routes, exception_handlers=refusals)  # pyright: ignore
    finally:
        database.close()


class Line(httpx.BaseTransport):
    """An httpx transport over a wire to whoever acts on a request."""

    def __init__(
        self, wire: Wire, act: Callable[[httpx.Request], Answer | None], refused: Callable[[httpx.Request], bool]
    ) -> None:
        self._wire, self._act, self._refused = wire, act, refused

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        request.read()
        is_look = request.method == "GET" and bool(RUN.fullmatch(request.url.path))
        answer = self._wire.exchange(lambda: self._answer(request), is_look=is_look)
        sent = len(request.url.raw_path) + len(request.content)
        self._wire.passed.update(requests=1, sent=sent, received=len(answer.body) if answer else 0)
        if answer is None:
            raise httpx.RemoteProtocolError("Server disconnected without sending a response.", request=request)
        kept = {name: value for name, value in answer.headers.items() if name.lower() not in HOP}
        whole = {**kept, "content-length": str(len(answer.body))}
        stream = _Half(answer.body) if answer.cut else httpx.ByteStream(answer.body)
        return httpx.Response(answer.status, headers=whole, stream=stream)

    def _answer(self, request: httpx.Request) -> Answer | None:
        return Answer(401, PROBLEM, WRONG_KEY) if self._refused(request) else self._act(request)


class _Half(httpx.SyncByteStream):
    def __init__(self, whole: bytes) -> None:
        self._whole = whole

    def __iter__(self) -> Iterator[bytes]:
        yield self._whole[: len(self._whole) // 2]
        raise httpx.RemoteProtocolError("peer closed connection without sending complete message body")


def to_supabase(
    app: Any, wire: Wire, show_time: Callable[[], object], refused: Callable[[httpx.Request], bool]
) -> Line:
    """The database's clock is right before anything is asked."""

    def act(request: httpx.Request) -> Answer:
        show_time()
        target = request.url.raw_path.decode()
        return at_once(ask(app, request.method, target, dict(request.headers), request.content))

    return Line(wire, act, refused)


def to_twin(wire: Wire, twin: Callable[[], SteppedTwin], refused: Callable[[httpx.Request], bool]) -> Line:
    """To the twin of this run."""

    def act(request: httpx.Request) -> Answer | None:
        try:
            found = twin().answer(request)
        except httpx.RemoteProtocolError:
            return None
        return Answer(found.status_code, dict(found.headers), found.read())

    return Line(wire, act, refused)
