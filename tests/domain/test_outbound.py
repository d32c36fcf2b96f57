"""Downloads: what a host may do to us while we read its file."""

import socket
import ssl
import threading
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from croquis.adapters.replicate.outbound import NotAllowed, TooLarge, addresses_of, fetch
from croquis.errors import Unavailable

OK = b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello"
NEVER = 30.0
SILENCE = 3.0


class Host:
    """Answers every request on a loopback port with the same bytes, and after a long silence with the `late` ones."""

    def __init__(self, answer: bytes, *, late: bytes = b"", tls: ssl.SSLContext | None = None) -> None:
        self.requests: list[bytes] = []
        self._answer, self._late, self._tls = answer, late, tls
        self._over = threading.Event()
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._thread = threading.Thread(target=self._serve)
        self.port: int = self._listener.getsockname()[1]
        self.origin = f"http://127.0.0.1:{self.port}"

    def __enter__(self) -> "Host":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        socket.create_connection(("127.0.0.1", self.port)).close()
        self._thread.join()
        self._listener.close()

    def _serve(self) -> None:
        while not self._over.is_set():
            line, _ = self._listener.accept()
            with line:
                try:
                    self._talk(self._tls.wrap_socket(line, server_side=True) if self._tls else line)
                except OSError:
                    continue

    def _talk(self, line: socket.socket) -> None:
        if request := line.recv(65536):
            self.requests.append(request)
            line.sendall(self._answer)
            if self._late:
                self._over.wait(SILENCE)
                line.sendall(self._late)


@pytest.fixture
def host() -> Iterator[Callable[..., Host]]:
    started: list[Host] = []

    def start(answer: bytes, **how: object) -> Host:
        started.append(Host(answer, **how).__enter__())  # type: ignore[arg-type]
        return started[-1]

    yield start
    for each in started:
        each.__exit__()


def download(host: Host, *, limit: int = 100, deadline_s: float = NEVER) -> bytes:
    with fetch(f"{host.origin}/a?b=c#d", limit=limit, deadline_s=deadline_s, extra_origin=host.origin) as stream:
        return stream.read()


def test_a_file_is_read_with_its_announced_size(host: Callable[..., Host]) -> None:
    server = host(OK)
    with fetch(f"{server.origin}/x", limit=5, deadline_s=NEVER, extra_origin=server.origin) as stream:
        assert (stream.size, stream.read(2), stream.read(), stream.read()) == (5, b"he", b"llo", b"")


def test_no_token_is_sent_and_no_encoding_asked_for(host: Callable[..., Host]) -> None:
    """AS-15."""
    server = host(OK)
    download(server)
    assert server.requests[0].startswith(b"GET /a?b=c HTTP/1.1\r\n")
    assert b"authorization" not in server.requests[0].lower()
    assert b"Accept-Encoding: identity" in server.requests[0]


CHUNKED = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
HEAD = b"HTTP/1.1 200 OK\r\nContent-Length: "


def test_a_file_of_unannounced_size_is_read_to_its_end(host: Callable[..., Host]) -> None:
    assert download(host(CHUNKED + b"5\r\nhello\r\n0\r\n\r\n")) == b"hello"


FAULTS = {
    "nothing": b"",
    "no HTTP": b"hello\r\n\r\n",
    "half a header": b"HTTP/1.1 200 O",
    "a short body": HEAD + b"6\r\n\r\nhello",
    "a cut chunk": CHUNKED + b"5\r\nhel",
    "no last chunk": CHUNKED + b"5\r\nhello\r\n",
    "two sizes that differ": b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n" + CHUNKED[17:] + b"5\r\nhello\r\n0\r\n\r\n",
    "an unasked encoding": b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 5\r\n\r\nhello",
    "a part": b"HTTP/1.1 206 Partial Content\r\nContent-Length: 5\r\n\r\nhello",
    "an error": b"HTTP/1.1 503 Busy\r\nContent-Length: 0\r\n\r\n",
    "a page": b"HTTP/1.1 200 OK\r\nContent-Type: Text/HTML; charset=utf-8\r\nContent-Length: 5\r\n\r\nhello",
    "not found": b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n",
}


