"""Seats at a migrated database; what a test writes is rolled back, unless it asks for a second connection."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import LiteralString, Protocol

import psycopg
import pytest
from sql.seats import Connection, Seat
from sql.story import Story


class Reachable(Protocol):
    def dsn(self, user: str | None = None) -> str: ...


@pytest.fixture
def db(database: Reachable) -> Iterator[Connection]:
    """The superuser's connection, in a transaction that is rolled back."""
    with psycopg.connect(database.dsn()) as connection, connection.transaction(force_rollback=True):
        yield connection


@pytest.fixture
def story(db: Connection) -> Story:
    """A job that is not opened yet."""
    return Story(db)


@pytest.fixture
def other(db: Connection) -> Story:
    """A second owner's."""
    return Story(db)


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
