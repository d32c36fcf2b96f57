"""The only way out to an address that came from somebody else: an allow-list, and a connection that keeps to it.

Never sends a token, follows no redirect, uses no proxy. A name is resolved once; all its addresses must be public, and
the connection goes to the address that was checked, so that a second, different DNS answer changes nothing.
"""

import io
import ipaddress
import re
import socket
import ssl
import time
from collections.abc import Callable, Generator, Iterable, Sequence
from contextlib import AbstractContextManager, contextmanager, suppress
from typing import TYPE_CHECKING

import httpcore

from croquis.errors import CroquisError, TooLarge, Unavailable

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

PROVIDER_DOMAIN = "replicate.delivery"
PROVIDER_HOSTS = frozenset({PROVIDER_DOMAIN, "api.replicate.com"})
MAX_URL_LENGTH = 4096
CONNECT_S = 5.0
READ_S = 15.0
BUFFER_BYTES = 1 << 16
# all of IPv6 that anybody on the Internet has an address in, and prefixes that hide a v4 address in its last 32 bits
GLOBAL_UNICAST = ipaddress.ip_network("2000::/3")
NAT64 = ipaddress.ip_network("64:ff9b::/96")
# relays of 6to4, protocols, documents: Pythons of our age take them for public ones
NOBODYS = tuple(ipaddress.ip_network(it) for it in ("192.88.99.0/24", "192.0.0.0/24", "3fff::/20"))
ISATAP = (0x0000_5EFE, 0x0200_5EFE)  # before a v4 address, whatever the prefix

_LABEL = r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
_URL = re.compile(rf"https://(?P<host>{_LABEL}(?:\.{_LABEL})+)(?::443)?(?:[/?#].*)?", re.IGNORECASE | re.ASCII)
# controls, space, backslash and whatever is not ASCII are where two readers of one URL disagree about its host
_CLEAN = re.compile(r"[!-\[\]-~]+")

Resolve = Callable[[str, int], Sequence[str]]


class NotAllowed(CroquisError):
    """The URL, the address behind its name, or a redirect leads where we do not fetch from."""


class Download(io.BufferedReader):
    """A response's body as a binary stream.

    Reading raises `Unavailable` when the body ends early, stalls, or its deadline passes, `TooLarge` past its limit.
    """

    def __init__(self, body: "_Body", size: int | None) -> None:
        super().__init__(body, BUFFER_BYTES)
        self.size = size


def allowed(url: str) -> bool:
    """May we fetch it? Only https, on port 443, from Replicate's own hosts, written without tricks."""
    host = _host(url)
    return host in PROVIDER_HOSTS or host.endswith("." + PROVIDER_DOMAIN)


