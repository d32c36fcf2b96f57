"""Puts the stand-in together: REST, Storage, Auth and Realtime under one address, as a Supabase project has them."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import psycopg
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.middleware.cors import CORSMiddleware
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response

from sandbox.supabase import absent, auth, object_uploads, objects, rest, tus
from sandbox.supabase.absent import not_here
from sandbox.supabase.database import Database
from sandbox.supabase.realtime import Realtime
from sandbox.supabase.refusals import ApiError
from sandbox.supabase.settings import GatewaySettings
from sandbox.supabase.storage import Storage, answer_refusal
from sandbox.supabase.storage_refusals import StorageError

READABLE_BY_PAGES = [
    "Content-Range", "Content-Location", "Preference-Applied", "Location", "ETag", "Upload-Offset", "Upload-Length",
    "Upload-Metadata", "Tus-Resumable", "Tus-Version", "Tus-Extension", "Tus-Max-Size", "X-Supabase-Api-Version",
]  # fmt: skip
CORS = Middleware(  # the page on another port uploads and reads directly; no cookies are used, so any origin may
    CORSMiddleware,
    allow_origins=["*"],
    allow_methods=["*"],
    allow_headers=["*"],
    expose_headers=READABLE_BY_PAGES,
    max_age=3600,
)


def create_app(settings: GatewaySettings) -> Starlette:
    """The stand-in for one project; its connections open and close with the application's lifespan."""
    database = Database(settings)
    realtime = Realtime(settings, database)

    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        database.open()
        try:
            async with realtime.listening():
                yield
        finally:
            await run_in_threadpool(database.close)

    storage = Storage.of(settings, database)
    return Starlette(
        routes=[
            *auth.routes(settings, database),
            *absent.routes(),
            *rest.routes(settings, database),
            *(route for part in (objects, object_uploads, tus) for route in part.routes(storage)),
            *realtime.routes,
        ],
        middleware=[CORS],
        exception_handlers={
            ApiError: answer_api_error,
            StorageError: answer_refusal,
            psycopg.Error: answer_refusal,
            ClientDisconnect: answer_nobody,
            HTTPException: answer_not_here,
        },
        lifespan=lifespan,
    )


async def answer_api_error(_: Request, error: Exception) -> Response:
    assert isinstance(error, ApiError)
    return error.answer()


async def answer_nobody(_request: Request, _error: Exception) -> Response:
    return Response(status_code=499)


async def answer_not_here(request: Request, error: Exception) -> Response:
    """What the stand-in does not have, in the shape of the service that was asked: no client stumbles over it."""
    assert isinstance(error, HTTPException)
    told = f"{request.method} {request.url.path} is not part of the local stand-in of Supabase."
    return not_here(request.url.path, error.status_code, told)
