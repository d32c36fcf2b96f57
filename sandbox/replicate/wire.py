"""A network that is none: bytes go in, a function answers the request that they hold, bytes come out."""

from collections.abc import Callable, Iterable, Iterator

import h11
import httpcore
import httpx


class Wire(httpcore.NetworkBackend):
    """For clients that open their connections themselves. Whatever the address, the same function answers."""

    def __init__(self, answer: Callable[[httpx.Request], httpx.Response]) -> None:
        self._answer = answer

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ARG002 - of connecting
        local_address: str | None = None,  # noqa: ARG002
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,  # noqa: ARG002
    ) -> httpcore.NetworkStream:
        return _Line(f"http://{host}:{port}", self._answer)


class _Line(httpcore.NetworkStream):
    """One connection, for one request."""

    def __init__(self, origin: str, answer: Callable[[httpx.Request], httpx.Response]) -> None:
        self._origin, self._answer = origin, answer
        self._server = h11.Connection(h11.SERVER)
        self._coming: Iterator[bytes] | None = None
        self._rest = b""

    def write(self, buffer: bytes, timeout: float | None = None) -> None:  # noqa: ARG002 - it never blocks
        self._server.receive_data(buffer)

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        if self._coming is None:
            self._coming = self._sent(timeout)
        while not self._rest:
            try:
                self._rest = next(self._coming)
            except StopIteration:
                return b""  # as of a connection that was closed
            except httpx.TimeoutException as error:
                raise httpcore.ReadTimeout from error
        part, self._rest = self._rest[:max_bytes], self._rest[max_bytes:]
        return part

    def close(self) -> None:
        self._coming = iter(())

    def _sent(self, patience: float | None) -> Iterator[bytes]:
        try:
            answer = self._answer(self._request(patience))
            yield self._bytes_of(h11.Response(status_code=answer.status_code, headers=answer.headers.raw))
            for piece in answer.iter_raw():
                yield self._bytes_of(h11.Data(data=piece))
            yield self._bytes_of(h11.EndOfMessage())
        except httpx.RemoteProtocolError:
            return

    def _bytes_of(self, event: h11.Response | h11.Data | h11.EndOfMessage) -> bytes:
        return self._server.send(event) or b""

    def _request(self, patience: float | None) -> httpx.Request:
        head, body = self._server.next_event(), bytearray()
        if not isinstance(head, h11.Request):
            raise httpx.RemoteProtocolError("That is no request.")
        while isinstance(part := self._server.next_event(), h11.Data):
            body += part.data
        url = self._origin + head.target.decode()
        extensions = {"timeout": {"read": patience}}
        return httpx.Request(
            head.method.decode(), url, headers=list(head.headers), content=bytes(body), extensions=extensions
        )
