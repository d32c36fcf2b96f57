"""The database under the clock of a run of faults, which moves only when it is told to; and work without threads."""

from collections.abc import Callable, Iterator
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


class DatabaseClock:
    """Keeps the database's now() equal to ours; written only when something is about to be asked."""

    def __init__(self, dsn: str, now: Callable[[], float]) -> None:
        self._connection: psycopg.Connection[Any] = psycopg.connect(dsn, autocommit=True)
        self._connection.execute(MOVABLE)  # pyright: ignore[reportArgumentType]
        self._now = now
        self._shown = 0.0

    def show(self) -> None:
        if self._shown != self._now():
            self._shown = self._now()
            at = datetime.fromtimestamp(self._shown, UTC)
            self._connection.execute("update clockwork.clock set at = %s", (at,))

    def close(self) -> None:
        self._connection.close()


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
