"""The one clock of a run of faults, which moves only when it is told to, and an event loop that lives by it."""

import asyncio
import selectors
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager, nullcontext
from datetime import UTC, datetime
from typing import Any, TypeVar
from unittest import mock

import anyio
import anyio.to_thread
import psycopg

Result = TypeVar("Result")

# Every now() of the database asks our table. PostgreSQL calls its own functions past the catalogue, but a function in
# SQL that is one expression is put in its place when a statement is planned: so defaults, triggers and functions of
# any schema see it. Ageing the rows instead would tear them from the times that the provider reports.
MOVABLE = """
    create schema clockwork;
    create table clockwork.clock (at timestamptz not null);
    insert into clockwork.clock values (now());
    create function clockwork.now() returns timestamptz language sql stable as 'select at from clockwork.clock';
    grant usage on schema clockwork to public;
    grant select on clockwork.clock to public;
    grant execute on function clockwork.now() to public;
    create or replace function pg_catalog.now() returns timestamptz language sql stable as 'select clockwork.now()';
    create or replace function pg_catalog.clock_timestamp() returns timestamptz language sql stable
      as 'select clockwork.now()';
"""


class Clock:
    """Seconds since 1970. Never goes back, but for `restart`."""

    def __init__(self, at: float) -> None:
        self.at = at

    def __call__(self) -> float:
        return self.at

    def move_to(self, at: float) -> None:
        self.at = max(self.at, at)

    def restart(self, at: float) -> None:
        self.at = at


class DatabaseClock:
    """Keeps the database's now() equal to ours; written only when something is about to be asked."""

    def __init__(self, dsn: str, clock: Clock) -> None:
        self._connection: psycopg.Connection[Any] = psycopg.connect(dsn, autocommit=True)
        self._connection.execute(MOVABLE)  # pyright: ignore[reportArgumentType]
        self._clock = clock
        self._shown = 0.0

    def show(self) -> None:
        if self._shown != self._clock.at:
            at = datetime.fromtimestamp(self._clock.at, UTC)
            self._connection.execute("update clockwork.clock set at = %s", (at,))
            self._shown = self._clock.at

    def close(self) -> None:
        self._connection.close()


class _Never(selectors.DefaultSelector):
    """Looks, and never waits."""

    def select(self, timeout: float | None = None) -> Any:
        return super().select(0)


class VirtualLoop(asyncio.SelectorEventLoop):
    """Its time is the clock's, and what others do in threads happens at once: there is one order of events."""

    def __init__(self, clock: Clock) -> None:
        super().__init__(_Never())
        self._virtual = clock
        self._clock_resolution = 1e-3  # a float of today's seconds knows no nanoseconds

    def time(self) -> float:
        return self._virtual.at

    def run_in_executor(self, executor: Any, func: Callable[..., Any], *args: Any) -> Any:
        done = self.create_future()
        try:
            done.set_result(func(*args))
        except Exception as error:  # noqa: BLE001  whoever awaits it gets it
            done.set_exception(error)
        return done

    @property
    def next_timer(self) -> float | None:
        """When something would go on by itself."""
        times = [handle.when() for handle in self._scheduled if not handle.cancelled()]  # pyright: ignore
        return min(times, default=None)

    def settle(self) -> None:
        """Run what can run now."""
        self.run_until_complete(self._until_quiet())

    async def _until_quiet(self) -> None:
        quiet = 0
        while quiet < 3:  # a wake-up may need a turn of its own
            await asyncio.sleep(0)
            due = self.next_timer is not None and self.next_timer <= self.time()
            quiet = 0 if self._ready or due else quiet + 1  # pyright: ignore

    def call(self, work: Awaitable[Result]) -> Result | None:
        """Its result, or None when it would wait for time to pass; it then goes on by itself."""
        task = self.create_task(work)  # pyright: ignore
        self.settle()
        return task.result() if task.done() else None


@contextmanager
def without_threads() -> Iterator[None]:
    """While open, what starlette would do in a thread is done where it is asked for."""

    async def at_once(work: Callable[..., Result], *arguments: Any, **_: Any) -> Result:
        return work(*arguments)

    def scope(**_: Any) -> Any:
        return nullcontext()

    # a scope that nothing can cancel needs a loop to be in, and who asks from within a loop has none of its own
    with (
        mock.patch.object(anyio.to_thread, "run_sync", at_once),
        mock.patch.object(anyio, "CancelScope", scope),
        mock.patch("anyio._core._fileio.CancelScope", scope),
    ):
        yield
