"""All that a run logged, for what must never be in it."""

import logging
from typing import Any, Self

from croquis.observability import keys_of_task

PLAIN = set(vars(logging.makeLogRecord({})))


class Logs(logging.Handler):
    """Attached to the root and to our own logger, which need not tell the root."""

    def __init__(self) -> None:
        super().__init__()
        self.lines: list[str] = []
        self._attached = [logging.getLogger(), logging.getLogger("croquis")]

    def __enter__(self) -> Self:
        keys_of_task({}, None)  # our logger hides its lines from handlers that were there before it
        for logger in self._attached:
            logger.addHandler(self)
        return self

    def __exit__(self, *_: object) -> None:
        for logger in self._attached:
            logger.removeHandler(self)

    def begin(self) -> None:
        self.lines = []

    def emit(self, record: logging.LogRecord) -> None:
        more: dict[str, Any] = {name: value for name, value in vars(record).items() if name not in PLAIN}
        error = logging.Formatter().formatException(record.exc_info) if record.exc_info else ""
        self.lines.append(f"{record.name} {record.getMessage()} {more} {error}")