def addresses_of(host: str, port: int) -> Sequence[str]:
    """Every address that the system's resolver knows for the name; raises `Unavailable` when it knows none."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except OSError as error:
        raise Unavailable("The download's host name cannot be resolved. Try again later.") from error
    return [str(entry[4][0]) for entry in found]


@contextmanager
def fetch(
    url: str,
    *,
    limit: int,
    deadline_s: float,
    extra_origin: str | None = None,
    resolve: Resolve = addresses_of,
    sockets: httpcore.NetworkBackend | None = None,
) -> Generator[Download]:
    """Opens a download of at most `limit` bytes that must be over `deadline_s` seconds from now.

    Raises `NotAllowed`, `TooLarge`, or `Unavailable` when the host does not answer 200 with the bytes. `extra_origin`
    (scheme://host:port) is the sandbox's own address, given by the wiring alone: there, no address is checked.
    `sockets` replaces the system's, below every check.
    """
    sandbox = extra_origin is not None and _is_within(url, extra_origin)
    if not (sandbox or allowed(url)):
        raise NotAllowed("This address is not on the list of hosts that files are fetched from.")
    sockets = sockets or httpcore.SyncBackend()
    network = _Network(sockets, time.monotonic() + deadline_s, resolve, public_only=not sandbox)
    with httpcore.ConnectionPool(network_backend=network) as pool, _neighbour_faults(), _get(pool, url) as response:
        _refuse_status(response.status)
        headers = {name.lower(): value for name, value in response.headers}
        if headers.get(b"content-type", b"").lower().startswith(b"text/html"):  # no file of ours is one
            raise Unavailable("The host answered with a page instead of the file.")
        size = _declared_size(headers, limit)
        body = _Body(response.iter_stream(), size, limit)
        with Download(body, size) as download:
            yield download


def _host(url: str) -> str:
    match = _URL.fullmatch(url) if len(url) <= MAX_URL_LENGTH and _CLEAN.fullmatch(url) else None
    return match["host"].lower() if match else ""


def _is_within(url: str, origin: str) -> bool:
    return len(url) <= MAX_URL_LENGTH and bool(_CLEAN.fullmatch(url)) and url.startswith(origin.rstrip("/") + "/")


def _refuse_private(addresses: Sequence[str]) -> None:
    if not all(_is_public(address) for address in addresses):
        raise NotAllowed("The host's name leads to an address that is not public.")


def _is_public(text: str) -> bool:
    try:
        address = ipaddress.ip_address(text.partition("%")[0])
    except ValueError:
        return False
    if isinstance(address, ipaddress.IPv6Address):
        address = _v4_within(address) or address
    if address.version == 6 and address not in GLOBAL_UNICAST:
        return False
    return address.is_global and not address.is_multicast and not any(address in it for it in NOBODYS)


def _v4_within(address: ipaddress.IPv6Address) -> ipaddress.IPv4Address | None:
    # a v4 address in v6 clothes is judged as what it reaches
    if address in NAT64 or (int(address) >> 32) & 0xFFFFFFFF in ISATAP:
        return ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
    return address.ipv4_mapped or address.sixtofour


def _get(pool: httpcore.ConnectionPool, url: str) -> AbstractContextManager[httpcore.Response]:
    headers = [("Accept-Encoding", "identity"), ("User-Agent", "croquis")]
    timeouts = {"connect": CONNECT_S, "read": READ_S, "write": READ_S, "pool": CONNECT_S}
    return pool.stream("GET", url.partition("#")[0], headers=headers, extensions={"timeout": timeouts})


def _refuse_status(status: int) -> None:
    if 300 <= status < 400:
        raise NotAllowed("The host answered with a redirect, and redirects are not followed.")
    if status != 200:
        raise Unavailable(f"The host answered {status} instead of the file. Try again later.")


def _declared_size(headers: dict[bytes, bytes], limit: int) -> int | None:
    if headers.get(b"content-encoding", b"identity") != b"identity":
        raise Unavailable("The host sent the file in an encoding that was not asked for. Try again later.")
    text = headers.get(b"content-length")
    size = int(text) if text is not None and text.isdigit() else None
    if size is not None and size > limit:
        raise TooLarge("The file is larger than its limit.")
    return size


@contextmanager
def _neighbour_faults() -> Generator[None]:
    try:
        yield
    except (
        httpcore.TimeoutException,
        httpcore.NetworkError,
        httpcore.ProtocolError,
        httpcore.UnsupportedProtocol,
    ) as e:
        raise Unavailable("The host of the file did not answer properly or in time. Try again later.") from e


class _Body(io.RawIOBase):
    """Counts what arrives: not a byte more than the limit, not a byte less than was declared."""

    def __init__(self, chunks: Iterable[bytes], size: int | None, limit: int) -> None:
        self._chunks = iter(chunks)
        self._size = size
        self._limit = limit
        self._received = 0
        self._rest = b""

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: "WriteableBuffer", /) -> int:
        view = memoryview(buffer).cast("B")
        if not self._rest:
            self._rest = self._next_chunk()
        part, self._rest = self._rest[: len(view)], self._rest[len(view) :]
        view[: len(part)] = part
        return len(part)

    def _next_chunk(self) -> bytes:
        with _neighbour_faults():
            chunk = next(self._chunks, b"")
        self._received += len(chunk)
        if self._received > self._limit:
            raise TooLarge("The file is larger than its limit.")
        if not chunk and self._size is not None and self._received != self._size:
            raise Unavailable("The file arrived incomplete. Try again later.")
        return chunk


class _Network(httpcore.NetworkBackend):
    """Connects to an address that was checked, and gives no operation more time than the whole has left."""

    def __init__(
        self, sockets: httpcore.NetworkBackend, deadline: float, resolve: Resolve, *, public_only: bool
    ) -> None:
        self._sockets = sockets
        self._deadline = deadline
        self._resolve = resolve
        self._public_only = public_only

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.NetworkStream:
        addresses = self._resolve(host, port)
        if self._public_only:
            _refuse_private(addresses)
        for address in addresses:
            with suppress(httpcore.ConnectError, httpcore.ConnectTimeout):
                left = _left(self._deadline, timeout)
                stream = self._sockets.connect_tcp(address, port, left, local_address, socket_options)
                return _Stream(stream, self._deadline)
        raise httpcore.ConnectError("None of the host's addresses answers.")


class _Stream(httpcore.NetworkStream):
    def __init__(self, stream: httpcore.NetworkStream, deadline: float) -> None:
        self._stream = stream
        self._deadline = deadline

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._stream.read(max_bytes, _left(self._deadline, timeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._stream.write(buffer, _left(self._deadline, timeout))

    def close(self) -> None:
        self._stream.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        stream = self._stream.start_tls(ssl_context, server_hostname, _left(self._deadline, timeout))
        return _Stream(stream, self._deadline)

    def get_extra_info(self, info: str) -> object:
        return self._stream.get_extra_info(info)


def _left(deadline: float, timeout: float | None) -> float:
    left = deadline - time.monotonic()
    if left <= 0:
        raise httpcore.ReadTimeout("The whole download's deadline has passed.")
    return left if timeout is None else min(left, timeout)
