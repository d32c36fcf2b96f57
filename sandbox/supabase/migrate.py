"""Brings a database to what the code expects: first what Supabase itself would have made, then our migrations."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
from psycopg.conninfo import conninfo_to_dict
from psycopg.sql import SQL, Literal

from sandbox import ROOT

HERE = Path(__file__).parent
MIGRATIONS = ROOT / "infra/supabase/migrations"
TAKE_TURNS = 0x63726F71  # any number that nobody else locks
FILE_NAME = re.compile(r"(?P<version>\d+)_(?P<name>.+)\.sql")
LEDGER = """
    create schema if not exists supabase_migrations;
    create table if not exists supabase_migrations.schema_migrations (
      version text not null primary key, statements text[], name text
    );
"""


class MigrationError(Exception):
    """A migration that cannot be applied; the text names its file."""


def bootstrap(dsn: str) -> None:
    """Make the roles, schemas and functions that a hosted Supabase project has; once or often, alone or at once.

    `dsn` is a superuser's. Where it holds a password, the login roles made here get the same one.
    """
    with _alone(dsn) as connection, connection.transaction():
        for script in ("bootstrap.sql", "bootstrap_realtime.sql"):
            connection.execute((HERE / script).read_bytes())
        if password := conninfo_to_dict(dsn).get("password"):
            for role in ("authenticator", "supabase_auth_admin"):
                connection.execute(SQL("alter role {} password {}").format(SQL(role), Literal(password)))


def migrate(dsn: str, folder: Path = MIGRATIONS) -> list[str]:
    """Apply the folder's migrations that are not recorded yet, each in one transaction; return their names.

    They are recorded as the Supabase CLI records them. The first that fails stops all, and leaves nothing of itself.
    """
    applied: list[str] = []
    with _alone(dsn) as connection:
        connection.execute(LEDGER)
        recorded = {
            version for (version,) in connection.execute("select version from supabase_migrations.schema_migrations")
        }
        for path in sorted(folder.glob("*.sql")):
            version, name = _version_and_name(path)
            if version not in recorded:
                _apply(connection, path, version, name)
                applied.append(path.name)
    return applied


def _apply(connection: psycopg.Connection, path: Path, version: str, name: str) -> None:
    script = path.read_bytes()
    try:
        with connection.transaction():
            connection.execute(script)
            connection.execute(
                "insert into supabase_migrations.schema_migrations (version, statements, name) values (%s, %s, %s)",
                (version, [script.decode()], name),
            )
            connection.execute("reset all")
    except psycopg.Error as error:
        place = error.diag.statement_position
        line = f", line {script.decode()[: int(place)].count(chr(10)) + 1}" if place else ""
        raise MigrationError(f"{path.name}{line}: {str(error).strip()}") from error


def _version_and_name(path: Path) -> tuple[str, str]:
    found = FILE_NAME.fullmatch(path.name)
    if found is None:
        raise MigrationError(f"{path.name} is no migration's name. Call it <digits>_<what it does>.sql.")
    return found["version"], found["name"]


@contextmanager
def _alone(dsn: str) -> Iterator[psycopg.Connection]:
    """A connection that holds a lock on its database until it closes: two launchers take turns."""
    with psycopg.connect(dsn, autocommit=True) as connection:
        connection.execute("select pg_advisory_lock(%s)", (TAKE_TURNS,))
        yield connection
