"""The pg_net stand-in: what a committed transaction queued is sent once, whatever becomes of it."""

import asyncio
import socket
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field

import psycopg
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route
from waiting import until

from sandbox.laptop.serving import ServerThread
from sandbox.supabase.kicks import Kicks

SECRET = "a-secret-of-the-hook"


@dataclass
class Hook:
    """An HTTP server that notes what it is sent."""

    url: str = ""
    seen: list[tuple[str, str, bytes]] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)

    async def note(self, request: Request) -> Response:
        self.seen.append((request.method, request.url.path, await request.body()))
        self.headers.append(dict(request.headers))
        if request.url.path == "/slow":
            while not await request.is_disconnected():
                await asyncio.sleep(0.02)
        if request.url.path == "/moved":
            return RedirectResponse("/elsewhere")
        return Response(status_code=500 if request.url.path == "/broken" else 202)


@pytest.fixture
def hook() -> Iterator[Hook]:
    hook = Hook()
    with ServerThread(Starlette(routes=[Route("/{path:path}", hook.note, methods=["GET", "POST"])])) as server:
        hook.url = server.url
        yield hook


@pytest.fixture
def database(plain_database) -> Iterator[psycopg.Connection]:
    with psycopg.connect(plain_database.dsn(), autocommit=True) as connection:
        connection.execute("truncate net.http_request_queue, net._http_response")
        yield connection


@pytest.fixture
def kicks(plain_database, database) -> Iterator[Kicks]:
    with Kicks(plain_database.dsn()) as kicks:
        yield kicks


def post(database: psycopg.Connection, url: str, timeout: int = 5000) -> int:
    headers = f'{{"Content-Type": "application/json", "x-secret": "{SECRET}"}}'
    row = database.execute(
        """select net.http_post(url := %s, body := '{"n": 1}', headers := %s, timeout_milliseconds := %s)""",
        (url, headers, timeout),
    ).fetchone()
    assert row
    return row[0]


def answers(database: psycopg.Connection) -> dict[int, tuple[int | None, str | None]]:
    rows = database.execute("select id, status_code, error_msg from net._http_response where created is not null")
    return {kick: (status, error) for kick, status, error in rows}


def queued(database: psycopg.Connection) -> int:
    row = database.execute("select count(*) from net.http_request_queue").fetchone()
    assert row
    return row[0]


def test_a_committed_kick_is_posted_with_its_body_and_headers(kicks, hook, database):
    kick = post(database, f"{hook.url}/hooks/storage")
    until(lambda: answers(database) == {kick: (202, None)})
    assert hook.seen == [("POST", "/hooks/storage", b'{"n": 1}')]
    assert (hook.headers[0]["x-secret"], hook.headers[0]["content-type"]) == (SECRET, "application/json")
    assert queued(database) == 0


def test_a_kick_of_a_transaction_that_failed_is_never_sent(kicks, hook, database):
    with database.transaction(force_rollback=True):
        post(database, f"{hook.url}/rolled-back")
    post(database, f"{hook.url}/after")
    until(lambda: len(answers(database)) == 1)
    assert [path for _, path, _ in hook.seen] == ["/after"]


def test_what_was_queued_before_the_start_is_sent_too(plain_database, hook, database):
    post(database, f"{hook.url}/early")
    with Kicks(plain_database.dsn()):
        until(lambda: len(answers(database)) == 1)


@pytest.mark.parametrize(("path", "status"), [("/broken", 500), ("/moved", 307)])
def test_a_fault_is_not_retried_and_a_redirect_is_not_followed(path, status, kicks, hook, database):
    kick = post(database, hook.url + path)
    post(database, f"{hook.url}/next")
    until(lambda: len(answers(database)) == 2)
    assert answers(database)[kick] == (status, None)
    assert sorted(path for _, path, _ in hook.seen) == sorted([path, "/next"])


def test_a_target_that_does_not_answer_in_time_is_given_up(kicks, hook, database):
    kick = post(database, f"{hook.url}/slow", timeout=100)
    until(lambda: kick in answers(database))
    assert answers(database)[kick] == (None, "ReadTimeout")
    assert len(hook.seen) == 1


def test_a_target_that_is_not_there_stops_nobody_else(kicks, hook, database):
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        gone = post(database, f"http://127.0.0.1:{nobody.getsockname()[1]}/")
    nonsense = post(database, "not a url")
    good = post(database, f"{hook.url}/good")
    until(lambda: len(answers(database)) == 3)
    assert answers(database) == {
        gone: (None, "ConnectError"),
        nonsense: (None, "UnsupportedProtocol"),
        good: (202, None),
    }


def test_a_hundred_kicks_and_two_senders_make_a_hundred_posts(plain_database, hook, database):
    with Kicks(plain_database.dsn()), Kicks(plain_database.dsn()):
        for number in range(100):
            post(database, f"{hook.url}/{number}")
        until(lambda: len(answers(database)) == 100)
    assert sorted(path for _, path, _ in hook.seen) == sorted(f"/{number}" for number in range(100))


def test_it_comes_back_when_the_database_ends_its_connection(kicks, hook, database):
    database.execute("select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'kicks'")
    post(database, f"{hook.url}/again")
    until(lambda: len(answers(database)) == 1)


def test_it_tells_neither_headers_nor_targets_to_the_log(kicks, hook, database, caplog):
    """Signed URLs and secrets travel in them."""
    post(database, f"http://127.0.0.1:1/?token={SECRET}")
    until(lambda: len(answers(database)) == 1)
    assert "a kick did not arrive" in caplog.text
    assert SECRET not in caplog.text


def test_a_database_without_the_queue_is_refused_at_once(postgres):
    with pytest.raises(psycopg.errors.UndefinedTable):
        Kicks(postgres.dsn("postgres")).__enter__()


def test_it_ends_with_its_block(plain_database, hook, database):
    with Kicks(plain_database.dsn()):
        pass
    post(database, f"{hook.url}/late")
    assert "kicks" not in {thread.name for thread in threading.enumerate()}
    assert queued(database) == 1
