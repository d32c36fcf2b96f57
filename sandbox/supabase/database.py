"""The gateway's way to Postgres: one transaction per request, under the role of whoever asks.

    with database.as_role(claims) as cursor:                  # RLS decides
    with database.as_role(SERVICE) as cursor:                 # RLS is passed over
    with database.as_auth_admin() as cursor:                  # owns the accounts; for the Auth routes only

Each opens a transaction, yields a psycopg cursor, commits at the end and rolls back when anything is raised
(psycopg.Error goes through unchanged; `refusals.of_postgres` turns it into an answer). Plain `def` endpoints may use
it directly, `async def` ones through `run_in_threadpool`. To end a probe without a trace, raise inside the block.
"""

import json
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

import psycopg
from psycopg_pool import ConnectionPool

from sandbox.supabase.settings import GatewaySettings

SEARCH_PATH = '"public", "extensions"'
NEVER = sys.maxsize  # times that a statement comes before it is prepared unasked
CONNECTIONS = 12  # each: more than the 40 threads that serve would only wait for two cores
# One statement, because each costs a round trip. The role comes last: after it, nothing else could be set.
BECOME = """
    select set_config('transaction_read_only', %(read_only)s, true),
           set_config('search_path', %(search_path)s, true),
           set_config('request.jwt.claims', %(claims)s, true),
           set_config('role', %(role)s, true)
"""
SERVICE = {"role": "service_role"}
Cursor = psycopg.Cursor[tuple]


class Database:
    """The pools of a gateway; open from `open()` to `close()`."""

    def __init__(self, settings: GatewaySettings) -> None:
        self._callers = _pool(settings.dsn, CONNECTIONS)
        self._accounts = _pool(settings.auth_dsn, 4)

    def open(self) -> None:
        """Connect; the first request need not wait."""
        self._callers.open()
        self._accounts.open()

    def close(self) -> None:
        self._callers.close()
        self._accounts.close()

    @contextmanager
    def as_role(self, claims: Mapping[str, object], read_only: bool = False) -> Iterator[Cursor]:
        """A transaction under the role that the claims name (anon if none), which SQL sees through `auth.uid()`."""
        with self.as_nobody() as cursor:
            become(cursor, claims, read_only)
            yield cursor

    @contextmanager
    def as_auth_admin(self) -> Iterator[Cursor]:
        """A transaction that may read and write the accounts."""
        with self._accounts.connection() as connection, connection.cursor() as cursor:
            yield cursor

    @contextmanager
    def as_nobody(self) -> Iterator[Cursor]:
        """A transaction without any role yet: good for the catalogue, and for `become` once its role is known."""
        with self._callers.connection() as connection, connection.cursor() as cursor:
            yield cursor


def become(cursor: Cursor, claims: Mapping[str, object], read_only: bool) -> None:
    """Take on the caller's role and claims until the transaction ends."""
    role = str(claims.get("role") or "anon")
    cursor.execute(
        BECOME,
        {
            "read_only": "on" if read_only else "off",
            "search_path": SEARCH_PATH,
            "claims": json.dumps({**claims, "role": role}),
            "role": role,
        },
        prepare=True,
    )


def _pool(dsn: str, size: int) -> ConnectionPool[psycopg.Connection[tuple]]:
    # statements are built for each request, and tables change under a running gateway: only our own are prepared
    return ConnectionPool(dsn, min_size=1, max_size=size, open=False, timeout=10, kwargs={"prepare_threshold": NEVER})
