"""Seats at a migrated database; what a test writes is rolled back, unless it asks for a second connection."""

from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from typing import Any, LiteralString, Protocol

import psycopg
import pytest
from sql.fitting import FittingRoom
from sql.seats import Connection, Seat
from sql.story import Story
from waiting import PATIENCE, until

Step = Callable[[Story], Any]
Overlapping = Callable[[Story, Step, Step], tuple[Any, Any]]


class Reachable(Protocol):
    def dsn(self, user: str | None = None) -> str: ...


@pytest.fixture(scope="module")
def warm(database: Reachable) -> Iterator[Connection]:
    """One connection for a module: Postgres reads and plans our functions anew in each one, which costs most."""
    with psycopg.connect(database.dsn()) as connection:
        yield connection


@pytest.fixture
def db(warm: Connection) -> Iterator[Connection]:
    """The superuser's connection, in a transaction that is rolled back."""
    with warm.transaction(force_rollback=True):
        yield warm


@pytest.fixture
def story(db: Connection) -> Story:
    """A job that is not opened yet."""
    return Story(db)


@pytest.fixture
def other(db: Connection) -> Story:
    """A second owner's."""
    return Story(db)


@pytest.fixture
def room(story: Story) -> FittingRoom:
    """An owner with a model who may order try-ons."""
    return FittingRoom(story)


@pytest.fixture
def worker(db: Connection) -> Seat:
    return Seat(db, "service_role")


@pytest.fixture
def anon(db: Connection) -> Seat:
    return Seat(db, "anon")


@pytest.fixture
def committed(database: Reachable) -> Iterator[Callable[[], Connection]]:
    """Further connections that commit each statement, for those who do things at once."""
    with ExitStack() as open_ones:
        yield lambda: open_ones.enter_context(psycopg.connect(database.dsn(), autocommit=True))


@pytest.fixture
def acted(committed: Callable[[], Connection]) -> Story:
    """A job whose steps are committed one by one."""
    return Story(committed())


@pytest.fixture
def overlapping(database: Reachable, committed: Callable[[], Connection]) -> Overlapping:
    """Two steps of a committed story at once: the second begins while the first is done but not committed."""

    def run(story: Story, first: Step, second: Step) -> tuple[Any, Any]:
        watcher, behind = committed(), committed()
        with psycopg.connect(database.dsn()) as ahead, ThreadPoolExecutor(1) as thread:
            ahead.execute("select")  # begins the transaction, or the first step would commit its own
            answer = first(replace(story, connection=ahead))
            waiting = thread.submit(_or_refusal, second, replace(story, connection=behind))
            _until_blocked(watcher, behind.info.backend_pid, waiting)
            ahead.commit()
            return answer, waiting.result(PATIENCE)

    return run


@pytest.fixture
def played(db: Connection) -> Callable[..., None]:
    """Writes past all triggers and rules, to play the clock or a state that no function makes."""

    def play(statement: LiteralString, *values: object) -> None:
        with _without_triggers(db):
            db.execute(statement, values)

    return play


@contextmanager
def _without_triggers(db: Connection) -> Iterator[None]:
    db.execute("set local session_replication_role = replica")
    yield
    db.execute("set local session_replication_role = origin")


def _or_refusal(step: Step, story: Story) -> Any:
    try:
        return step(story)
    except psycopg.Error as error:
        return error


def _until_blocked(watcher: Connection, pid: int, work: Future[Any]) -> None:
    """Until that backend waits for a lock of another one, or has finished without."""
    blocked = "select 1 where cardinality(pg_blocking_pids(%s)) > 0"
    until(lambda: work.done() or watcher.execute(blocked, (pid,)).fetchone(), pause=0.005)
