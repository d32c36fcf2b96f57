"""The doors of objects that are there: their bytes go out, whole or in ranges; links let others in for a while;
they are described and removed. Each asks the database as the caller, so that the policies decide."""

from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import format_datetime
from typing import Any
from urllib.parse import quote

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, Response
from starlette.routing import Route

from sandbox.supabase import storage_refusals as refuse
from sandbox.supabase.database import SERVICE
from sandbox.supabase.object_rows import Row, as_json, find_object, instant, remove_objects, visible_names
from sandbox.supabase.storage import Storage, address, json_of

NOT_FOUND = "Either the object does not exist or you do not have access to it"
UNRESERVED = "!'()*-._~"  # what JavaScript's encodeURIComponent leaves alone


def routes(storage: Storage) -> list[Route]:
    """Those with fixed words come before `/object/{bucket}`."""
    return [
        storage.door("/object/info/{bucket}/{name:path}", "GET", info),
        storage.door("/object/sign/{bucket}/{name:path}", "GET", download_signed),
        storage.door("/object/sign/{bucket}/{name:path}", "POST", sign),
        storage.door("/object/sign/{bucket}", "POST", sign_many),
        storage.door("/object/{bucket}/{name:path}", "GET", download),
        storage.door("/object/{bucket}", "DELETE", remove),
    ]


async def download(storage: Storage, request: Request) -> Response:
    row = await run_in_threadpool(_readable, storage, request)
    return _file(storage, request, row, {"cache-control": _metadata(row)["cacheControl"]})


async def download_signed(storage: Storage, request: Request) -> Response:
    place = address(request)
    expires_at = storage.signer.check_download(request.query_params.get("token", ""), "/".join(place))
    row = await run_in_threadpool(_seen_by, storage, SERVICE, request)
    expires = format_datetime(datetime.fromtimestamp(expires_at, UTC), usegmt=True)
    return _file(storage, request, row, {"expires": expires})


async def info(storage: Storage, request: Request) -> Response:
    row = await run_in_threadpool(_readable, storage, request)
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
    return JSONResponse(body, headers=_told_of(row) | {"cache-control": metadata["cacheControl"]})


async def sign(storage: Storage, request: Request) -> Response:
    lives = _seconds(await json_of(request))
    await run_in_threadpool(_seen_by, storage, storage.caller(request), request)
    return JSONResponse({"signedURL": _signed_url(storage, "/".join(address(request)), lives)})


async def sign_many(storage: Storage, request: Request) -> Response:
    """One answer per path, in order; a path that the caller may not see gets an error instead of a link."""
    body = await json_of(request)
    lives, paths, bucket = _seconds(body), body.get("paths") or [], request.path_params["bucket"]

    def visible() -> set[str]:
        with storage.database.as_role(storage.caller(request), read_only=True) as cursor:
            return visible_names(cursor.connection, bucket, paths)

    seen = await run_in_threadpool(visible)
    return JSONResponse(
        [
            {"error": None, "path": path, "signedURL": _signed_url(storage, f"{bucket}/{path}", lives)}
            if path in seen
            else {"error": NOT_FOUND, "path": path, "signedURL": None}
            for path in paths
        ]
    )


async def remove(storage: Storage, request: Request) -> Response:
    """The rows that are gone; those that were not there, or are hidden from the caller, are simply not among them."""
    names = (await json_of(request)).get("prefixes") or []

    def removed() -> list[Row]:
        with storage.database.as_role(storage.caller(request)) as cursor:
            rows = remove_objects(cursor.connection, request.path_params["bucket"], names)
        storage.files.drop(row["version"] for row in rows)
        return rows

    return JSONResponse([as_json(row) for row in await run_in_threadpool(removed)])


def _readable(storage: Storage, request: Request) -> Row:
    """The row that the caller may read; with a bad token the bucket does not even exist."""
    storage.bucket(request.path_params["bucket"])
    try:
        claims = storage.caller(request)
    except refuse.StorageError as refusal:
        raise refuse.no_such_bucket() from refusal
    return _seen_by(storage, claims, request)


def _seen_by(storage: Storage, claims: Mapping[str, object], request: Request) -> Row:
    with storage.database.as_role(claims, read_only=True) as cursor:
        return find_object(cursor.connection, *address(request))


def _file(storage: Storage, request: Request, row: Row, headers: dict[str, str]) -> Response:
    path = storage.files.path(row["version"] or "")
    if not path.is_file():
        raise refuse.no_such_object()
    described = _told_of(row) | {"content-type": _metadata(row)["mimetype"], "x-robots-tag": "none"} | headers
    if (name := request.query_params.get("download")) is not None:
        described["content-disposition"] = _disposition(name)
    # it answers HEAD, Range and If-Range too, and reads in chunks of 64 kB
    return FileResponse(path, headers=described)


def _told_of(row: Row) -> dict[str, str]:
    changed = format_datetime(row["updated_at"].astimezone(UTC), usegmt=True)
    return {"etag": _metadata(row)["eTag"], "last-modified": changed}


def _metadata(row: Row) -> dict[str, Any]:
    """The object's metadata, also of a row that SQL alone has made, without bytes."""
    nothing = {"size": 0, "mimetype": "application/octet-stream", "cacheControl": "no-cache", "eTag": '""'}
    return nothing | (row["metadata"] or {})


def _disposition(name: str) -> str:
    encoded = quote(name, safe=UNRESERVED)
    return f"attachment; filename={encoded}; filename*=UTF-8''{encoded}" if name else "attachment"


def _seconds(body: dict[str, Any]) -> int:
    # the Python client sends a string, the JavaScript one a number
    lives = str(body.get("expiresIn", ""))
    if not lives.isdecimal() or int(lives) < 1:
        raise refuse.invalid_request("body/expiresIn must be >= 1")
    return int(lives)


def _signed_url(storage: Storage, url: str, lives: int) -> str:
    return f"/object/sign/{quote(url)}?token={storage.signer.sign_download(url, expires_in=lives)}"
