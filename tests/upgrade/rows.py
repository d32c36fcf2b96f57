"""The rows of a released version: read out as JSON, and put into a database that has its migrations."""

import json
from collections.abc import Iterable
from typing import Any, LiteralString

import psycopg
from psycopg.rows import scalar_row
from psycopg.sql import SQL, Identifier

Rows = dict[str, list[Any]]  # of each table the names of its columns, and then a list of values for each row
Connection = psycopg.Connection[Any]

# triggers and foreign keys are for rows that somebody makes
QUIET: LiteralString = "set session_replication_role = replica"
COLUMNS: LiteralString = """
    select array_agg(attname::text order by attnum) from pg_attribute
    where attrelid = %s::regclass and attname = any(%s) and not attisdropped and attgenerated = ''
"""
COUNTED: LiteralString = """
    select attname, pg_get_serial_sequence(%(table)s, attname) from pg_attribute
    where attrelid = %(table)s::regclass and attnum > 0 and pg_get_serial_sequence(%(table)s, attname) is not null
"""


def rows_of(connection: Connection, tables: Iterable[str], where: LiteralString = "true") -> Rows:
    """All that these tables have; empty ones are left out."""
    found = {table: _read(connection, table, where) for table in tables}
    return {table: rows for table, rows in sorted(found.items()) if rows}


def put(connection: Connection, rows: Rows) -> None:
    """As they were, in the place of what is there; numbers that the database counts go on after them."""
    connection.execute(QUIET)
    for table, held in rows.items():
        _write(connection, table, held)
    connection.execute("reset session_replication_role")


def _read(connection: Connection, table: str, where: LiteralString) -> list[Any]:
    query = SQL("select to_jsonb(t) as row from {} t where {} order by to_jsonb(t)::text")
    with connection.cursor(row_factory=scalar_row) as cursor:
        rows: list[dict[str, Any]] = cursor.execute(query.format(_named(table), SQL(where))).fetchall()
    return [[*rows[0]], *([*row.values()] for row in rows)] if rows else []


def _write(connection: Connection, table: str, held: list[Any]) -> None:
    names, *rows = held
    [columns] = connection.execute(COLUMNS, (table, names)).fetchone() or [[]]
    connection.execute(SQL("delete from {}").format(_named(table)))
    connection.execute(
        SQL(
            "insert into {table} ({columns}) overriding system value"
            " select {columns} from jsonb_populate_recordset(null::{table}, %s)"
        ).format(table=_named(table), columns=SQL(", ").join(map(Identifier, columns))),
        (json.dumps([dict(zip(names, row, strict=True)) for row in rows]),),
    )
    for column, sequence in connection.execute(COUNTED, {"table": table}).fetchall():
        last = SQL("select setval(%s, coalesce(max({}), 1)) from {}").format(Identifier(column), _named(table))
        connection.execute(last, (sequence,))


def _named(table: str) -> Identifier:
    return Identifier(*table.split("."))
