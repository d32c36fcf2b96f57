"""The two ways to list a bucket: folder by folder with an offset, and the newer one with a cursor.
Both see what the caller's policies let through, and nothing else."""

from base64 import b64decode, b64encode
from collections.abc import Mapping
from dataclasses import dataclass
from typing import LiteralString, Self

import psycopg

from sandbox.supabase import storage_refusals as refuse
from sandbox.supabase.object_rows import Row, instant, many

ORDERS: dict[str, LiteralString] = {"asc": "asc", "desc": "desc"}
COLUMNS: dict[str, LiteralString] = {
    "name": "name",
    "created_at": "created_at",
    "updated_at": "updated_at",
    "last_accessed_at": "last_accessed_at",
}
CURSOR_MARK = "l:"  # the real cursors begin with it; they are opaque to clients


@dataclass(frozen=True)
class FolderQuery:
    """What the older listing asks for."""

    folder: str
    search: str
    limit: int
    offset: int
    column: LiteralString
    order: LiteralString

    @classmethod
    def of(cls, body: Mapping) -> Self:
        prefix = body.get("prefix") or ""
        sort = body.get("sortBy") or {}
        return cls(
            folder=f"{prefix}/" if prefix and not prefix.endswith("/") else prefix,
            search=body.get("search") or "",
            limit=int(body.get("limit") or 100),
            offset=int(body.get("offset") or 0),
            column=COLUMNS.get(sort.get("column", "name"), "name"),
            order=ORDERS.get(sort.get("order", "asc"), "asc"),
        )


def list_folder(connection: psycopg.Connection, bucket: str, query: FolderQuery) -> list[Row]:
    """Folders first (rows without an id), then objects; names are relative to the folder."""
    rows = many(
        connection,
        f"""with inside as (
                select substr(name, length(%(folder)s) + 1) as rest, id::text as id, updated_at, created_at,
                    last_accessed_at, metadata
                from storage.objects where bucket_id = %(bucket)s and starts_with(name, %(folder)s)),
            found as (select * from inside where rest <> '' and starts_with(lower(rest), lower(%(search)s)))
            select * from (
                select split_part(rest, '/', 1) as name, null as id, null as updated_at, null as created_at,
                    null as last_accessed_at, null as metadata
                from found where strpos(rest, '/') > 0 group by 1
                union all
                select rest, id, updated_at, created_at, last_accessed_at, metadata
                from found where strpos(rest, '/') = 0) listed
            order by id is null desc, {query.column} {query.order}, name {query.order}
            limit %(limit)s offset %(offset)s""",
        {
            "bucket": bucket,
            "folder": query.folder,
            "search": query.search,
            "limit": query.limit,
            "offset": query.offset,
        },
    )
    return [{"name": row["name"], "id": row["id"], **_times(row), "metadata": row["metadata"]} for row in rows]


@dataclass(frozen=True)
class PageQuery:
    """What the newer listing asks for."""

    prefix: str
    after: str | None
    limit: int
    by_folder: bool
    descending: bool

    @classmethod
    def of(cls, body: Mapping) -> Self:
        sort = body.get("sortBy") or {}
        if sort.get("column", "name") != "name":
            raise refuse.invalid_request("The local listing sorts by name only")
        return cls(
            prefix=body.get("prefix") or "",
            after=_key_of(body["cursor"]) if body.get("cursor") else None,
            limit=min(int(body.get("limit") or 1000), 1000),
            by_folder=bool(body.get("with_delimiter")),
            descending=sort.get("order") == "desc",
        )


def list_page(connection: psycopg.Connection, bucket: str, query: PageQuery) -> Row:
    """One page of folders and objects together, and the cursor of the next one where there is more."""
    order: LiteralString = "desc" if query.descending else "asc"
    after: LiteralString = "<" if query.descending else ">"
    rows = many(
        connection,
        f"""with found as (
                select name, strpos(substr(name, length(%(prefix)s) + 1), '/') as slash, id::text as id, updated_at,
                    created_at, last_accessed_at, metadata
                from storage.objects where bucket_id = %(bucket)s and starts_with(name, %(prefix)s))
            select * from (
                select substr(name, 1, length(%(prefix)s) + slash) as name, null as id, null as updated_at,
                    null as created_at, null as last_accessed_at, null as metadata
                from found where %(by_folder)s and slash > 0 group by 1
                union all
                select name, id, updated_at, created_at, last_accessed_at, metadata
                from found where not %(by_folder)s or slash = 0) listed
            where %(after)s::text is null or name {after} %(after)s
            order by name {order} limit %(limit)s + 1""",
        {
            "bucket": bucket,
            "prefix": query.prefix,
            "by_folder": query.by_folder,
            "after": query.after,
            "limit": query.limit,
        },
    )
    return _page(rows[: query.limit], query, more=len(rows) > query.limit)


def _page(rows: list[Row], query: PageQuery, *, more: bool) -> Row:
    last = rows[-1]["name"] if more and rows else None
    following = {"nextCursor": b64encode(f"{CURSOR_MARK}{last}".encode()).decode(), "nextCursorKey": last}
    return {
        "hasNext": more,
        **(following if last else {}),
        "folders": [{"key": _key(row, query), "name": row["name"]} for row in rows if row["id"] is None],
        "objects": [
            {
                "key": _key(row, query),
                "name": row["name"],
                "id": row["id"],
                **_times(row),
                "metadata": row["metadata"],
            }
            for row in rows
            if row["id"] is not None
        ],
    }


def _key(row: Row, query: PageQuery) -> str:
    return row["name"].rstrip("/").rpartition("/")[2] if query.by_folder else row["name"]


def _key_of(cursor: str) -> str:
    try:
        return b64decode(cursor).decode().removeprefix(CURSOR_MARK)
    except ValueError as error:
        raise refuse.invalid_request("The cursor is not one of ours") from error


def _times(row: Row) -> Row:
    names = ("updated_at", "created_at", "last_accessed_at")
    return {name: instant(row[name]) if row[name] else None for name in names}
