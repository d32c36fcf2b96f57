"""The rows of storage.objects: every statement that the Storage stand-in runs on them.
Each takes a connection that already acts as somebody, in a transaction, so that Postgres decides what is allowed."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, LiteralString

import psycopg
from psycopg.rows import dict_row

from sandbox.supabase import storage_refusals as refuse
from sandbox.supabase.object_files import StoredFile

Row = dict[str, Any]

COLUMNS: LiteralString = """id::text, name, bucket_id, owner_id, version, metadata, user_metadata,
    created_at, updated_at, last_accessed_at"""


@dataclass(frozen=True)
class NewObject:
    """A complete row to be: where it lies, whose it is, what it is."""

    bucket: str
    name: str
    version: str
    owner: str | None
    metadata: dict
    user_metadata: dict


def object_metadata(file: StoredFile, mime_type: str, cache_control: str) -> dict:
    """The `metadata` column of an object whose bytes are on disk."""
    return {
        "eTag": file.etag,
        "size": file.size,
        "mimetype": mime_type,
        "cacheControl": cache_control,
        "lastModified": instant(datetime.now(UTC)),
        "contentLength": file.size,
        "httpStatusCode": 200,
    }


def instant(moment: datetime) -> str:
    """A moment as the real service writes it: UTC with milliseconds."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.") + f"{moment.microsecond // 1000:03d}Z"


def probe_upload(connection: psycopg.Connection, bucket: str, name: str, owner: str | None, *, upsert: bool) -> None:
    """Try the insert that the upload will make, and roll it back: raises psycopg.Error where the caller may not.

    No RETURNING, as that would ask for a SELECT policy as well.
    """
    insert: LiteralString = "insert into storage.objects (bucket_id, name, version, owner_id) values (%s, %s, '1', %s)"
    overwrite: LiteralString = (
        " on conflict (bucket_id, name) do update set version = excluded.version, owner_id = excluded.owner_id"
    )
    with connection.transaction(force_rollback=True):
        connection.execute(insert + overwrite if upsert else insert, (bucket, name, owner))


def write_object(connection: psycopg.Connection, new: NewObject) -> tuple[Row, str | None]:
    """Insert the row, or overwrite the one at that name; the row, and the version that it replaced.

    The real service overwrites here even without upsert: who may write was settled by the probe, and of two uploads
    that passed it at once the later one wins.
    """
    old = connection.execute(
        "select version from storage.objects where bucket_id = %s and name = %s for update", (new.bucket, new.name)
    ).fetchone()
    row = _one(
        connection,
        f"""insert into storage.objects (bucket_id, name, version, owner_id, metadata, user_metadata)
            values (%s, %s, %s, %s, %s, %s)
            on conflict (bucket_id, name) do update set version = excluded.version, owner_id = excluded.owner_id,
                metadata = excluded.metadata, user_metadata = excluded.user_metadata, updated_at = now()
            returning {COLUMNS}""",
        (new.bucket, new.name, new.version, new.owner, json.dumps(new.metadata), json.dumps(new.user_metadata)),
    )
    return row, old[0] if old else None


def find_object(connection: psycopg.Connection, bucket: str, name: str) -> Row:
    """The row that the caller may see at that name; StorageError where there is none."""
    return _one(connection, f"select {COLUMNS} from storage.objects where bucket_id = %s and name = %s", (bucket, name))


def visible_names(connection: psycopg.Connection, bucket: str, names: Sequence[str]) -> set[str]:
    """Which of these objects the caller may see."""
    found = connection.execute(
        "select name from storage.objects where bucket_id = %s and name = any(%s)", (bucket, list(names))
    )
    return {name for (name,) in found}


def remove_objects(connection: psycopg.Connection, bucket: str, names: Sequence[str]) -> list[Row]:
    """Delete the rows with these names as far as the caller may; the rows that are gone."""
    # lift, for this transaction, the guard against deleting rows behind the files' back
    connection.execute("select set_config('storage.allow_delete_query', 'true', true)")
    return _many(
        connection,
        f"delete from storage.objects where bucket_id = %s and name = any(%s::text[]) returning {COLUMNS}",
        (bucket, names),
    )


def as_json(row: Row) -> Row:
    """An object's row as a removal answers it: no nulls where the real service writes empty strings."""
    return {
        "name": row["name"],
        "bucket_id": row["bucket_id"],
        "owner": "",
        "owner_id": row["owner_id"] or "",
        "version": row["version"],
        "id": row["id"],
        "updated_at": instant(row["updated_at"]),
        "created_at": instant(row["created_at"]),
        "last_accessed_at": instant(row["last_accessed_at"]),
        "metadata": row["metadata"],
        "user_metadata": row["user_metadata"] or {},
    }


def _one(connection: psycopg.Connection, statement: LiteralString, values: Sequence[object]) -> Row:
    rows = _many(connection, statement, values)
    if not rows:
        raise refuse.no_such_object()
    return rows[0]


def _many(connection: psycopg.Connection, statement: LiteralString, values: Sequence[object]) -> list[Row]:
    with connection.cursor(row_factory=dict_row) as cursor:
        return cursor.execute(statement, values).fetchall()
