"""The doors that list, copy, move and remove objects; each is the caller's own right, or nothing happens."""

from datetime import UTC, datetime
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from sandbox.supabase import storage_refusals as refuse
from sandbox.supabase.object_listing import FolderQuery, PageQuery, list_folder, list_page
from sandbox.supabase.object_rows import NewObject, Row, as_json, find_object, instant, move_object, remove_objects
from sandbox.supabase.object_uploads import check_key, check_right, commit_object
from sandbox.supabase.signed_urls import UploadRight
from sandbox.supabase.storage_doors import Claims, StorageParts, address, door, json_of, wants_upsert

Place = tuple[str, str]


def routes(parts: StorageParts) -> list[Route]:
    return [
        door(parts, "/object/list/{bucket}", "POST", list_objects),
        door(parts, "/object/list-v2/{bucket}", "POST", list_objects_by_page),
        door(parts, "/object/copy", "POST", copy),
        door(parts, "/object/move", "POST", move),
        door(parts, "/object/{bucket}", "DELETE", remove),
        door(parts, "/object/{bucket}/{name:path}", "DELETE", remove_one),
    ]


async def list_objects(parts: StorageParts, request: Request) -> Response:
    query = FolderQuery.of(await json_of(request))

    def rows() -> list[Row]:
        with parts.database.as_role(parts.caller(request), read_only=True) as cursor:
            return list_folder(cursor.connection, request.path_params["bucket"], query)

    return JSONResponse(await run_in_threadpool(rows))


async def list_objects_by_page(parts: StorageParts, request: Request) -> Response:
    query = PageQuery.of(await json_of(request))

    def page() -> Row:
        with parts.database.as_role(parts.caller(request), read_only=True) as cursor:
            return list_page(cursor.connection, request.path_params["bucket"], query)

    return JSONResponse(await run_in_threadpool(page))


async def copy(parts: StorageParts, request: Request) -> Response:
    body = await json_of(request)
    source, target = _places(body)
    claims = parts.caller(request)
    right = UploadRight(owner=claims.get("sub"), upsert=wants_upsert(request))
    row = await run_in_threadpool(_copy, parts, claims, source, target, right)
    return JSONResponse({"Key": "/".join(target), "Id": row["id"], **as_json(row)})


async def move(parts: StorageParts, request: Request) -> Response:
    source, target = _places(await json_of(request))
    await run_in_threadpool(_move, parts, parts.caller(request), source, target)
    return JSONResponse({"message": "Successfully moved"})


async def remove(parts: StorageParts, request: Request) -> Response:
    """The rows that are gone; those that were not there, or are hidden from the caller, are simply not among them."""
    names = (await json_of(request)).get("prefixes") or []
    removed = await run_in_threadpool(_remove, parts, request, request.path_params["bucket"], names)
    return JSONResponse([as_json(row) for row in removed])


async def remove_one(parts: StorageParts, request: Request) -> Response:
    bucket, name = address(request)
    if not await run_in_threadpool(_remove, parts, request, bucket, [name]):
        raise refuse.no_such_object()
    return JSONResponse({"message": "Successfully deleted"})


def _places(body: dict[str, Any]) -> tuple[Place, Place]:
    bucket, source, target = (body.get(key) or "" for key in ("bucketId", "sourceKey", "destinationKey"))
    check_key(target)
    return (bucket, source), (body.get("destinationBucket") or bucket, target)


def _copy(parts: StorageParts, claims: Claims, source: Place, target: Place, right: UploadRight) -> Row:
    with parts.database.as_role(claims, read_only=True) as cursor:
        origin = find_object(cursor.connection, *source)
    check_right(parts, claims, target, right)
    version = parts.files.copy(origin["version"])
    metadata = {**origin["metadata"], "lastModified": instant(datetime.now(UTC))}
    new = NewObject(*target, version, right.owner, metadata, origin["user_metadata"] or {})
    return commit_object(parts, new)


def _move(parts: StorageParts, claims: Claims, source: Place, target: Place) -> None:
    owner = claims.get("sub")
    with parts.database.as_role(claims) as cursor:
        old = find_object(cursor.connection, *source)["version"]
        with cursor.connection.transaction(force_rollback=True):
            move_object(cursor.connection, source, target, "1", owner)
    version = parts.files.copy(old)
    try:
        with parts.database.as_service() as cursor:
            move_object(cursor.connection, source, target, version, owner)
    except BaseException:
        parts.files.drop([version])
        raise
    parts.files.drop([old])


def _remove(parts: StorageParts, request: Request, bucket: str, names: list[str]) -> list[Row]:
    with parts.database.as_role(parts.caller(request)) as cursor:
        removed = remove_objects(cursor.connection, bucket, names)
    parts.files.drop(row["version"] for row in removed)
    return removed
