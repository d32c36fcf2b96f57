"""MO-03, counted at a raw server: one POST per paid call, whatever the answer is; the token goes in its header only."""

import json
import secrets
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import UTC, datetime

import httpx
import pytest

from croquis.adapters.replicate.provider import ReplicateProvider
from croquis.domain.images.image import TALL
from croquis.domain.images.recipes import TextRecipe
from croquis.domain.runs.attempt import Outcome, RunKind
from croquis.domain.runs.training import TrainingParameters
from croquis.errors import Unavailable
from croquis.ports import Started
from sandbox.laptop.serving import listen, url_of

TOKEN = "r8_" + secrets.token_hex(4)
TRAINER = "ostris/flux-dev-lora-trainer:" + "0" * 64


class RawServer:
    """Answers every connection with the same bytes, or not at all, and keeps each request as it came."""

    def __init__(self) -> None:
        self.answer: bytes | None = b""
        self.answers: list[bytes] = []
        self.trickles = False
        self.requests: list[bytes] = []
        self._stopped = threading.Event()
        self._listener = listen()
        self.url = url_of(self._listener)
        self._held: list[socket.socket] = []
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self) -> None:
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            self.requests.append(_request(connection))
            given = self.answers.pop(0) if self.answers else self.answer
            if given is None:
                self._held.append(connection)  # says nothing, and stays
                continue
            with suppress(OSError):  # nobody listens any more
                self._send(connection, given)
            connection.close()

    def _send(self, connection: socket.socket, given: bytes) -> None:
        head, separator, body = given.partition(b"\r\n\r\n")
        connection.sendall(head + separator)
        step = 1 if self.trickles else len(body) or 1
        for start in range(0, len(body), step):
            connection.sendall(body[start : start + step])
            self._stopped.wait(0.05 if self.trickles else 0)

    def close(self) -> None:
        self._stopped.set()
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        for connection in self._held:
            connection.close()


