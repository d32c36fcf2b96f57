"""What each call of a function used, while a running Croquis works: processor time, requests, bytes, lines.

What stands in for AWS, and the neighbours' own work, are in other threads or taken out.
"""

import base64
import json
import logging
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager, redirect_stdout
from dataclasses import dataclass, field
from io import TextIOBase
from typing import Any
from unittest import mock
from urllib.parse import urlsplit

import httpx
from botocore.client import BaseClient
from studio import Studio
from waiting import until

QUIET_SECONDS = 2.0  # nothing was called for so long: what was begun has ended


@dataclass
class Call:
    """One call of a function. Bytes up left it, bytes down came to it."""

    function: str
    event: Any
    seconds: float = 0.0  # of the processor
    answered: int = 0
    database: int = 0  # requests of the Data API
    storage: int = 0
    provider: int = 0
    aws: Counter[str] = field(default_factory=Counter[str])
    up: int = 0
    down: int = 0
    logged: int = 0

    @property
    def route(self) -> str:
        """Empty where it was no request over HTTP."""
        return self.event.get("routeKey", "")

    @property
    def body(self) -> bytes:
        """Of the request that it answers."""
        given = self.event.get("body") or ""
        return base64.b64decode(given) if self.event.get("isBase64Encoded") else given.encode()

    @property
    def is_log(self) -> bool:
        """A webhook that says how far a run is."""
        said = json.loads(self.body) if "webhooks" in self.route else {}
        return said.get("status") == "processing" and bool(said.get("logs"))


class Recording:
    """The calls so far; those of one piece of work are what `during` answers."""

    def __init__(self, studio: Studio) -> None:
        self._studio, self._here = studio, threading.local()
        self._calls: list[Call] = []
        self._open = 0
        self._last = time.monotonic()

    def during(self, work: Callable[[], object]) -> list[Call]:
        """Everything that was called from its beginning until nothing is called any more; pages' reads are left out."""
        self._quiet()
        before = len(self._calls)
        work()
        self._quiet()
        return [it for it in self._calls[before:] if not it.route.startswith("GET ")]

    def reading(self, work: Callable[[], object]) -> list[Call]:
        """The reads alone."""
        before = len(self._calls)
        work()
        return [it for it in self._calls[before:] if it.route.startswith("GET ")]

    def _quiet(self) -> None:
        until(lambda: not self._open and time.monotonic() - self._last >= QUIET_SECONDS, seconds=600)

    def invoking(self, invoke: Callable[..., Any]) -> Callable[..., Any]:
        def watched(function: Any, event: Any) -> Any:
            call, outer = Call(function.name, event), getattr(self._here, "call", None)
            self._here.call, began = call, time.thread_time()
            self._open += 1
            try:
                answer = invoke(function, event)
                call.answered = len((answer or {}).get("body") or "") if call.route else 0
                return answer
            finally:
                call.seconds += time.thread_time() - began
                self._here.call = outer
                self._calls.append(call)
                self._open -= 1
                self._last = time.monotonic()

        return watched

    @property
    def _call(self) -> Call | None:
        return getattr(self._here, "call", None)

    def requesting(self, send: Callable[..., httpx.Response]) -> Callable[..., httpx.Response]:
        def watched(transport: Any, request: httpx.Request) -> httpx.Response:
            answer = send(transport, request)
            if call := self._call:
                self._count(call, request, answer)
            return answer

        return watched

    def _count(self, call: Call, request: httpx.Request, answer: httpx.Response) -> None:
        url = str(request.url)
        if not url.startswith(self._studio.gateway.url):
            call.provider += 1
        elif urlsplit(url).path.startswith("/storage"):
            call.storage += 1
        else:
            call.database += 1
        call.up += len(request.method + url) + _bytes(request.headers)
        call.down += _bytes(answer.headers)

    def asking_aws(self, ask: Callable[..., Any]) -> Callable[..., Any]:
        def watched(client: Any, operation: str, parameters: Any) -> Any:
            call, began = self._call, time.thread_time()
            try:
                return ask(client, operation, parameters)
            finally:
                if call and operation != "Invoke":
                    call.aws[operation] += 1
                    call.seconds -= time.thread_time() - began

        return watched

    def logging(self, emit: Callable[..., None]) -> Callable[..., None]:
        def watched(handler: Any, record: logging.LogRecord) -> None:
            call, self._here.call = self._call, None  # what it prints is this line once more
            if call:
                call.logged += len(handler.format(record).encode())
            emit(handler, record)
            self._here.call = call

        return watched

    def printed(self, text: str) -> None:
        if call := self._call:
            call.logged += len(text.encode())


@contextmanager
def recording(studio: Studio) -> Iterator[Recording]:
    """While open, every call of a function is watched."""
    found = Recording(studio)
    runner: Any = studio.aws
    client: Any = BaseClient
    runner.invoke = found.invoking(runner.invoke)
    with (
        mock.patch.object(httpx.HTTPTransport, "handle_request", found.requesting(httpx.HTTPTransport.handle_request)),
        mock.patch.object(client, "_make_api_call", found.asking_aws(client._make_api_call)),
        mock.patch.object(logging.StreamHandler, "emit", found.logging(logging.StreamHandler.emit)),
        redirect_stdout(_Printed(found.printed)),
    ):
        yield found
    del runner.invoke


class _Printed(TextIOBase):
    def __init__(self, hear: Callable[[str], None]) -> None:
        self._hear = hear

    def write(self, text: str) -> int:
        self._hear(text)
        return len(text)


def _bytes(headers: httpx.Headers) -> int:
    return int(headers.get("content-length", 0)) + sum(len(name) + len(value) + 4 for name, value in headers.items())
