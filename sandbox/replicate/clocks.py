"""The time by which the twin lives: the real one, or one that a test moves."""

import asyncio
import heapq
import itertools
import math
import threading
import time
from collections.abc import Coroutine
from typing import Any, Protocol

SOME_DAY = 1_790_000_000.0


class Clock(Protocol):
    """Seconds since 1970, and a way to let some of them pass. Nothing in the twin waits in any other way."""

    def __call__(self) -> float: ...

    async def sleep(self, seconds: float) -> None: ...


class RealClock:
    """The clock on the wall."""

    def __call__(self) -> float:
        return time.time()

    async def sleep(self, seconds: float) -> None:
        await (asyncio.Event().wait() if seconds == math.inf else asyncio.sleep(seconds))


class SteppedClock:
    """Stands still until it is told to move; whoever sleeps is woken when it has come to their time."""

    def __init__(self, now: float = SOME_DAY) -> None:
        self._now = now
        self._lock = threading.Lock()
        self._numbers = itertools.count()
        self._sleepers: list[tuple[float, int, asyncio.Future[None]]] = []

    def __call__(self) -> float:
        return self._now

    async def sleep(self, seconds: float) -> None:
        if seconds <= 0:
            await asyncio.sleep(0)
            return
        waking: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        if seconds != math.inf:
            with self._lock:
                heapq.heappush(self._sleepers, (self._now + seconds, next(self._numbers), waking))
        await waking

    def next_at(self) -> float | None:
        """When the next sleeper wakes; None if nobody sleeps."""
        with self._lock:
            while self._sleepers and self._sleepers[0][2].done():
                heapq.heappop(self._sleepers)
            return self._sleepers[0][0] if self._sleepers else None

    def move_to(self, moment: float) -> None:
        """Go forward to that time and wake who is due, from any thread; it never goes back."""
        with self._lock:
            self._now = max(self._now, moment)
            while self._sleepers and self._sleepers[0][0] <= self._now:
                _, _, waking = heapq.heappop(self._sleepers)
                waking.get_loop().call_soon_threadsafe(_wake, waking)

    def advance(self, seconds: float) -> None:
        """For a twin behind a socket: what it begins when it wakes counts from the new time. `SteppedTwin` is exact."""
        self.move_to(self._now + seconds)


async def within(clock: Clock, seconds: float, work: Coroutine[Any, Any, object]) -> bool:
    """Wait for the work, but no longer than that: has it come to its end? Else it is stopped."""
    tasks = asyncio.ensure_future(work), asyncio.ensure_future(clock.sleep(seconds))
    try:
        done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        return tasks[0] in done
    finally:
        for task in tasks:
            task.cancel()


def _wake(waking: asyncio.Future[None]) -> None:
    if not waking.done():
        waking.set_result(None)
