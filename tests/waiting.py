"""The one way in which tests wait for what other threads and processes do. It measures nothing."""

import time
from collections.abc import Callable
from typing import TypeVar

Found = TypeVar("Found")

PATIENCE = 60


def until(look: Callable[[], Found | None], seconds: float = PATIENCE, pause: float = 0.02) -> Found:
    """The first true answer of `look`, asked every `pause` seconds, which leave the processor to others.

    `seconds` is not a bound on speed but on how long a broken test hangs before it fails.
    """
    deadline = time.monotonic() + seconds
    while not (found := look()):
        assert time.monotonic() < deadline, "what was waited for did not happen"
        time.sleep(pause)
    return found
