"""What goes over a Realtime socket, frame by frame, in both versions of the protocol."""

import json
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any
from uuid import uuid4

import psycopg
import pytest
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import ClientConnection, connect

V1, V2 = "1.0.0", "2.0.0"
PATIENCE = 60
HELLO = "select realtime.send('{\"text\": \"hé\"}', 'note', %s, true)"

Open = Callable[..., ClientConnection]


@pytest.fixture
def address(gateway) -> str:
    return gateway.url.replace("http", "ws", 1) + "/realtime/v1/websocket"


@pytest.fixture
def socket(gateway, address) -> Iterator[Open]:
    with ExitStack() as open_ones:

        def opened(version: str = V2, key: str = gateway.settings.publishable_key) -> ClientConnection:
            return open_ones.enter_context(connect(f"{address}?apikey={key}&vsn={version}"))

        yield opened


def asked(socket: ClientConnection, version: str, topic: str, event: str, payload: object = None) -> Any:
    """Send a frame with the reference 7 of a join with the reference 6; the answer."""
    frame: dict[str, Any] = {"join_ref": "6", "ref": "7", "topic": topic, "event": event, "payload": payload or {}}
    socket.send(json.dumps(list(frame.values()) if version == V2 else frame))
    return json.loads(socket.recv(PATIENCE))


def joined(socket: ClientConnection, version: str, topic: str, token: str) -> Any:
    return asked(socket, version, topic, "phx_join", {"config": {"private": True}, "access_token": token})


def replied(version: str, topic: str, status: str, response: dict[str, Any]) -> Any:
    content = {"status": status, "response": response}
    if version == V2:
        return ["6", "7", topic, "phx_reply", content]
    return {"ref": "7", "topic": topic, "event": "phx_reply", "payload": content}


@pytest.mark.parametrize("version", [V1, V2])
def test_a_heartbeat_is_answered(socket, version):
    assert asked(socket(version), version, "phoenix", "heartbeat") == replied(version, "phoenix", "ok", {})


@pytest.mark.parametrize("version", [V1, V2])
def test_a_broadcast_comes_in_the_form_that_its_client_reads(gateway, socket, version):
    user = str(uuid4())
    topic, page = f"realtime:owner:{user}", socket(version)
    answer = joined(page, version, topic, gateway.token(user))
    assert answer == replied(version, topic, "ok", {"postgres_changes": []})
    with psycopg.connect(gateway.database.dsn()) as connection:
        connection.execute(HELLO, (f"owner:{user}",))
        ((sent,),) = connection.execute("select id::text from realtime.messages where topic = %s", (f"owner:{user}",))
    heard = page.recv(PATIENCE)
    if version == V1:
        payload = {"id": sent, "text": "hé"}
        content = {"event": "note", "type": "broadcast", "payload": payload, "meta": {"id": sent}}
        assert json.loads(heard) == {"topic": topic, "event": "broadcast", "payload": content, "ref": None}
    else:
        meta = f'{{"id": "{sent}"}}'.encode()
        head = bytes([4, len(topic), len("note"), len(meta), 1]) + topic.encode() + b"note" + meta
        assert isinstance(heard, bytes)
        assert heard.startswith(head)
        assert json.loads(heard.removeprefix(head)) == {"id": sent, "text": "hé"}


def test_leaving_is_answered_and_ends_the_channel(gateway, socket):
    user = str(uuid4())
    topic, page = f"realtime:owner:{user}", socket()
    joined(page, V2, topic, gateway.token(user))
    assert asked(page, V2, topic, "phx_leave") == replied(V2, topic, "ok", {})
    assert json.loads(page.recv(PATIENCE)) == ["6", "6", topic, "phx_close", {}]
    assert asked(page, V2, topic, "broadcast") == replied(V2, topic, "error", {"reason": "unmatched topic"})


@pytest.mark.parametrize("topic", ["realtime:x", "owner:x", "phoenix", "phoenix:x"])
def test_what_is_said_to_a_channel_that_was_not_joined_is_refused(socket, topic):
    unmatched = replied(V2, topic, "error", {"reason": "unmatched topic"})
    assert asked(socket(), V2, topic, "access_token", {"access_token": "x"}) == unmatched


@pytest.mark.parametrize("binary", [False, True])
def test_what_a_page_says_itself_is_refused_even_on_its_own_channel(gateway, socket, binary):
    user = str(uuid4())
    topic, page = f"realtime:owner:{user}", socket()
    joined(page, V2, topic, gateway.token(user))
    if binary:
        page.send(bytes([3, 1, 1, len(topic), 4, 0, 1]) + b"67" + topic.encode() + b'note{"text":"x"}')
        answer = json.loads(page.recv(PATIENCE))
    else:
        answer = asked(page, V2, topic, "broadcast", {"event": "note", "payload": {}})
    assert answer[:4] == ["6", "7", topic, "phx_reply"]
    assert answer[4]["status"] == "error"
    assert "stand-in passes on what the database broadcasts" in answer[4]["response"]["reason"]


@pytest.mark.parametrize(
    "junk",
    [
        "",
        "{",
        "7",
        "{}",
        "[]",
        "[1, 2, 3, 4, 5]",
        b"",
        b"\x03",
        b"\x03\x02\x00\x00\x00\x00\x00\xff\xff",
        r'["6", "7", "realtime:\ud800", "phx_join", {"config": {"private": true}}]',
        r'["6", "7", "realtime:x", "phx_join", {"config": {"private": true}, "access_token": "\ud800"}]',
    ],
)
@pytest.mark.parametrize("version", [V1, V2])
def test_who_sends_no_frame_is_closed(socket, version, junk):
    page = socket(version)
    page.send(junk)
    with pytest.raises(ConnectionClosed) as closed:
        page.recv(PATIENCE)
    assert closed.value.rcvd is not None
    assert closed.value.rcvd.code == 1007


@pytest.mark.parametrize("query", ["", "?apikey=", "?apikey=sb_publishable_of_another_project"])
def test_without_the_projects_key_no_socket_is_opened(address, query):
    with pytest.raises(InvalidStatus) as refused:
        connect(address + query)
    assert refused.value.response.status_code == 401
    assert "API key" in json.loads(refused.value.response.body)["error"]


def test_the_secret_key_is_not_for_browsers(gateway, address):
    with pytest.raises(InvalidStatus) as refused:
        connect(f"{address}?apikey={gateway.settings.secret_key}", user_agent_header="Mozilla/5.0")
    assert refused.value.response.status_code == 401


def test_the_secret_key_hears_every_channel(gateway, socket):
    page = socket(key=gateway.settings.secret_key)
    assert joined(page, V2, "realtime:owner:x", "sb_secret_key")[4]["status"] == "ok"
