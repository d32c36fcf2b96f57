"""Puts the twin together: Replicate's paths under /v1, output files under /delivery."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.routing import Mount, Route, Router

from sandbox.replicate import answers, catalogue, ordering, reading
from sandbox.replicate.answers import ApiError, ByToken, answer_api_error, answer_http_error
from sandbox.replicate.clocks import Clock, RealClock
from sandbox.replicate.delivery import deliver
from sandbox.replicate.faults import Call
from sandbox.replicate.faulty_calls import Handler, exposed
from sandbox.replicate.runs import Kind
from sandbox.replicate.settings import TwinSettings
from sandbox.replicate.state import Twin

MODEL = "/models/{owner}/{name}"
VERSION = MODEL + "/versions/{version}"


def _route(
    method: str,
    path: str,
    call: Call,
    handler: Handler,
    kind: Kind | None = None,
    missing: str = answers.NOT_FOUND,
) -> Route:
    return Route(path, exposed(call, handler, kind=kind, missing=missing), methods=[method])


V1 = [
    _route("GET", "/account", "account", catalogue.read_account),
    _route("GET", "/webhooks/default/secret", "model", catalogue.read_webhook_secret),
    _route("POST", "/models", "model", catalogue.create_model),
    _route("GET", MODEL, "model", catalogue.read_model),
    _route("GET", VERSION, "model", catalogue.read_version),
    _route("DELETE", VERSION, "delete_version", catalogue.delete_version),
    _route(
        "POST", VERSION + "/trainings", "create", ordering.create_training, "training", missing=answers.NO_DESTINATION
    ),
    _route("GET", "/trainings", "list", reading.list_trainings, "training"),
    _route("GET", "/trainings/{id}", "read", reading.read_training, "training"),
    _route("POST", "/trainings/{id}/cancel", "cancel", reading.cancel_training, "training"),
    _route("POST", "/predictions", "create", ordering.create_prediction, "prediction"),
    _route("GET", "/predictions", "list", reading.list_predictions, "prediction"),
    _route("GET", "/predictions/{id}", "read", reading.read_prediction, "prediction"),
    _route("POST", "/predictions/{id}/cancel", "cancel", reading.cancel_prediction, "prediction"),
]
# of an account that has nothing
OTHERS = [
    Route("/account", catalogue.read_other_account),
    Route("/trainings", reading.list_nothing),
    Route("/predictions", reading.list_nothing),
]


def create_app(
    settings: TwinSettings, *, clock: Clock | None = None, outside: httpx.AsyncBaseTransport | None = None
) -> Starlette:
    """The twin as an application for uvicorn; `app.state.twin` is its Twin. Runs live from its startup to its end.

    `outside` takes the requests that the twin makes itself: webhooks, and files that its runs read. None: the network.
    """
    twin = Twin(settings, clock or RealClock(), outside)

    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        async with twin.living():
            for run in twin.runs.unfinished():
                twin.begin_again(run, *ordering.engine_of(run))
            yield

    app = Starlette(
        routes=[
            Mount("/v1", app=ByToken(Router(V1), Router(OTHERS))),
            Route("/delivery/{token}/{name}", exposed("download", deliver)),
        ],
        exception_handlers={ApiError: answer_api_error, HTTPException: answer_http_error},
        lifespan=lifespan,
    )
    app.state.twin = twin
    return app
