"""The doors through which bytes go out, whole or in ranges, and the links that let others in for a while."""

from datetime import UTC, datetime
from email.utils import format_datetime
from typing import Any
from urllib.parse import quote

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, Response
from starlette.routing import Route

from sandbox.supabase import storage_refusals as refuse
from sandbox.supabase.buckets import find_bucket
from sandbox.supabase.object_rows import Row, find_object, instant, visible_names
from sandbox.supabase.storage_doors import StorageParts, address, door, json_of

NOT_FOUND = "Either the object does not exist or you do not have access to it"
UNRESERVED = "!'()*-._~"  # what JavaScript's encodeURIComponent leaves alone


def routes(parts: StorageParts) -> list[Route]:
    return [
        door(parts, "/object/info/public/{bucket}/{name:path}", "GET", info_public),
        door(parts, "/object/info/authenticated/{bucket}/{name:path}", "GET", info),
        door(parts, "/object/info/{bucket}/{name:path}", "GET", info),
        door(parts, "/object/sign/{bucket}/{name:path}", "GET", download_signed),
        door(parts, "/object/sign/{bucket}/{name:path}", "POST", sign),
        door(parts, "/object/sign/{bucket}", "POST", sign_many),
        door(parts, "/object/public/{bucket}/{name:path}", "GET", download_public),
        door(parts, "/object/authenticated/{bucket}/{name:path}", "GET", download),
        door(parts, "/object/{bucket}/{name:path}", "GET", download),
    ]


async def download(parts: StorageParts, request: Request) -> Response:
    row = await run_in_threadpool(_readable, parts, request)
    return _file(parts, request, row, {"cache-control": _metadata(row)["cacheControl"]})


async def download_public(parts: StorageParts, request: Request) -> Response:
    row = await run_in_threadpool(_public, parts, request)
    return _file(parts, request, row, {"cache-control": _metadata(row)["cacheControl"]})


async def download_signed(parts: StorageParts, request: Request) -> Response:
    place = address(request)
    right = parts.signer.check_download(request.query_params.get("token", ""), "/".join(place))

    def row() -> Row:
        with parts.database.as_service(read_only=True) as cursor:
            return find_object(cursor.connection, *place)

    expires = format_datetime(datetime.fromtimestamp(right.expires_at, UTC), usegmt=True)
    return _file(parts, request, await run_in_threadpool(row), {"expires": expires})


async def info(parts: StorageParts, request: Request) -> Response:
    return _info(await run_in_threadpool(_readable, parts, request))


async def info_public(parts: StorageParts, request: Request) -> Response:
    return _info(await run_in_threadpool(_public, parts, request))


async def sign(parts: StorageParts, request: Request) -> Response:
    lives = _seconds(await json_of(request))
    await run_in_threadpool(_seen_by_caller, parts, request)
    return JSONResponse({"signedURL": _signed_url(parts, "/".join(address(request)), lives)})


async def sign_many(parts: StorageParts, request: Request) -> Response:
    """One answer per path, in order; a path that the caller may not see gets an error instead of a link."""
    body = await json_of(request)
    lives, paths, bucket = _seconds(body), body.get("paths") or [], request.path_params["bucket"]

    def visible() -> set[str]:
        with parts.database.as_role(parts.caller(request), read_only=True) as cursor:
            return visible_names(cursor.connection, bucket, paths)

    seen = await run_in_threadpool(visible)
    return JSONResponse(
        [
            {"error": None, "path": path, "signedURL": _signed_url(parts, f"{bucket}/{path}", lives)}
            if path in seen
            else {"error": NOT_FOUND, "path": path, "signedURL": None}
            for path in paths
        ]
    )


def _readable(parts: StorageParts, request: Request) -> Row:
    """The row that the caller may read; with a bad token a private bucket does not even exist."""
    if find_bucket(parts, request.path_params["bucket"]).public:
        return _public(parts, request)
    try:
        parts.caller(request)
    except refuse.StorageError as refusal:
        raise refuse.no_such_bucket() from refusal
    return _seen_by_caller(parts, request)


def _seen_by_caller(parts: StorageParts, request: Request) -> Row:
    with parts.database.as_role(parts.caller(request), read_only=True) as cursor:
        return find_object(cursor.connection, *address(request))


def _public(parts: StorageParts, request: Request) -> Row:
    if not find_bucket(parts, request.path_params["bucket"]).public:
        raise refuse.no_such_bucket()
    with parts.database.as_service(read_only=True) as cursor:
        return find_object(cursor.connection, *address(request))


def _file(parts: StorageParts, request: Request, row: Row, headers: dict[str, str]) -> Response:
    path = parts.files.path(row["version"] or "")
    if not path.is_file():
        raise refuse.no_such_object()
    described = {
        "content-type": _metadata(row)["mimetype"],
        "etag": _metadata(row)["eTag"],
        "last-modified": _last_modified(row),
        "x-robots-tag": "none",
        **headers,
    }
    if (name := request.query_params.get("download")) is not None:
        described["content-disposition"] = _disposition(name)
    # it answers HEAD, Range and If-Range too, and reads in chunks of 64 kB
    return FileResponse(path, headers=described)


def _info(row: Row) -> Response:
    metadata = _metadata(row)
    body = {
        "id": row["id"],
        "name": row["name"],
        "version": row["version"],
        "bucket_id": row["bucket_id"],
        "size": metadata["size"],
        "content_type": metadata["mimetype"],
        "cache_control": metadata["cacheControl"],
        "etag": metadata["eTag"],
        "metadata": row["user_metadata"] or {},
        "last_modified": instant(row["updated_at"]),
        "created_at": instant(row["created_at"]),
    }
    headers = {
        "etag": metadata["eTag"],
        "last-modified": _last_modified(row),
        "cache-control": metadata["cacheControl"],
    }
    return JSONResponse(body, headers=headers)


def _metadata(row: Row) -> dict[str, Any]:
    """The object's metadata, also of a row that SQL alone has made, without bytes."""
    nothing = {"size": 0, "mimetype": "application/octet-stream", "cacheControl": "no-cache", "eTag": '""'}
    return nothing | (row["metadata"] or {})


def _last_modified(row: Row) -> str:
    return format_datetime(row["updated_at"].astimezone(UTC), usegmt=True)


def _disposition(name: str) -> str:
    encoded = quote(name, safe=UNRESERVED)
    return f"attachment; filename={encoded}; filename*=UTF-8''{encoded}" if name else "attachment"


def _seconds(body: dict[str, Any]) -> int:
    # the Python client sends a string, the JavaScript one a number
    lives = str(body.get("expiresIn", ""))
    if not lives.isdecimal() or int(lives) < 1:
        raise refuse.invalid_request("body/expiresIn must be >= 1")
    return int(lives)


def _signed_url(parts: StorageParts, url: str, lives: int) -> str:
    return f"/object/sign/{quote(url)}?token={parts.signer.sign_download(url, expires_in=lives)}"
