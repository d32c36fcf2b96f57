"""What every door of the Storage stand-in shares: its parts, the buckets' limits, the caller's rights, the refusals.
Buckets are made by SQL alone; images are never transformed, and there is no S3 endpoint."""

import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from typing import Any, LiteralString, Self

import psycopg
from psycopg.types.json import Jsonb
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from sandbox.supabase import storage_refusals as refuse
from sandbox.supabase.database import SERVICE, Database
from sandbox.supabase.identity import claims_of
from sandbox.supabase.object_files import ObjectFiles, StoredFile
from sandbox.supabase.refusals import ApiError, json_object
from sandbox.supabase.settings import GatewaySettings
from sandbox.supabase.signed_urls import UploadRight, UrlSigner

MOUNT = "/storage/v1"
RESUMABLE = f"{MOUNT}/upload/resumable"
TUS = {"tus-resumable": "1.0.0"}
PLAIN = {"content-type": "text/plain;charset=UTF-8"}
# what object stores take without trouble; no "?" inside "[...]" is special
KEY = re.compile(r"[\w/!\-.*'() &$@=;:+,?]+", re.ASCII)
Place = tuple[str, str]  # a bucket, and an object's name in it
# the words of the real service's token library, by the words of our own REST side
TOKEN_FAULTS = {
    "JWT expired": '"exp" claim timestamp check failed',
    "JWSError JWSInvalidSignature": "signature verification failed",
}
# tries the insert that an upload will make; no RETURNING, as that would ask for a SELECT policy as well
PROBE: LiteralString = "insert into storage.objects (bucket_id, name, version, owner_id) values (%s, %s, '1', %s)"
OVERWRITE: LiteralString = """
    on conflict (bucket_id, name) do update set version = excluded.version, owner_id = excluded.owner_id"""
REPLACED: LiteralString = "select version from storage.objects where bucket_id = %s and name = %s for update"
WRITE: LiteralString = f"""
    insert into storage.objects (bucket_id, name, version, owner_id, metadata, user_metadata)
    values (%s, %s, %s, %s, %s, %s) {OVERWRITE},
        metadata = excluded.metadata, user_metadata = excluded.user_metadata, updated_at = now()
    returning id::text"""


@dataclass(frozen=True)
class Description:
    """What comes with the bytes of an object."""

    mime_type: str
    cache_control: str
    user_metadata: dict


@dataclass(frozen=True)
class Bucket:
    """What an upload must know of its bucket; `limit` is in bytes."""

    limit: int
    allowed_mime_types: list[str] | None

    def check_mime_type(self, mime_type: str) -> None:
        """Raise StorageError unless the declared type is one of the bucket's, where "image/*" allows a family."""
        allowed = self.allowed_mime_types
        kind, slash, _ = mime_type.partition("/")
        essence = mime_type.partition(";")[0].strip()
        if allowed and not (slash and (essence in allowed or mime_type in allowed or f"{kind}/*" in allowed)):
            raise refuse.wrong_mime_type(mime_type)


@dataclass(frozen=True)
class Storage:
    """What the doors work with."""

    settings: GatewaySettings
    database: Database
    files: ObjectFiles
    signer: UrlSigner

    @classmethod
    def of(cls, settings: GatewaySettings, database: Database) -> Self:
        return cls(settings, database, ObjectFiles(settings.objects_dir), UrlSigner(settings.url_signing_secret))

    def door(self, path: str, method: str, answer: Callable[["Storage", Request], Awaitable[Response]]) -> Route:
        """A route; what its answer raises goes to `answer_refusal`."""
        return Route(MOUNT + path, partial(answer, self), methods=[method])

    def caller(self, request: Request) -> dict[str, Any]:
        """Whose request this is: StorageError for a bad token, ApiError for a bad or missing key."""
        try:
            return claims_of(request.headers, self.settings)
        except ApiError as error:
            if "code" not in error.body:
                raise
            message = str(error.body["message"])
            raise refuse.access_denied(TOKEN_FAULTS.get(message, "Invalid Compact JWS")) from error

    def right_of_caller(self, request: Request) -> UploadRight:
        """What the caller asks for; whether it is granted, `check_right` tells."""
        claims = self.caller(request)
        return UploadRight(claims.get("sub"), request.headers.get("x-upsert") == "true", claims)

    def bucket(self, bucket: str) -> Bucket:
        """The bucket, whoever asks; StorageError where there is none."""
        with self.database.as_role(SERVICE, read_only=True) as cursor:
            cursor.execute("select file_size_limit, allowed_mime_types from storage.buckets where id = %s", (bucket,))
            found = cursor.fetchone()
        if found is None:
            raise refuse.no_such_bucket()
        most = self.settings.file_size_limit
        return Bucket(min(found[0] or most, most), found[1])

    def check_right(self, place: Place, right: UploadRight) -> None:
        """Raise StorageError or psycopg.Error unless it may be written there now; nothing is written."""
        check_key(place[1])
        probe: LiteralString = PROBE + OVERWRITE if right.upsert else PROBE
        with self.database.as_role(right.claims) as cursor, cursor.connection.transaction(force_rollback=True):
            cursor.execute(probe, (*place, right.owner))

    def commit(self, place: Place, right: UploadRight, file: StoredFile, described: Description) -> str:
        """Write the row of bytes that are complete, as service_role, and return its id; what it replaces is forgotten.

        The real service overwrites here even without upsert: who may write was settled by `check_right`, and of two
        uploads that passed it at once the later one wins.
        """
        metadata = {
            "eTag": file.etag,
            "size": file.size,
            "mimetype": described.mime_type,
            "cacheControl": described.cache_control,
            "lastModified": instant(datetime.now(UTC)),
            "contentLength": file.size,
            "httpStatusCode": 200,
        }
        written = (*place, file.version, right.owner, Jsonb(metadata), Jsonb(described.user_metadata))
        try:
            with self.database.as_role(SERVICE) as cursor:
                cursor.execute(REPLACED, place)
                replaced = [version for (version,) in cursor.fetchall()]
                cursor.execute(WRITE, written)
                ((object_id,),) = cursor.fetchall()
        except BaseException:
            self.files.drop([file.version])
            raise
        self.files.drop(version for version in replaced if version != file.version)
        return object_id


async def answer_refusal(request: Request, error: Exception) -> Response:
    """Starlette's exception handler for StorageError and for what Postgres refuses.

    It answers after the whole request has been read: a client that still sends does not see an early answer. A
    resumable upload is told the true status, in plain text.
    """
    refusal = refuse.from_database(error) if isinstance(error, psycopg.Error) else error
    assert isinstance(refusal, refuse.StorageError)
    try:
        async for _ in request.stream():
            pass
    except RuntimeError:  # it has been read already
        pass
    if request.url.path.startswith(RESUMABLE):
        return Response(refusal.message, refusal.status, PLAIN | TUS)
    return refusal.envelope()


async def json_of(request: Request) -> dict[str, Any]:
    return json_object(await request.body(), refuse.invalid_request("Body must be a JSON object"))


def instant(moment: datetime) -> str:
    """A moment as the real service writes it: UTC with milliseconds."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.") + f"{moment.microsecond // 1000:03d}Z"


def address(request: Request) -> Place:
    """The bucket and the object's name in the path."""
    return request.path_params["bucket"], request.path_params["name"]


def check_key(name: str) -> None:
    """Raise StorageError for a name that is empty, or has characters that the real service refuses."""
    if not KEY.fullmatch(name):
        raise refuse.invalid_key(name)
