"""The project's Postgres: extensions, migrations, where the storage hook calls. It needs the password."""

import ipaddress
import re
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass, field

import psycopg
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from infra.deploy.errors import Stopped
from sandbox.supabase.migrate import MigrationError, migrate

TRANSACTION_POOLER = "6543"
PLACEHOLDER = "[YOUR-PASSWORD]"  # as Supabase's page shows it
HOSTED = re.compile(r"https://(?P<ref>[a-z0-9]+)\.supabase\.co")
# what the migrations and their triggers call; an extension that is there is left as it is
EXTENSIONS = {
    "pg_net": ("net.http_post", "create extension if not exists pg_net"),
    "supabase_vault": (
        "vault.create_secret",
        "create schema if not exists vault; create extension if not exists supabase_vault with schema vault",
    ),
}
HOOK_URL, HOOK_SECRET = "croquis_storage_hook_url", "croquis_storage_hook_secret"


@dataclass(frozen=True)
class ProjectDatabase:
    """Of one project, as its owner."""

    dsn: str = field(repr=False)

    @classmethod
    def of(cls, url: str, project: str) -> "ProjectDatabase":
        """Stopped unless the connection string is this project's, and one that sessions can be had of."""
        if PLACEHOLDER in url:
            raise Stopped(f"The connection string still says {PLACEHOLDER}: put the database's password there.")
        try:
            parts = conninfo_to_dict(url)
        except psycopg.Error:
            raise Stopped("The connection string is none: copy it from Supabase's Connect, as an address.") from None
        if str(parts.get("port")) == TRANSACTION_POOLER:
            raise Stopped("That is the transaction pooler, which keeps no session: take the session pooler's string.")
        found = HOSTED.fullmatch(project)
        if found and found["ref"] not in f"{parts.get('host')} {parts.get('user')}":
            raise Stopped(f"The connection string is another project's than {project}.")
        if not _is_this_machine(str(parts.get("host", ""))):
            parts = {"sslmode": "require", **parts}
        return cls(make_conninfo("", **parts))

    def prepare(self) -> list[str]:
        """Extensions first, then what is missing of the migrations, in order; what was done, in words."""
        with _told(), psycopg.connect(self.dsn, autocommit=True) as connection:
            done = [
                _enabled(connection, name)
                for name, (called, _) in EXTENSIONS.items()
                if not _is_there(connection, called)
            ]
        with _told():
            applied = migrate(self.dsn)
        if applied:
            with _told(), psycopg.connect(self.dsn, autocommit=True) as connection:
                connection.execute("notify pgrst, 'reload schema'")
        return [*done, *([f"applied {len(applied)} migrations, the last {applied[-1]}"] if applied else [])]

    def keep_hook(self, url: str, secret: str) -> bool:
        """Whether the Vault said something else before."""
        wanted = {HOOK_URL: url, HOOK_SECRET: secret}
        with _told(), psycopg.connect(self.dsn) as connection:
            found = dict(connection.execute(
                "select name, decrypted_secret from vault.decrypted_secrets where name = any(%s)", ([*wanted],)
            ).fetchall())  # fmt: skip
            for name, value in wanted.items():
                if found.get(name) != value:
                    connection.execute("delete from vault.secrets where name = %s", (name,))
                    connection.execute("select vault.create_secret(%s, %s, '')", (value, name))
        return found != wanted


def _is_there(connection: psycopg.Connection, function: str) -> bool:
    """Under that name, with whatever arguments its version has."""
    found = connection.execute(
        "select exists (select from pg_proc p where concat(p.pronamespace::regnamespace, '.', p.proname) = %s)",
        (function,),
    ).fetchone()
    return bool(found and found[0])


def _enabled(connection: psycopg.Connection, name: str) -> str:
    try:
        connection.execute(EXTENSIONS[name][1])  # pyright: ignore[reportArgumentType, reportCallIssue]
    except psycopg.Error:
        raise Stopped(
            f"The extension {name} cannot be enabled from here: enable it under Database → Extensions."
        ) from None
    return f"enabled {name}"


@contextmanager
def _told() -> Generator[None]:
    try:
        yield
    except psycopg.OperationalError as error:
        reason = str(error).strip().splitlines()[-1]
        raise Stopped(f"The database cannot be reached: {reason}") from None
    except psycopg.Error as error:
        raise Stopped(f"The database refused: {error.diag.message_primary}") from None
    except MigrationError as error:
        raise Stopped(f"A migration failed, and left nothing of itself; those before it stay. {error}") from None


def _is_this_machine(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost" or host.startswith("/") or not host
