"""The address at which worker processes find this AWS: moto's server over the same state, closed to web pages."""

import threading
from collections.abc import Callable, Iterable
from typing import Any, Self

from moto.moto_server.werkzeug_app import DomainDispatcherApplication, create_backend_app
from werkzeug.serving import WSGIRequestHandler, make_server

HOST = "127.0.0.1"
LOOPBACK = {HOST, "localhost"}

Wsgi = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]


class Endpoint:
    """Serves while it is open."""

    def __init__(self, port: int) -> None:
        application = closed_to_pages(DomainDispatcherApplication(create_backend_app))
        self._server = make_server(HOST, port, application, threaded=True, request_handler=Quiet)
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True, name="aws endpoint")

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()


class Quiet(WSGIRequestHandler):
    """Without a line for each request."""

    protocol_version = "HTTP/1.1"  # boto3 keeps its connections

    def log(self, type: str, message: str, *args: Any) -> None:  # noqa: A002 - werkzeug's own names
        pass


def closed_to_pages(application: Wsgi) -> Wsgi:
    """Pages send Origin or Sec-Fetch-Site, and a rebound name shows in Host; there is no other protection here."""

    def guarded(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        host = environ.get("HTTP_HOST", "").rsplit(":", 1)[0]
        if host in LOOPBACK and "HTTP_ORIGIN" not in environ and "HTTP_SEC_FETCH_SITE" not in environ:
            return application(environ, start_response)
        start_response("403 Forbidden", [("Content-Length", "0")])
        return [b""]

    return guarded
