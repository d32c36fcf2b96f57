"""The buckets' doors: make, read, list, change, empty, delete; each as the caller, so that the policies decide."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, LiteralString

import psycopg
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from sandbox.supabase import storage_refusals as refuse
from sandbox.supabase.object_rows import Row, allow_deletion, instant, many, remove_objects
from sandbox.supabase.storage_doors import PROJECT_LIMIT, StorageParts, door, json_of

NAME = re.compile(r"[\w!\-.*'() &$@=;:+,?]{1,63}", re.ASCII)
SIZE = re.compile(r"(\d+(?:\.\d+)?)(GB|MB|KB|B)", re.IGNORECASE)
UNITS = {"GB": 10**9, "MB": 10**6, "KB": 10**3, "B": 1}
COLUMNS: LiteralString = "id, name, public, type::text, file_size_limit, allowed_mime_types, created_at, updated_at"


@dataclass(frozen=True)
class Bucket:
    """What an upload or a download must know of its bucket."""

    id: str
    public: bool
    file_size_limit: int | None
    allowed_mime_types: list[str] | None

    @property
    def limit(self) -> int:
        return min(self.file_size_limit or PROJECT_LIMIT, PROJECT_LIMIT)


def find_bucket(parts: StorageParts, bucket: str) -> Bucket:
    """The bucket, whoever asks; StorageError where there is none."""
    with parts.database.as_service(read_only=True) as cursor:
        row = _one(cursor.connection, bucket)
    return Bucket(row["id"], row["public"], row["file_size_limit"], row["allowed_mime_types"])


def routes(parts: StorageParts) -> list[Route]:
    return [
        door(parts, "/bucket", "POST", create),
        door(parts, "/bucket", "GET", list_all),
        door(parts, "/bucket/{bucket}", "GET", read),
        door(parts, "/bucket/{bucket}", "PUT", update),
        door(parts, "/bucket/{bucket}", "DELETE", delete),
        door(parts, "/bucket/{bucket}/empty", "POST", empty),
    ]


async def create(parts: StorageParts, request: Request) -> Response:
    body = await json_of(request)
    name = body.get("name") or ""
    if not NAME.fullmatch(name):
        raise refuse.invalid_bucket_name()
    await run_in_threadpool(_insert, parts, parts.caller(request), body.get("id") or name, name, _limits(body))
    return JSONResponse({"name": name})


async def list_all(parts: StorageParts, request: Request) -> Response:
    def rows() -> list[Row]:
        with parts.database.as_role(parts.caller(request), read_only=True) as cursor:
            return many(cursor.connection, f"select {COLUMNS} from storage.buckets order by name", ())

    return JSONResponse([_as_json(row, typed=True) for row in await run_in_threadpool(rows)])


async def read(parts: StorageParts, request: Request) -> Response:
    def row() -> Row:
        with parts.database.as_role(parts.caller(request), read_only=True) as cursor:
            return _one(cursor.connection, request.path_params["bucket"])

    return JSONResponse(_as_json(await run_in_threadpool(row), typed=False))


async def update(parts: StorageParts, request: Request) -> Response:
    changes = _limits(await json_of(request))

    def change() -> None:
        with parts.database.as_role(parts.caller(request)) as cursor:
            bucket = _one(cursor.connection, request.path_params["bucket"])
            cursor.execute(
                """update storage.buckets set public = %(public)s, file_size_limit = %(file_size_limit)s,
                    allowed_mime_types = %(allowed_mime_types)s, updated_at = now() where id = %(id)s""",
                bucket | changes,
            )

    await run_in_threadpool(change)
    return JSONResponse({"message": "Successfully updated"})


async def empty(parts: StorageParts, request: Request) -> Response:
    bucket = request.path_params["bucket"]

    def remove_all() -> list[Row]:
        with parts.database.as_role(parts.caller(request)) as cursor:
            _one(cursor.connection, bucket)
            return remove_objects(cursor.connection, bucket, None)

    parts.files.drop(row["version"] for row in await run_in_threadpool(remove_all))
    return JSONResponse({"message": "Successfully emptied"})


async def delete(parts: StorageParts, request: Request) -> Response:
    bucket = request.path_params["bucket"]

    def remove() -> None:
        with parts.database.as_role(parts.caller(request)) as cursor:
            _one(cursor.connection, bucket)
            allow_deletion(cursor.connection)
            cursor.execute("delete from storage.buckets where id = %s", (bucket,))

    try:
        await run_in_threadpool(remove)
    except psycopg.errors.ForeignKeyViolation as error:
        raise refuse.bucket_not_empty() from error
    return JSONResponse({"message": "Successfully deleted"})


def _insert(parts: StorageParts, claims: dict[str, Any], bucket: str, name: str, limits: Mapping) -> None:
    values = {"public": False, "file_size_limit": None, "allowed_mime_types": None, **limits}
    try:
        with parts.database.as_role(claims) as cursor:
            cursor.execute(
                """insert into storage.buckets (id, name, public, file_size_limit, allowed_mime_types, owner_id)
                    values (%s, %s, %s, %s, %s, %s)""",
                (bucket, name, *values.values(), claims.get("sub")),
            )
    except psycopg.errors.UniqueViolation as error:
        raise refuse.bucket_already_exists() from error


def _one(connection: psycopg.Connection, bucket: str) -> Row:
    rows = many(connection, f"select {COLUMNS} from storage.buckets where id = %s", (bucket,))
    if not rows:
        raise refuse.no_such_bucket()
    return rows[0]


def _limits(body: Mapping[str, Any]) -> dict[str, Any]:
    given = {key: body[key] for key in ("public", "file_size_limit", "allowed_mime_types") if key in body}
    if "file_size_limit" in given:
        given["file_size_limit"] = _bytes(given["file_size_limit"])
    return given


def _bytes(limit: int | str | None) -> int | None:
    if isinstance(limit, str) and (match := SIZE.fullmatch(limit)):
        limit = int(float(match[1]) * UNITS[match[2].upper()])
    if isinstance(limit, str):
        raise refuse.invalid_request("The file size limit is neither a number nor a size such as 20MB")
    if limit and limit > PROJECT_LIMIT:
        raise refuse.too_large()
    return limit


def _as_json(row: Row, *, typed: bool) -> dict[str, Any]:
    return {
        "id": row["id"],
        "name": row["name"],
        "owner": "",  # a string even where nobody owns it: the Python client insists
        "public": row["public"],
        **({"type": row["type"]} if typed else {}),
        "file_size_limit": row["file_size_limit"],
        "allowed_mime_types": row["allowed_mime_types"],
        "created_at": instant(row["created_at"]),
        "updated_at": instant(row["updated_at"]),
    }
