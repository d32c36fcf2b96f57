"""The doors through which bytes come in: a caller's own upload, and the two halves of a signed one.
The right to write is settled before the body is read; the row is written when the bytes are complete on disk."""

import re
from urllib.parse import quote

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from sandbox.supabase import storage_refusals as refuse
from sandbox.supabase.buckets import find_bucket
from sandbox.supabase.object_bodies import read_body
from sandbox.supabase.object_rows import NewObject, Row, object_metadata, probe_upload, write_object
from sandbox.supabase.signed_urls import UploadRight
from sandbox.supabase.storage_doors import Claims, StorageParts, address, door, wants_upsert

# what object stores take without trouble; no "?" inside "[...]" is special
KEY = re.compile(r"[\w/!\-.*'() &$@=;:+,?]+", re.ASCII)
SERVICE: Claims = {"role": "service_role"}


def routes(parts: StorageParts) -> list[Route]:
    return [
        door(parts, "/object/upload/sign/{bucket}/{name:path}", "POST", sign_upload),
        door(parts, "/object/upload/sign/{bucket}/{name:path}", "PUT", upload_signed),
        door(parts, "/object/{bucket}/{name:path}", "POST", upload),
        door(parts, "/object/{bucket}/{name:path}", "PUT", upload_over),
    ]


def check_key(name: str) -> None:
    """Raise StorageError for a name that is empty, or has characters that the real service refuses."""
    if not KEY.fullmatch(name):
        raise refuse.invalid_key(name)


def check_right(parts: StorageParts, claims: Claims, place: tuple[str, str], right: UploadRight) -> None:
    """Raise StorageError or psycopg.Error unless these claims may write there now; nothing is written."""
    check_key(place[1])
    with parts.database.as_role(claims) as cursor:
        probe_upload(cursor.connection, *place, right.owner, upsert=right.upsert)


def commit_object(parts: StorageParts, new: NewObject) -> Row:
    """Write the row of bytes that are complete, as service_role; the bytes that it replaces are forgotten."""
    try:
        with parts.database.as_service() as cursor:
            row, replaced = write_object(cursor.connection, new)
    except BaseException:
        parts.files.drop([new.version])
        raise
    if replaced != new.version:
        parts.files.drop([replaced])
    return row


async def upload(parts: StorageParts, request: Request) -> Response:
    return await _upload_as_caller(parts, request, upsert=wants_upsert(request))


async def upload_over(parts: StorageParts, request: Request) -> Response:
    return await _upload_as_caller(parts, request, upsert=True)


async def sign_upload(parts: StorageParts, request: Request) -> Response:
    place = address(request)
    claims = parts.caller(request)
    right = UploadRight(owner=claims.get("sub"), upsert=wants_upsert(request))
    await run_in_threadpool(check_right, parts, claims, place, right)
    url = "/".join(place)
    token = parts.signer.sign_upload(url, owner=right.owner, upsert=right.upsert)
    return JSONResponse({"url": f"/object/upload/sign/{quote(url)}?token={token}", "token": token})


async def upload_signed(parts: StorageParts, request: Request) -> Response:
    place = address(request)
    right = parts.signer.check_upload(request.query_params.get("token", ""), "/".join(place))
    row = await _receive(parts, request, SERVICE, place, right)
    return JSONResponse({"Key": _key(row)})


async def _upload_as_caller(parts: StorageParts, request: Request, *, upsert: bool) -> Response:
    claims = parts.caller(request)
    right = UploadRight(owner=claims.get("sub"), upsert=upsert)
    row = await _receive(parts, request, claims, address(request), right)
    return JSONResponse({"Key": _key(row), "Id": row["id"]})


async def _receive(
    parts: StorageParts, request: Request, claims: Claims, place: tuple[str, str], right: UploadRight
) -> Row:
    bucket = await run_in_threadpool(find_bucket, parts, place[0])
    await run_in_threadpool(check_right, parts, claims, place, right)
    with parts.files.receive(bucket.limit) as incoming:
        body = await read_body(request, incoming, bucket.allowed_mime_types)
        file = incoming.keep()
    metadata = object_metadata(file, body.mime_type, body.cache_control)
    new = NewObject(*place, file.version, right.owner, metadata, body.user_metadata)
    return await run_in_threadpool(commit_object, parts, new)


def _key(row: Row) -> str:
    return f"{row['bucket_id']}/{row['name']}"
