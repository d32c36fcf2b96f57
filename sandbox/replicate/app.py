"""Puts the twin together: Replicate's paths under /v1, output files under /delivery."""

import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.routing import Mount, Route

from sandbox.replicate import catalogue, ordering, reading
from sandbox.replicate.answers import ApiError, TokenRequired, answer_api_error, answer_http_error
from sandbox.replicate.delivery import deliver
from sandbox.replicate.settings import TwinSettings
from sandbox.replicate.state import Clock, Twin

MODEL = "/models/{owner}/{name}"
VERSION = MODEL + "/versions/{version}"

V1 = [
    Route("/account", catalogue.read_account),
    Route("/webhooks/default/secret", catalogue.read_webhook_secret),
    Route("/models", catalogue.create_model, methods=["POST"]),
    Route(MODEL, catalogue.read_model),
    Route(VERSION, catalogue.read_version),
    Route(VERSION, catalogue.delete_version, methods=["DELETE"]),
    Route(VERSION + "/trainings", ordering.create_training, methods=["POST"]),
    Route("/trainings", reading.list_trainings),
    Route("/trainings/{id}", reading.read_training),
    Route("/trainings/{id}/cancel", reading.cancel_training, methods=["POST"]),
    Route("/predictions", ordering.create_prediction, methods=["POST"]),
    Route("/predictions", reading.list_predictions),
    Route("/predictions/{id}", reading.read_prediction),
    Route("/predictions/{id}/cancel", reading.cancel_prediction, methods=["POST"]),
]


def create_app(settings: TwinSettings, *, clock: Clock = time.time) -> Starlette:
    """The twin as an application for uvicorn; `app.state.twin` is its Twin. Runs live from its startup to its end."""
    twin = Twin(settings, clock)

    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        async with twin.living():
            for run in twin.runs.unfinished():
                twin.begin_again(run, *ordering.ENGINES[run.kind])
            yield

    app = Starlette(
        routes=[
            Mount("/v1", routes=V1, middleware=[Middleware(TokenRequired, token=settings.api_token)]),
            Route("/delivery/{token}/{name}", deliver),
        ],
        exception_handlers={ApiError: answer_api_error, HTTPException: answer_http_error},
        lifespan=lifespan,
    )
    app.state.twin = twin
    return app
