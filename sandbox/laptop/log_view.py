"""Shows what functions log, as it comes (`LEVEL function message key=value`), requests to the API, and mails."""

import json
import logging
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

LOOK_EVERY = 0.3
SHOWN = ("sandbox.requests", "sandbox.mail")
HIDDEN = {
    "level", "message", "function", "location", "timestamp", "service", "exception", "exception_name", "stack_trace",
}  # fmt: skip


@contextmanager
def shown_log(path: Path, show: Callable[[str], None]) -> Iterator[None]:
    """While open, whatever is written to this file from now on is shown."""
    stop = threading.Event()

    def follow() -> None:
        with path.open() as file:
            file.seek(0, 2)
            rest = ""
            while not stop.wait(LOOK_EVERY):
                *lines, rest = (rest + file.read()).split("\n")
                for line in filter(None, map(_readable, lines)):
                    show(line)

    thread = threading.Thread(target=follow, daemon=True)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join()


def _readable(line: str) -> str:
    """A line of the house's JSON log; what else a process prints is in the file alone."""
    try:
        entry = json.loads(line)
        keys = " ".join(f"{name}={value}" for name, value in entry.items() if name not in HIDDEN)
        return f"{entry['level']:<7} {entry.get('function', ''):<16} {entry['message']} {keys}".rstrip()
    except (ValueError, TypeError, KeyError, AttributeError):
        return ""


@contextmanager
def shown_requests(show: Callable[[str], None]) -> Iterator[None]:
    """While open, each request to the API is shown when it is answered, `GET /v1/models 200 12 ms`, and each mail."""

    class Shown(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            show(record.getMessage())

    logs, handler = [logging.getLogger(name) for name in SHOWN], Shown()
    for log in logs:
        log.addHandler(handler)
        log.setLevel(logging.INFO)
        log.propagate = False  # what is shown is not kept
    try:
        yield
    finally:
        for log in logs:
            log.removeHandler(handler)
            log.setLevel(logging.NOTSET)
            log.propagate = True