@pytest.mark.parametrize("what", FAULTS)
def test_the_neighbour_is_unavailable_when_it_answers(what: str, host: Callable[..., Host]) -> None:
    """FI-07."""
    with pytest.raises(Unavailable):
        download(host(FAULTS[what]))


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_is_not_followed(status: int, host: Callable[..., Host]) -> None:
    """AS-15."""
    server = host(f"HTTP/1.1 {status} Go\r\nLocation: /b\r\nContent-Length: 0\r\n\r\n".encode())
    with pytest.raises(NotAllowed):
        download(server)
    assert len(server.requests) == 1


@pytest.mark.parametrize("answer", [HEAD + b"6\r\n\r\nhello!", CHUNKED + b"3\r\nhel\r\n3\r\nlo!\r\n0\r\n\r\n"])
def test_a_file_above_the_limit_stops(answer: bytes, host: Callable[..., Host]) -> None:
    """AS-15, FI-07: announced or not."""
    with pytest.raises(TooLarge):
        download(host(answer), limit=5)
    assert download(host(answer), limit=6) == b"hello!"


def test_a_file_announced_above_the_limit_is_not_even_opened(host: Callable[..., Host]) -> None:
    """FI-07."""
    server = host(HEAD + b"6\r\n\r\n")
    with pytest.raises(TooLarge), fetch(f"{server.origin}/x", limit=5, deadline_s=NEVER, extra_origin=server.origin):
        pytest.fail("opened")


@pytest.mark.parametrize("said", [0, 12, len(OK) - 1])
def test_a_host_that_falls_silent_is_given_up_at_the_deadline(said: int, host: Callable[..., Host]) -> None:
    """AS-15, FI-07: before, within and after the header; who waited longer would get the file."""
    with pytest.raises(Unavailable):
        download(host(OK[:said], late=OK[said:]), deadline_s=0.2)


def test_nobody_at_home_is_unavailable() -> None:
    with Host(OK) as gone:
        pass
    with pytest.raises(Unavailable):
        download(gone)


def test_a_name_that_cannot_exist_is_unavailable() -> None:
    with pytest.raises(Unavailable):
        addresses_of(".".join(["longer-than-names-may-be"] * 20), 443)


def test_the_name_is_resolved_once_and_the_checked_address_gets_the_name_as_host(host: Callable[..., Host]) -> None:
    """AS-15: a second DNS answer would have no effect."""
    server, asked = host(OK), []

    def resolve(name: str, port: int) -> Sequence[str]:
        asked.append((name, port))
        return ["127.0.0.1"]

    origin = f"http://sandbox.test:{server.port}"
    with fetch(f"{origin}/x", limit=5, deadline_s=NEVER, extra_origin=origin, resolve=resolve) as stream:
        assert stream.read() == b"hello"
    assert asked == [("sandbox.test", server.port)]
    assert f"Host: sandbox.test:{server.port}".encode() in server.requests[0]


def test_over_tls_the_name_is_asked_for_and_its_certificate_must_be_trusted(
    host: Callable[..., Host], tmp_path: Path
) -> None:
    """AS-15."""
    names: list[str | None] = []
    context = self_signed("sandbox.test", tmp_path)
    context.sni_callback = lambda _socket, name, _context: names.append(name)
    server = host(OK, tls=context)
    origin = f"https://sandbox.test:{server.port}"
    url, to_loopback = f"{origin}/x", lambda *_: ["127.0.0.1"]
    with pytest.raises(Unavailable), fetch(url, limit=5, deadline_s=NEVER, extra_origin=origin, resolve=to_loopback):
        pass
    assert (names, server.requests) == (["sandbox.test"], [])


def self_signed(name: str, folder: Path) -> ssl.SSLContext:
    key, subject = ec.generate_private_key(ec.SECP256R1()), x509.Name([])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder(subject, subject, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=True)
        .sign(key, hashes.SHA256())
    )
    pem = serialization.Encoding.PEM
    secret = key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    (folder / "both.pem").write_bytes(secret + certificate.public_bytes(pem))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / "both.pem")
    return context
