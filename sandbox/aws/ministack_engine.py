"""MiniStack, so that an unmodified `sam build && sam deploy` runs whole: `python -m sandbox.aws.ministack_engine`.

Adapted: who may call (a guard), functions, routes, executions (the three modules beside this one), a stable address
for the API (/api/...), and state that is saved while running, not only at a clean stop.
"""

# pyright: reportMissingImports=false
import asyncio
import json
import logging
import os
from collections.abc import Awaitable, Callable, MutableMapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from hypercorn.asyncio import serve
from hypercorn.config import Config
from ministack import app as ministack
from ministack.core import persistence
from ministack.services import lambda_svc

from sandbox.aws import ministack_routes
from sandbox.aws.adapting import LOOPBACK, end_with_the_launcher, host_of, is_from_a_program_here
from sandbox.aws.ministack_executions import Executions
from sandbox.aws.ministack_functions import Functions

EXECUTE_API = "/_aws/execute-api/"  # the only form that is open to pages: a form by host name can be forged
API = "/api/"
KEEP_ALIVE_SECONDS = 75

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Any]]
Send = Callable[[Any], Awaitable[None]]


@dataclass
class Doorkeeper:
    """The ASGI application in front of MiniStack's: pages reach the deployed API and nothing else."""

    public_hosts: frozenset[str]
    save_seconds: float
    _saving: asyncio.Task[None] | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            self._saving = asyncio.create_task(_save_every(self.save_seconds))
        elif scope["type"] == "websocket":
            return await send({"type": "websocket.close", "code": 1008})  # browsers may open them to anywhere
        else:
            headers = {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in scope["headers"]}
            host = headers.get("host", "")
            of_the_api = scope["path"].startswith((API, EXECUTE_API)) and host_of(host) in self.public_hosts
            if not of_the_api and not is_from_a_program_here(host, headers):
                return await _answer(send, 403, b"")
            if scope["path"].startswith(API):
                api_id = ministack_routes.only_api()
                if api_id is None:
                    return await _answer(send, 503, b'{"message":"Not exactly one HTTP API is deployed here."}')
                scope = _moved(scope, f"{EXECUTE_API}{api_id}/$default")
        return await ministack.app(scope, receive, send)


def _moved(scope: Scope, prefix: str) -> Scope:
    """The same request as the API's own address would get it, with every byte of the rest of the path as it was."""
    kept = len(API) - 1
    return {**scope, "path": prefix + scope["path"][kept:], "raw_path": prefix.encode() + scope["raw_path"][kept:]}


async def _answer(send: Send, status: int, body: bytes) -> None:
    headers = [(b"content-type", b"application/json"), (b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})


async def _save_every(seconds: float) -> None:
    saved = ""
    while True:
        await asyncio.sleep(seconds)
        services = ministack._build_persistence_save_dict()
        deployed = _deployed()
        if deployed == saved:
            services.pop("lambda", None)  # with its layers half a second, in which nothing is answered
        persistence.save_all(services)
        saved = deployed


def _deployed() -> str:
    """Another text whenever something was deployed to Lambda."""
    functions = [[str(key), func["config"]["RevisionId"]] for key, func in lambda_svc._functions._data.items()]
    layers = [[str(key), len(layer["versions"])] for key, layer in lambda_svc._layers._data.items()]
    return json.dumps([functions, layers, [str(key) for key in lambda_svc._esms._data]])


def main() -> None:
    settings = json.loads(os.environ.pop("ENGINE_SETTINGS"))
    end_with_the_launcher()
    logging.getLogger("persistence").setLevel(logging.WARNING)
    Functions(
        python=settings["function_python"],
        environment=settings["function_environment"],
        layers=Path(settings["layers"]),
        log=Path(settings["function_log"]),
    ).install()
    Executions(url=settings["stepfunctions_url"], region=os.environ["MINISTACK_REGION"]).install()
    ministack_routes.install()
    config = Config()
    config.bind = [f"127.0.0.1:{os.environ['GATEWAY_PORT']}"]
    config.keep_alive_timeout = KEEP_ALIVE_SECONDS
    public_hosts = LOOPBACK | set(settings["public_hosts"])
    asyncio.run(serve(Doorkeeper(public_hosts, settings["save_seconds"]), config))  # pyright: ignore[reportArgumentType]


if __name__ == "__main__":
    main()
