"""The pg_net stand-in: sends the HTTP requests that committed transactions left in net.http_request_queue.
It promises no more than pg_net does: one attempt a row, no retry, no order; and it never logs headers or bodies."""

import logging
import threading
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from types import TracebackType
from typing import LiteralString, Self

import httpx
import psycopg
from psycopg.rows import class_row

BATCH = 200  # pg_net's own default: a batch lasts as long as its slowest call
CALLS_AT_ONCE = 8
LOOK_EVERY_SECONDS = 0.2  # how soon a stop is noticed; new rows wake the thread at once
RECONNECT_AFTER_SECONDS = 1.0

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Kick:
    """One row of the queue."""

    id: int
    method: str
    url: str
    headers: Mapping[str, str] | None
    body: bytes | None
    timeout_milliseconds: int


Outcome = tuple[int, int | None, str | None]  # a kick's id, and a status or the reason why there is none

# The rows are gone before the first byte is sent, so that no crash can send one twice: it may be lost instead,
# which the outbox rows and the sweep cover.
TAKE: LiteralString = """
    delete from net.http_request_queue where id in (
        select id from net.http_request_queue order by id limit %s for update skip locked)
    returning id, method::text, url, headers, body, timeout_milliseconds"""
KEEP_ANSWER: LiteralString = """
    insert into net._http_response (id, status_code, error_msg, created) values (%s, %s, %s, now())"""


class Kicks:
    """A context manager: while it is open, every committed row of the queue is sent once."""

    def __init__(self, dsn: str) -> None:
        self._dsn = dsn
        self._stopping = threading.Event()
        self._thread: threading.Thread | None = None

    def __enter__(self) -> Self:
        # connected here, not in the thread: a database without the queue is refused at once and aloud
        connection = self._listen()
        self._thread = threading.Thread(target=self._run, args=(connection,), name="kicks", daemon=True)
        self._thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._stopping.set()
        if self._thread:
            self._thread.join()

    def _listen(self) -> psycopg.Connection:
        connection = psycopg.connect(self._dsn, autocommit=True, application_name="kicks")
        try:
            connection.execute("listen pg_net")
            connection.execute("select from net.http_request_queue limit 1")
        except BaseException:
            connection.close()
            raise
        return connection

    def _run(self, connection: psycopg.Connection | None) -> None:
        # trust_env off: a proxy of the developer's shell must not see the kicks. No connection is kept, as one that
        # the target has just closed would swallow a kick.
        fresh = httpx.Limits(max_keepalive_connections=0)
        with (
            httpx.Client(follow_redirects=False, trust_env=False, limits=fresh) as client,
            ThreadPoolExecutor(CALLS_AT_ONCE) as calls,
        ):
            while connection or not self._stopping.is_set():
                try:
                    with connection or self._listen() as listening:
                        self._drain_until_stopped(listening, client, calls)
                except psycopg.Error as error:
                    logger.warning("kicks have lost the database", extra={"error": type(error).__name__})
                    self._stopping.wait(RECONNECT_AFTER_SECONDS)
                connection = None

    def _drain_until_stopped(
        self, connection: psycopg.Connection, client: httpx.Client, calls: ThreadPoolExecutor
    ) -> None:
        while not self._stopping.is_set():
            while not self._stopping.is_set() and (kicks := take(connection)):
                outcomes = list(calls.map(lambda kick: send(client, kick), kicks))
                with connection.cursor() as cursor:
                    cursor.executemany(KEEP_ANSWER, outcomes)
            for _ in connection.notifies(timeout=LOOK_EVERY_SECONDS, stop_after=1):
                pass


def take(connection: psycopg.Connection) -> list[Kick]:
    """Take the next rows off the queue, in a transaction of their own; nobody else will see them again."""
    with connection.cursor(row_factory=class_row(Kick)) as cursor:
        return cursor.execute(TAKE, (BATCH,)).fetchall()


def send(client: httpx.Client, kick: Kick) -> Outcome:
    """Make the one attempt; whatever goes wrong is an outcome, never an exception."""
    try:
        # streamed, and closed unread: only the status counts
        with client.stream(
            kick.method or "POST",
            kick.url,
            content=kick.body or b"",
            headers=dict(kick.headers or {}),
            timeout=kick.timeout_milliseconds / 1000,
        ) as response:
            return kick.id, response.status_code, None
    except Exception as error:  # noqa: BLE001 - a URL or header from the database may be anything
        logger.warning("a kick did not arrive", extra={"kick": kick.id, "error": type(error).__name__})
        return kick.id, None, type(error).__name__
