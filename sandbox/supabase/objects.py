"""The doors of objects that are there: their bytes go out, whole or in ranges; links let others in for a while;
they are described and removed. Each asks the database as the caller, so that the policies decide."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from email.utils import format_datetime
from typing import Any, LiteralString
from urllib.parse import quote

from psycopg.rows import dict_row
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, Response
from starlette.routing import Route

from sandbox.supabase import storage_refusals as refuse
from sandbox.supabase.database import SERVICE, Cursor
from sandbox.supabase.storage import Storage, address, instant, json_of

NO_TRANSFORM = "The local stand-in of Supabase transforms no images: sign without a transform."
NOT_FOUND = "Either the object does not exist or you do not have access to it"
Row = dict[str, Any]
COLUMNS: LiteralString = """id::text, name, bucket_id, owner_id, version, metadata, user_metadata,
    created_at, updated_at, last_accessed_at"""
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
    body = await json_of(request)
    if body.get("transform"):
        raise refuse.StorageError(400, "not_here", NO_TRANSFORM, "NotHere")
    lives = _seconds(body)
    await run_in_threadpool(_seen_by, storage, storage.caller(request), request)
    return JSONResponse({"signedURL": _signed_url(storage, "/".join(address(request)), lives)})


async def sign_many(storage: Storage, request: Request) -> Response:
    """One answer per path, in order; a path that the caller may not see gets an error instead of a link."""
    body = await json_of(request)
    lives, paths, bucket = _seconds(body), body.get("paths") or [], request.path_params["bucket"]

    def visible() -> set[str]:
        with storage.database.as_role(storage.caller(request), read_only=True) as cursor:
            cursor.execute("select name from storage.objects where bucket_id = %s and name = any(%s)", (bucket, paths))
            return {name for (name,) in cursor}

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
            # lift, for this transaction, the guard against deleting rows behind the files' back
            cursor.execute("select set_config('storage.allow_delete_query', 'true', true)")
            deletion = (
                f"delete from storage.objects where bucket_id = %s and name = any(%s::text[]) returning {COLUMNS}"
            )
            rows = _rows(cursor, deletion, (request.path_params["bucket"], names))
        storage.files.drop(row["version"] for row in rows)
        return rows

    return JSONResponse([_as_json(row) for row in await run_in_threadpool(removed)])


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
        found = f"select {COLUMNS} from storage.objects where bucket_id = %s and name = %s"
        rows = _rows(cursor, found, address(request))
    if not rows:
        raise refuse.no_such_object()
    return rows[0]


def _rows(cursor: Cursor, statement: LiteralString, values: Sequence[object]) -> list[Row]:
    with cursor.connection.cursor(row_factory=dict_row) as rows:
        return rows.execute(statement, values).fetchall()


def _file(storage: Storage, request: Request, row: Row, headers: dict[str, str]) -> Response:
    path = storage.files.path(row["version"] or "")
    if not path.is_file():
        raise refuse.no_such_object()
    described = _told_of(row) | {"content-type": _metadata(row)["mimetype"], "x-robots-tag": "none"} | headers
    if (name := request.query_params.get("download")) is not None:
        described["content-disposition"] = _disposition(name)
    # it answers HEAD, Range and If-Range too, and reads in chunks of 64 kB
    return FileResponse(path, headers=described)


def _as_json(row: Row) -> Row:
    """An object's row as a removal answers it: no nulls where the real service writes empty strings."""
    times = {name: instant(row[name]) for name in ("updated_at", "created_at", "last_accessed_at")}
    place = {"name": row["name"], "bucket_id": row["bucket_id"], "owner": "", "owner_id": row["owner_id"] or ""}
    version = {"version": row["version"], "id": row["id"]}
    return {**place, **version, **times, "metadata": row["metadata"], "user_metadata": row["user_metadata"] or {}}


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
