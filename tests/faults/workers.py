"""What each process of `make faults` does: it has a world, in a database of its own, and plays runs in it."""

import os
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, redirect_stdout
from multiprocessing.util import Finalize
from pathlib import Path
from uuid import uuid4

from conftest import Database
from faults.kinds import Effect
from faults.runs import effects_of, outcome, run_of
from faults.scenarios import stock
from faults.world import World

from sandbox.laptop.postgres import PostgresServer
from sandbox.supabase.migrate import bootstrap, migrate

Outcome = tuple[str, dict[str, str]]
open_worlds: list[World] = []  # of this process: one, or none


@contextmanager
def a_world(conninfo: str) -> Iterator[World]:
    """In a database of its own on that server."""
    os.environ.setdefault("AWS_DEFAULT_REGION", "us-east-1")
    server = PostgresServer(conninfo)
    database = Database(server, f"faults_{uuid4().hex[:12]}")
    dsn = server.create_database(database.name)
    bootstrap(dsn)
    migrate(dsn)
    # what our functions log is looked at, and not shown
    with (
        tempfile.TemporaryDirectory(prefix="croquis-") as folder,
        Path(os.devnull).open("w") as nowhere,
        redirect_stdout(nowhere),
        World(database, Path(folder)) as world,
    ):
        world.begin()
        stock(world)
        yield world


def begin(conninfo: str) -> None:
    """What each process does first."""
    opened = ExitStack()
    open_worlds.append(opened.enter_context(a_world(conninfo)))
    Finalize(None, opened.close, exitpriority=10)


def recorded(scenario: str) -> tuple[str, list[Effect]]:
    return scenario, effects_of(open_worlds[0], scenario)


def tried(run: str) -> Outcome:
    try:
        return run, outcome(open_worlds[0], run_of(run))
    except Exception as error:  # noqa: BLE001  what the world itself cannot bear is told with its run, and ends no other
        return run, {type(error).__name__: str(error)}
