"""The two lines over HTTP: from our adapters to the stand-in of Supabase, and between them and the provider's twin."""

import asyncio
import re
import threading
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import httpx
import psycopg
from faults.clock import VirtualLoop
from faults.wire import Answer, Wire
from starlette.applications import Starlette

from sandbox.supabase import auth, object_uploads, objects, rest, tus
from sandbox.supabase.app import answer_api_error
from sandbox.supabase.database import Database
from sandbox.supabase.refusals import ApiError
from sandbox.supabase.settings import GatewaySettings
from sandbox.supabase.storage import Storage, answer_refusal
from sandbox.supabase.storage_refusals import StorageError

RUN = re.compile(r"/v1/(trainings|predictions)/\w+$")
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


class ToSupabase(httpx.BaseTransport):
    """An httpx transport over a wire; the database's clock is right before anything is asked."""

    def __init__(self, app: Any, wire: Wire, show_time: Callable[[], object]) -> None:
        self._app, self._wire, self._show_time = app, wire, show_time
        self.requests = 0

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        request.read()
        self.requests += 1
        answer = self._wire.exchange(lambda: self._act(request))
        if answer is None:
            raise httpx.ReadError("cut", request=request)
        if answer.cut:
            raise httpx.RemoteProtocolError("peer closed connection without sending complete body", request=request)
        kept = {name: value for name, value in answer.headers.items() if name.lower() not in HOP}
        return httpx.Response(answer.status, headers=kept, content=answer.body)

    def _act(self, request: httpx.Request) -> Answer:
        self._show_time()
        target = request.url.raw_path.decode()
        return at_once(ask(self._app, request.method, target, dict(request.headers), request.content))


class FromTwin(httpx.AsyncBaseTransport):
    """What the twin fetches comes at once from the storage; what it tells us waits until we take it."""

    def __init__(self, api: str, storage: httpx.BaseTransport) -> None:
        self._api, self._storage = api, storage
        self.told: list[tuple[httpx.Request, asyncio.Future[int]]] = []

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        await request.aread()
        if str(request.url).startswith(self._api):
            answer: asyncio.Future[int] = asyncio.get_running_loop().create_future()
            self.told.append((request, answer))
            return httpx.Response(await answer)
        asked = httpx.Request(request.method, request.url, headers=request.headers, content=request.content)
        response = self._storage.handle_request(asked)
        return httpx.Response(response.status_code, content=response.read())


class Bridge:
    """The twin at a real address, for our adapters; each request steps its loop, and time stands still."""

    def __init__(self, wire: Wire) -> None:
        self.wire = wire
        self.twin: tuple[VirtualLoop, Any] | None = None
        bridge = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            disable_nagle_algorithm = True
            wbufsize = -1

            def log_message(self, *_: Any) -> None:
                pass

            def _serve(self) -> None:
                body = self.rfile.read(int(self.headers.get("content-length") or 0))
                answer = bridge.answered(self.command, self.path, dict(self.headers), body)
                if answer is None:
                    self.close_connection = True
                    return
                self.send_response_only(answer.status)
                for name, value in answer.headers.items():
                    if name.lower() not in HOP:
                        self.send_header(name, value)
                self.send_header("content-length", str(len(answer.body)))
                self.end_headers()
                self.wfile.write(answer.body[: len(answer.body) // 2] if answer.cut else answer.body)
                self.close_connection = answer.cut or self.close_connection

            do_GET = do_POST = do_DELETE = _serve  # noqa: N815  the library's names

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
        self._thread.start()

    def answered(self, method: str, target: str, headers: dict[str, str], body: bytes) -> Answer | None:
        assert self.twin, "there is a twin before it is asked"
        loop, app = self.twin

        def act() -> Answer | None:
            return loop.call(ask(app, method, target, headers, body))

        return self.wire.exchange(act, is_look=method == "GET" and bool(RUN.match(target)))

    def close(self) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()
