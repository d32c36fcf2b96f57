"""The address at which worker processes find this AWS: moto's server over the same state, closed to web pages."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from threading import Thread
from typing import Any

from moto.moto_server.werkzeug_app import DomainDispatcherApplication, create_backend_app
from werkzeug.serving import WSGIRequestHandler, make_server

LOOPBACK = {"127.0.0.1", "localhost"}

Wsgi = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]


class Quiet(WSGIRequestHandler):
    """Without a line for each request."""

    protocol_version = "HTTP/1.1"  # boto3 keeps its connections

    def log(self, type: str, message: str, *args: Any) -> None:  # noqa: A002 - werkzeug's own names
        pass


@contextmanager
def endpoint(port: int) -> Iterator[None]:
    """Serves while it is open."""
    application = closed_to_pages(DomainDispatcherApplication(create_backend_app))
    server = make_server("127.0.0.1", port, application, threaded=True, request_handler=Quiet)
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def closed_to_pages(application: Wsgi) -> Wsgi:
    """Pages send Origin or Sec-Fetch-Site, and a rebound name shows in Host; there is no other protection here."""

    def guarded(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        host = environ.get("HTTP_HOST", "").rsplit(":", 1)[0]
        if host in LOOPBACK and "HTTP_ORIGIN" not in environ and "HTTP_SEC_FETCH_SITE" not in environ:
            return application(environ, start_response)
        start_response("403 Forbidden", [("Content-Length", "0")])
        return [b""]

    return guarded
