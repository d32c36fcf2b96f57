"""The twin without a thread or a socket: it lives only while it is called or its time is moved, in the caller's thread.

Its calls come by `transport`, a sync httpx transport, or by `sockets`, a network for httpcore; the requests that it
makes itself (webhooks, the zip of a training) go to one function, which may call it in turn. With a seed, the same
calls have the same effects.
"""

import asyncio
import math
import selectors
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any, Self

import httpcore
import httpx
from starlette.types import Message, Scope

from sandbox.replicate.app import create_app
from sandbox.replicate.clocks import SteppedClock
from sandbox.replicate.settings import TwinSettings
from sandbox.replicate.state import Twin
from sandbox.replicate.wire import Wire

Outside = Callable[[httpx.Request], httpx.Response]
# of an answer that is read, not passed on
UNKEPT_HEADERS = frozenset({"content-encoding", "content-length", "transfer-encoding"})


class SteppedTwin:
    """Open it with `with`. `outside` answers like a server, or raises httpx's errors like a network."""

    def __init__(self, settings: TwinSettings, outside: Outside, clock: SteppedClock | None = None) -> None:
        self.clock = clock or SteppedClock()
        self._outside = outside
        self._outgoing: deque[tuple[httpx.Request, asyncio.Future[httpx.Response]]] = deque()
        self._app = create_app(settings, clock=self.clock, outside=_Outgoing(self._outgoing))
        self.twin: Twin = self._app.state.twin
        self.transport: httpx.BaseTransport = _Transport(self)
        self.sockets: httpcore.NetworkBackend = Wire(self.answer)
        self._selector = _Idle()
        self._loop = asyncio.SelectorEventLoop(self._selector)
        self._loop.set_default_executor(_Here())
        self._selector.when_idle = self._loop.stop
        self._lifespan = self._app.router.lifespan_context(self._app)

    def __enter__(self) -> Self:
        self._loop.run_until_complete(self._lifespan.__aenter__())
        return self

    def __exit__(self, *_: object) -> None:
        self._loop.run_until_complete(_stop_others())
        self._loop.run_until_complete(self._lifespan.__aexit__(None, None, None))
        self._loop.close()

    def advance(self, seconds: float) -> None:
        """Live so long: everything that falls into this time happens, in its order, its webhooks included."""
        self._live(until=self.clock() + seconds)

    def next_at(self) -> float | None:
        """The time of the next thing that happens by itself: now if something is under way, None if nothing will."""
        self._loop.run_forever()
        return self.clock() if self._outgoing else self.clock.next_at()

    def answer(self, request: httpx.Request) -> httpx.Response:
        """The answer to one call. Time passes only while the twin keeps its caller waiting."""
        exchange = _Exchange(request)
        call = self._loop.create_task(self._app(exchange.scope, exchange.receive, exchange.send))
        patience = request.extensions.get("timeout", {}).get("read")
        deadline = math.inf if patience is None else self.clock() + patience
        self._live(until=deadline, or_until=lambda: exchange.cut or call.done())
        if exchange.cut and not exchange.has_begun:
            raise httpx.RemoteProtocolError("The twin closed the connection.", request=request)
        if not exchange.cut and not call.done():
            exchange.hang_up()
            raise httpx.ReadTimeout("The twin did not answer in time.", request=request)
        if not exchange.cut:
            call.result()
        return exchange.response()

    def _live(self, *, until: float, or_until: Callable[[], bool] = lambda: False) -> None:
        while True:
            self._loop.run_forever()  # until it is idle
            if or_until():
                return
            if self._outgoing:
                self._carry_out(*self._outgoing.popleft())
                continue
            moment = self.clock.next_at()
            if moment is None or moment > until:
                break
            self.clock.move_to(moment)
        if until != math.inf:
            self.clock.move_to(until)
            self._loop.run_forever()

    def _carry_out(self, request: httpx.Request, answer: asyncio.Future[httpx.Response]) -> None:
        if answer.done():
            return  # whoever asked was stopped meanwhile
        try:
            given = self._outside(request)
        except httpx.HTTPError as error:
            answer.set_exception(error)
            return
        except BaseException:  # the receiver crashed: its caller hears nothing, and ours all
            answer.set_exception(httpx.ReadError("The receiver crashed.", request=request))
            raise
        headers = [(name, value) for name, value in given.headers.multi_items() if name not in UNKEPT_HEADERS]
        answer.set_result(httpx.Response(given.status_code, headers=headers, content=given.read()))


