"""Everything that any logger says, with the extra keys and tracebacks of its records."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager

from croquis.observability import keys_of_task


class _Everything(logging.Handler):
    def __init__(self) -> None:
        super().__init__(logging.INFO)  # as on Lambda
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(f"{vars(record)!r} {record.getMessage()} {record.exc_info!r}")


@contextmanager
def all_that_is_logged() -> Iterator[list[str]]:
    """The lines, which grow while the block runs."""
    keys_of_task({}, None)  # our logger hides its lines from handlers that were there before it
    root, handler = logging.getLogger(), _Everything()
    level = root.level
    root.addHandler(handler)
    root.setLevel(logging.INFO)
    try:
        yield handler.lines
    finally:
        root.setLevel(level)
        root.removeHandler(handler)
