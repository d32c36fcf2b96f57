"""An application in a thread: reachable from start to stop, and no longer."""

from contextlib import asynccontextmanager

import httpx
import pytest
from starlette.applications import Starlette
from starlette.responses import PlainTextResponse
from starlette.routing import Route

from sandbox.laptop.serving import ServerError, ServerThread, listen, url_of


def app_with(lifespan=None) -> Starlette:
    return Starlette(routes=[Route("/", lambda _: PlainTextResponse("here"))], lifespan=lifespan)


def test_it_answers_from_start_to_stop_and_frees_its_port():
    with ServerThread(app_with()) as server:
        assert httpx.get(server.url).text == "here"
    with pytest.raises(httpx.ConnectError):
        httpx.get(server.url)
    with ServerThread(app_with(), port=server.port) as again:
        assert httpx.get(again.url).text == "here"
        assert again.port == server.port


def test_the_address_can_be_known_before_the_application_is_made():
    listener = listen()
    url = url_of(listener)
    with ServerThread(app_with(), listener=listener) as server:
        assert server.url == url


def test_an_answer_does_not_wait_for_the_delayed_acknowledgement():
    listener = listen()
    protocol = listener.proto
    listener.close()
    assert protocol == 6  # TCP by name: what makes asyncio set TCP_NODELAY


def test_a_taken_port_is_named():
    with listen() as taken:
        port = taken.getsockname()[1]
        with pytest.raises(ServerError, match=f"Port {port} of 127.0.0.1 is taken"):
            ServerThread(app_with(), port=port)


def test_a_failing_startup_is_raised_at_start():
    async def broken(_):
        raise RuntimeError("no database")
        yield

    with pytest.raises(ServerError, match="did not start"):
        ServerThread(app_with(asynccontextmanager(broken))).start()


def test_open_connections_do_not_keep_it_from_stopping():
    with httpx.Client() as client:
        with ServerThread(app_with()) as server:
            assert client.get(server.url).text == "here"
        with pytest.raises(httpx.ConnectError):
            client.get(server.url)