async def _stop_others() -> None:
    """Runs, and calls whose callers gave up."""
    others = asyncio.all_tasks() - {asyncio.current_task()}
    for task in others:
        task.cancel()
    await asyncio.gather(*others, return_exceptions=True)


class _Transport(httpx.BaseTransport):
    def __init__(self, twin: SteppedTwin) -> None:
        self._twin = twin

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        return self._twin.answer(request)


class _Outgoing(httpx.AsyncBaseTransport):
    """Lays the twin's own requests aside, until they are carried out while its loop stands still."""

    def __init__(self, waiting: deque[tuple[httpx.Request, asyncio.Future[httpx.Response]]]) -> None:
        self._waiting = waiting

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        await request.aread()
        answer: asyncio.Future[httpx.Response] = asyncio.get_running_loop().create_future()
        self._waiting.append((request, answer))
        return await answer


class _Exchange:
    """One call, as ASGI sees it: what comes, what goes, and (as uvicorn's) a transport that can be cut."""

    def __init__(self, request: httpx.Request) -> None:
        self.cut = False
        self._sent: list[Message] = []
        self._coming: deque[Message] = deque([{"type": "http.request", "body": request.read(), "more_body": False}])
        self._gone = asyncio.Event()
        self.scope: Scope = {
            "type": "http",
            "asgi": {"version": "3.0"},
            "http_version": "1.1",
            "method": request.method,
            "scheme": request.url.scheme,
            "path": request.url.path,
            "raw_path": request.url.raw_path.partition(b"?")[0],
            "query_string": request.url.query,
            "root_path": "",
            "headers": [(name.lower(), value) for name, value in request.headers.raw],
            "client": ("127.0.0.1", 0),
            "server": (request.url.host, request.url.port or 80),
        }

    @property
    def has_begun(self) -> bool:
        return bool(self._sent)

    @property
    def transport(self) -> Self:
        return self

    def abort(self) -> None:
        self.cut = True
        self.hang_up()

    def hang_up(self) -> None:
        self._gone.set()

    async def receive(self) -> Message:
        if self._coming:
            return self._coming.popleft()
        await self._gone.wait()
        return {"type": "http.disconnect"}

    async def send(self, message: Message) -> None:
        self._sent.append(message)

    def response(self) -> httpx.Response:
        begin, *bodies = self._sent
        content = b"".join(message.get("body", b"") for message in bodies)
        stream = _BrokenOff(content) if self.cut else httpx.ByteStream(content)
        return httpx.Response(begin["status"], headers=begin["headers"], stream=stream)


class _BrokenOff(httpx.SyncByteStream):
    def __init__(self, begin: bytes) -> None:
        self._begin = begin

    def __iter__(self) -> Iterator[bytes]:
        yield self._begin
        raise httpx.RemoteProtocolError("peer closed connection without sending complete message body")


class _Idle(selectors.DefaultSelector):
    """Never waits: says instead that there is nothing to do."""

    when_idle: Callable[[], None] = staticmethod(lambda: None)

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        ready = super().select(0)
        if not ready and timeout != 0:
            self.when_idle()
        return ready


class _Here(ThreadPoolExecutor):
    """Does its work at once, in the thread that asks for it."""

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        done: Future[Any] = Future()
        try:
            done.set_result(fn(*args, **kwargs))
        except Exception as error:  # noqa: BLE001 - it is the asker's
            done.set_exception(error)
        return done
