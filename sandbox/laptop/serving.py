"""An ASGI application behind a real socket on 127.0.0.1, in a thread of this process."""

import errno
import socket
import threading
import time
from typing import Self

import uvicorn
from starlette.types import ASGIApp

HOST = "127.0.0.1"
START_SECONDS = 20
STOP_SECONDS = 10


class ServerError(Exception):
    """The server cannot be started; the text says why and what to do."""


def listen(port: int = 0, variable: str = "") -> socket.socket:
    """Take a port of 127.0.0.1, 0 meaning any free one: so the address is known before the application is made.

    ServerError says why it cannot be had, and that the environment variable, if one is named, chooses another.
    """
    # asyncio switches Nagle's delay off only for sockets that name their protocol: else each answer takes 40 ms
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # a port of a server that just ended is free
    try:
        listener.bind((HOST, port))
        listener.listen(1024)  # Linux would let two sockets bind one port with SO_REUSEADDR, but not listen on it
    except OSError as error:
        listener.close()
        raise ServerError(_no_port(port, variable, error)) from error
    return listener


def why_no_port(port: int, variable: str) -> str:
    """The sentence that `listen` would refuse with; that the port was taken when it is free by now."""
    try:
        listen(port, variable).close()
    except ServerError as error:
        return str(error)
    return _no_port(port, variable, OSError(errno.EADDRINUSE, ""))


def _no_port(port: int, variable: str, error: OSError) -> str:
    choose = f"choose another port: {variable}=…" if variable else "choose another port."
    if error.errno in (errno.EACCES, errno.EPERM):
        return f"This user may not open port {port} of {HOST}: systems keep the low ones for root. So {choose}"
    if error.errno == errno.EADDRINUSE:
        return f"Port {port} of {HOST} is taken by another program. Stop that program, or {choose}"
    return f"Port {port} of {HOST} cannot be opened ({error.strerror}). So {choose}"


def url_of(listener: socket.socket) -> str:
    """http://127.0.0.1:PORT, without a slash at the end."""
    return f"http://{HOST}:{listener.getsockname()[1]}"


def free_port() -> int:
    """A TCP port of 127.0.0.1 that is free now."""
    with listen() as probe:
        return int(probe.getsockname()[1])


class ServerThread:
    """Serves from the end of `start` (or the begin of the `with` block) to `stop`; used once.

    The lifespan of the application runs with it, and a failing startup is raised by `start`.
    """

    def __init__(self, app: ASGIApp, port: int = 0, listener: socket.socket | None = None) -> None:
        self._listener = listener or listen(port)
        self.port: int = self._listener.getsockname()[1]
        self.url = url_of(self._listener)
        self._failure: BaseException | None = None
        # this process keeps its own logging; the addresses hold signatures
        config = uvicorn.Config(
            app, log_config=None, access_log=False, lifespan="on", ws="websockets-sansio", timeout_graceful_shutdown=2
        )
        self._server = uvicorn.Server(config)
        self._thread = threading.Thread(target=self._run, daemon=True)

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(self, *_: object) -> None:
        self.stop()

    def start(self) -> Self:
        """Returns when requests are answered."""
        self._thread.start()
        deadline = time.monotonic() + START_SECONDS
        while not self._server.started:
            if not self._thread.is_alive() or time.monotonic() > deadline:
                self.stop()
                raise ServerError(f"The server at {self.url} did not start; see its log.") from self._failure
            time.sleep(0.002)
        return self

    def stop(self) -> None:
        """Let running requests end, for two seconds at most, and free the port."""
        self._server.should_exit = True
        if self._thread.ident is not None:
            self._thread.join(STOP_SECONDS)
        self._listener.close()

    def _run(self) -> None:
        try:
            self._server.run(sockets=[self._listener])
        except BaseException as error:  # noqa: BLE001 - uvicorn ends a failed startup with SystemExit
            self._failure = error
