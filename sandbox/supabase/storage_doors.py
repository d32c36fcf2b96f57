"""What every door of the Storage stand-in shares: its parts, who is asking, and how a refusal becomes an answer."""

import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, Self

import psycopg
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import Route

from sandbox.supabase import storage_refusals as refuse
from sandbox.supabase.database import Database
from sandbox.supabase.identity import claims_of
from sandbox.supabase.object_bodies import finish_reading
from sandbox.supabase.object_files import ObjectFiles
from sandbox.supabase.refusals import ApiError
from sandbox.supabase.settings import GatewaySettings
from sandbox.supabase.signed_urls import UrlSigner

MOUNT = "/storage/v1"
PROJECT_LIMIT = 524_288_000  # bytes; the project-wide limit that caps each bucket's own
# the words of the real service's token library, by the words of our own REST side
TOKEN_FAULTS = {
    "JWT expired": '"exp" claim timestamp check failed',
    "JWSError JWSInvalidSignature": "signature verification failed",
}

Claims = dict[str, Any]


@dataclass(frozen=True)
class StorageParts:
    """What the doors work with."""

    settings: GatewaySettings
    database: Database
    files: ObjectFiles
    signer: UrlSigner

    @classmethod
    def of(cls, settings: GatewaySettings, database: Database) -> Self:
        return cls(settings, database, ObjectFiles(settings.objects_dir), UrlSigner(settings.url_signing_secret))

    def caller(self, request: Request) -> Claims:
        """Whose request this is: StorageError for a bad token, ApiError for a bad or missing key."""
        try:
            return claims_of(request.headers, self.settings)
        except ApiError as error:
            if "code" not in error.body:
                raise
            message = str(error.body["message"])
            raise refuse.access_denied(TOKEN_FAULTS.get(message, "Invalid Compact JWS")) from error


Answer = Callable[[StorageParts, Request], Awaitable[Response]]


def door(parts: StorageParts, path: str, method: str, answer: Answer) -> Route:
    """A route whose refusals leave in the envelope, after the whole request has been read."""

    async def endpoint(request: Request) -> Response:
        try:
            return await answer(parts, request)
        except ClientDisconnect:
            return Response(status_code=499)  # nobody reads it
        except refuse.StorageError as refusal:
            response = refusal.envelope()
        except psycopg.Error as error:
            response = refuse.from_database(error).envelope()
        await finish_reading(request)
        return response

    return Route(MOUNT + path, endpoint, methods=[method])


async def json_of(request: Request) -> dict[str, Any]:
    """The request's JSON object; an empty body is an empty object."""
    try:
        body = json.loads(await request.body() or b"{}")
    except ValueError as error:
        raise refuse.invalid_request("Body is not valid JSON") from error
    if not isinstance(body, dict):
        raise refuse.invalid_request("Body must be an object")
    return body


def wants_upsert(request: Request) -> bool:
    return request.headers.get("x-upsert") == "true"


def address(request: Request) -> tuple[str, str]:
    """The bucket and the object's name in the path."""
    return request.path_params["bucket"], request.path_params["name"]
