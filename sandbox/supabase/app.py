"""Puts the stand-in together: REST, Storage and Auth under one address, as a Supabase project has them."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.middleware import Middleware
from starlette.middleware.cors import CORSMiddleware

from sandbox.supabase import auth, rest, storage, tus
from sandbox.supabase.database import Database
from sandbox.supabase.refusals import ApiError, answer_api_error
from sandbox.supabase.settings import GatewaySettings

READABLE_BY_PAGES = [
    "Content-Range", "Content-Location", "Preference-Applied", "Location", "ETag", "Upload-Offset", "Upload-Length",
    "Upload-Metadata", "Tus-Resumable", "Tus-Version", "Tus-Extension", "Tus-Max-Size",
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

    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        database.open()
        try:
            yield
        finally:
            await run_in_threadpool(database.close)

    parts = (rest, auth, storage, tus)
    return Starlette(
        routes=[route for part in parts for route in part.routes(settings, database)],
        middleware=[CORS],
        exception_handlers={ApiError: answer_api_error},
        lifespan=lifespan,
    )