def _request(connection: socket.socket) -> bytes:
    data = b""
    while b"\r\n\r\n" not in data:
        if not (more := connection.recv(65536)):
            return data
        data += more
    head, _, body = data.partition(b"\r\n\r\n")
    length = next((int(line[15:]) for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:")), 0)
    while len(body) < length and (more := connection.recv(65536)):
        body, data = body + more, data + more
    return data


@pytest.fixture
def server() -> Iterator[RawServer]:
    server = RawServer()
    yield server
    server.close()


@pytest.fixture
def provider(server: RawServer) -> Iterator[ReplicateProvider]:
    provider = ReplicateProvider(
        token=lambda: TOKEN,
        trainer=TRAINER,
        destination="us/people",
        webhook_url=lambda: "https://api.example.com",
        sandbox_origin=server.url,
        timeout=httpx.Timeout(0.4),
    )
    yield provider
    provider.close()


def answer(status: str, body: bytes = b"{}", *headers: str) -> bytes:
    head = [f"HTTP/1.1 {status}", "Content-Type: application/json", f"Content-Length: {len(body)}", "Connection: close"]
    return "\r\n".join([*head, *headers, "", ""]).encode() + body


THROTTLED = b'{"title": "Throttled", "detail": "Request was throttled. Your rate limit resets in ~2s.", "status": 429}'
ANSWERS: dict[str, tuple[bytes | None, Outcome]] = {
    "nothing": (None, Outcome.UNKNOWN),
    "a closed connection": (b"", Outcome.UNKNOWN),
    "half a head": (b"HTTP/1.1 201 Crea", Outcome.UNKNOWN),
    "half a body": (b"HTTP/1.1 201 Created\r\nContent-Length: 100\r\n\r\n{", Outcome.UNKNOWN),
    "no HTTP": (b"SSH-2.0-OpenSSH\r\n", Outcome.UNKNOWN),
    "201 without an id": (answer("201 Created"), Outcome.UNKNOWN),
    "201 that cannot be read": (answer("201 Created", b"<html>"), Outcome.UNKNOWN),
    "201": (answer("201 Created", b'{"id": "abc123", "status": "starting"}'), Outcome.STARTED),
    "201 with raw control characters": (
        answer("201 Created", b'{"id": "abc123", "status": "starting", "logs": "\x1b[0m\t"}'),
        Outcome.STARTED,
    ),
    "301": (answer("301 Moved", b"", "Location: /elsewhere"), Outcome.UNKNOWN),
    "307": (answer("307 Temporary Redirect", b"", "Location: /elsewhere"), Outcome.UNKNOWN),
    "308": (answer("308 Permanent Redirect", b"", "Location: /elsewhere"), Outcome.UNKNOWN),
    "402": (answer("402 Payment Required"), Outcome.THROTTLED),
    "408": (answer("408 Request Timeout"), Outcome.UNKNOWN),
    "409": (answer("409 Conflict"), Outcome.UNKNOWN),
    "422": (answer("422 Unprocessable Entity"), Outcome.NOT_STARTED),
    "429 that throttles": (answer("429 Too Many Requests", THROTTLED, "Retry-After: 0"), Outcome.THROTTLED),
    "429 of somebody else": (answer("429 Too Many Requests", b"<html>", "Retry-After: 0"), Outcome.UNKNOWN),
    "500": (answer("500 Internal Server Error"), Outcome.UNKNOWN),
    "502": (answer("502 Bad Gateway", b"<html>"), Outcome.UNKNOWN),
    "503 that may be repeated": (answer("503 Service Unavailable", b"", "Retry-After: 0"), Outcome.UNKNOWN),
    "504": (answer("504 Gateway Timeout"), Outcome.UNKNOWN),
}
ORDERS: dict[str, Callable[[ReplicateProvider], Started]] = {
    "training": lambda provider: provider.start_training(
        TrainingParameters(steps=3), dataset_url="https://example.test/zip", trigger_word="qtxkbrdf", marker="cqmarker"
    ),
    "picture": lambda provider: provider.start_image(
        TextRecipe("us/people:" + "1" * 64, "a prompt", TALL, seed=1, lora_scale=1, guidance=3, nonce=5),
        marker="cqmarker",
    ),
}


@pytest.mark.parametrize("order", ORDERS)
@pytest.mark.parametrize("what", ANSWERS)
def test_a_paid_call_is_posted_once_when_the_answer_is(
    server: RawServer, provider: ReplicateProvider, what: str, order: str
) -> None:
    """MO-03, MO-04."""
    server.answer, expected = ANSWERS[what]
    started = ORDERS[order](provider)
    assert started.outcome is expected, started
    assert (started.id == "abc123") is (expected is Outcome.STARTED)
    [request] = server.requests
    assert request.startswith(b"POST /v1/")
    assert_token_in_header_only(request)


def test_a_look_tells_a_fault_from_an_unknown_run(server: RawServer, provider: ReplicateProvider) -> None:
    for fault in (answer("500 Internal Server Error"), answer("200 OK", b"<html>"), answer("301 Moved", b"")):
        server.answer = fault
        with pytest.raises(Unavailable):
            provider.look(RunKind.IMAGE, "abc")
    assert all(request.startswith(b"GET /v1/") for request in server.requests)


@pytest.mark.parametrize(("account", "known"), [(b'{"username": "us"}', True), (b'{"username": "them"}', False)])
def test_a_404_counts_only_when_the_token_is_that_of_our_account(
    server: RawServer, provider: ReplicateProvider, account: bytes, known: bool
) -> None:
    """Another account's token knows none of our runs: they are not gone."""
    server.answers = [answer("404 Not Found"), answer("200 OK", account)]
    if known:
        assert provider.look(RunKind.TRAINING, "abc") is None
    else:
        with pytest.raises(Unavailable):
            provider.look(RunKind.TRAINING, "abc")
    assert server.requests[1].startswith(b"GET /v1/account ")


@pytest.mark.parametrize("status", ["429 Too Many Requests", "503 Service Unavailable", "504 Gateway Timeout"])
def test_a_question_is_asked_once_and_no_retry_after_is_slept_on(
    server: RawServer, provider: ReplicateProvider, status: str
) -> None:
    server.answer = answer(status, b"", "Retry-After: 3600")
    with pytest.raises(Unavailable):
        provider.look(RunKind.TRAINING, "abc")
    assert len(server.requests) == 1


def test_an_answer_that_trickles_is_given_up_when_the_whole_of_it_takes_too_long(
    server: RawServer, provider: ReplicateProvider, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each byte is in time, and all together are not."""
    monkeypatch.setattr("croquis.adapters.replicate.provider.ASK_SECONDS", 0.5)
    server.trickles = True
    server.answer = answer("200 OK", b'{"id": "abc", "status": "processing"}' + b" " * 5000)
    with pytest.raises(Unavailable, match="too long"):
        provider.look(RunKind.TRAINING, "abc")


def listed(*created: str, following: str | None = None) -> bytes:
    runs = [{"id": f"r{at[-3:-1]}", "status": "processing", "created_at": at} for at in created]
    return answer("200 OK", json.dumps({"results": runs, "next": following}).encode())


def test_the_list_is_read_page_by_page_until_it_is_old_enough_and_only_from_the_provider(
    server: RawServer, provider: ReplicateProvider
) -> None:
    """MO-05: and the address of the next page is no place to send the token to."""
    elsewhere = "https://elsewhere.example/v1/trainings?cursor=abc"
    server.answers = [
        listed("2026-11-30T10:00:09Z", "2026-11-30T10:00:08Z", following=elsewhere),
        listed("2026-11-30T10:00:07Z", "2026-11-30T09:00:00Z", following=elsewhere),
    ]
    since = datetime(2026, 11, 30, 10, tzinfo=UTC)
    pages = list(provider.list_runs(RunKind.TRAINING, since))
    assert [[run.id for run in page] for page in pages] == [["r09", "r08"], ["r07"]]
    assert server.requests[1].startswith(b"GET /v1/trainings?cursor=abc ")


def test_a_run_whose_log_has_raw_control_characters_is_read(server: RawServer, provider: ReplicateProvider) -> None:
    """As the provider was seen to send it: without this, such a run would never be found to have ended."""
    server.answer = answer("200 OK", b'{"id": "abc123", "status": "succeeded", "logs": "50%|\x1b[A\r###\t|"}')
    run = provider.look(RunKind.TRAINING, "abc123")
    assert run is not None
    assert run.status == "succeeded"


def test_a_cancel_of_what_ended_is_no_error(server: RawServer, provider: ReplicateProvider) -> None:
    """MO-09."""
    server.answer = answer("404 Not Found")
    provider.cancel(RunKind.TRAINING, "abc")
    server.answer = answer("503 Service Unavailable", b"", "Retry-After: 0")
    with pytest.raises(Unavailable):
        provider.cancel(RunKind.TRAINING, "abc")
    assert len(server.requests) == 2


def test_a_picture_is_given_a_deadline_of_its_own(server: RawServer, provider: ReplicateProvider) -> None:
    """MO-14: and nothing asks Replicate to wait with its answer."""
    server.answer = answer("201 Created", b'{"id": "abc123", "status": "starting"}')
    ORDERS["picture"](provider)
    head = server.requests[0].lower()
    assert b"cancel-after: 40m" in head
    assert b"prefer:" not in head


def assert_token_in_header_only(request: bytes) -> None:
    assert request.count(TOKEN.encode()) == 1
    assert f"authorization: bearer {TOKEN}\r\n".lower().encode() in request.lower()
