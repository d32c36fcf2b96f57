"""Rows of a table as PostgREST reads and writes them: one request becomes one SQL statement, or two with a count."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from psycopg.sql import SQL, Composable, Identifier, Literal

from sandbox.supabase.database import Cursor
from sandbox.supabase.filters import Page, Pairs, has_filters, order_by, projection, split, unquoted, where
from sandbox.supabase.payload import Payload, invalid_json
from sandbox.supabase.refusals import refusal

COLUMNS = """
    select attname,
           coalesce(
             pg_get_expr(adbin, adrelid),
             case when attidentity <> '' then format('nextval(%%L)', pg_get_serial_sequence(%(table)s, attname)) end
           )
    from pg_attribute left join pg_attrdef on adrelid = attrelid and adnum = attnum
    where attrelid = to_regclass(%(table)s) and attnum > 0 and not attisdropped
"""
PRIMARY_KEY = """
    select attname from pg_index join pg_attribute on attrelid = indrelid and attnum = any (indkey)
    where indrelid = to_regclass(%s) and indisprimary
"""
Preferences = Mapping[str, str]


@dataclass(frozen=True)
class Table:
    """A table's address; whether it exists, Postgres will tell."""

    schema: str
    name: str

    @property
    def sql(self) -> Composable:
        return Identifier(self.schema, self.name)

    @property
    def quoted(self) -> str:
        return self.sql.as_string()


@dataclass(frozen=True)
class Rows:
    """What a statement gave: each row as JSON text (none with return=minimal), how many, and how many in all."""

    texts: list[str]
    count: int
    total: int | None = None
    inserted: bool = True  # False when an upsert found all its rows there already


def read(cursor: Cursor, table: Table, pairs: Pairs, counted: bool) -> Rows:
    """The page of rows that the query string asks for."""
    cursor.execute(SQL("SELECT to_json(pgrst_row)::text FROM ({}) pgrst_row").format(_selection(table, pairs)))
    texts = [text for (text,) in cursor.fetchall()]
    return Rows(texts, len(texts), _total(cursor, table, pairs) if counted else None)


def read_csv(cursor: Cursor, table: Table, pairs: Pairs) -> tuple[bytes, int]:
    """The same page as CSV with a header line, and its number of rows."""
    statement = SQL("COPY ({}) TO STDOUT (FORMAT csv, HEADER)").format(_selection(table, pairs))
    with cursor.copy(statement) as copy:
        text = b"".join(copy)
    return text.removesuffix(b"\n"), max(cursor.rowcount, 0)


def insert(cursor: Cursor, table: Table, pairs: Pairs, prefer: Preferences, payload: Payload) -> Rows:
    """Insert one row or many; with `resolution` in `prefer`, a row that is there already is updated or left alone."""
    known = _columns(cursor, table)
    names = _names(dict(pairs).get("columns"), payload, known, table)
    if not payload.rows:
        return Rows([], 0)
    wished = {"table": table.sql, "columns": SQL(", ").join(map(Identifier, names))}
    if names:
        wished["source"] = _given_rows(table, payload, names, known if prefer.get("missing") == "default" else {})
        start = SQL("INSERT INTO {table} ({columns}) SELECT {columns} FROM {source} given").format(**wished)
    else:
        start = SQL("INSERT INTO {table} DEFAULT VALUES").format(**wished)
    conflict = _conflict(cursor, table, pairs, prefer.get("resolution"), names)
    return _write(cursor, [start, conflict], table, pairs, prefer)


def update(cursor: Cursor, table: Table, pairs: Pairs, prefer: Preferences, payload: Payload) -> Rows:
    """Change the rows that the filters find; a request without any filter is refused."""
    _demand_filter("UPDATE", pairs)
    if len(payload.rows) != 1:
        raise invalid_json()
    names = _names(dict(pairs).get("columns"), payload, _columns(cursor, table), table)
    if not names:
        return Rows([], 0)
    assignments = SQL(", ").join(SQL("{0} = given.{0}").format(Identifier(name)) for name in names)
    record = _given_rows(table, payload, names, {})
    start = SQL("UPDATE {} SET {} FROM {} given").format(table.sql, assignments, record)
    return _write(cursor, [start, where(table.sql, pairs)], table, pairs, prefer)


def delete(cursor: Cursor, table: Table, pairs: Pairs, prefer: Preferences) -> Rows:
    """Delete the rows that the filters find; a request without any filter is refused."""
    _demand_filter("DELETE", pairs)
    start = SQL("DELETE FROM {}").format(table.sql)
    return _write(cursor, [start, where(table.sql, pairs)], table, pairs, prefer)


def _selection(table: Table, pairs: Pairs) -> Composable:
    given = dict(pairs)
    return SQL("SELECT {} FROM {}{}{}{}").format(
        projection(table.sql, given.get("select", "*")),
        table.sql,
        where(table.sql, pairs),
        order_by(table.sql, given.get("order", "")),
        Page.of(pairs).sql(),
    )


def _total(cursor: Cursor, table: Table, pairs: Pairs) -> int:
    cursor.execute(SQL("SELECT count(*) FROM {}{}").format(table.sql, where(table.sql, pairs)))
    ((total,),) = cursor.fetchall()
    return total


def _write(cursor: Cursor, parts: Sequence[Composable], table: Table, pairs: Pairs, prefer: Preferences) -> Rows:
    """Run the statement; the rows go back only when asked for, because that needs the right to read them."""
    wants_rows = prefer.get("return") == "representation"
    columns = projection(table.sql, dict(pairs).get("select", "*"))
    shown = (
        SQL("to_json((SELECT pgrst_row FROM (SELECT {}) pgrst_row))::text").format(columns)
        if wants_rows
        else SQL("null")
    )
    fresh = SQL("xmax = 0") if prefer.get("resolution") == "merge-duplicates" else SQL("true")
    cursor.execute(SQL("{} RETURNING {}, {}").format(SQL("").join(parts), shown, fresh))
    written = cursor.fetchall()
    inserted = not written or any(new for _, new in written)
    return Rows([text for text, _ in written if wants_rows], len(written), len(written), inserted)


def _demand_filter(verb: str, pairs: Pairs) -> None:
    # a hosted project loads `safeupdate` for the same reason
    if not has_filters(pairs):
        raise refusal(400, "21000", f"{verb} requires a WHERE clause")


def _columns(cursor: Cursor, table: Table) -> dict[str, str | None]:
    """Name and default expression of each column; nothing when there is no such table."""
    cursor.execute(COLUMNS, {"table": table.quoted})
    return dict(cursor.fetchall())


def _names(listed: str | None, payload: Payload, known: Mapping[str, object], table: Table) -> list[str]:
    """The columns to write: those of `columns=`, else the keys of the rows, which must all have the same."""
    rows = payload.rows
    names = [unquoted(name) for name in split(listed)] if listed else list(rows[0] if rows else {})
    if not listed and any(row.keys() != rows[0].keys() for row in rows):
        raise refusal(400, "PGRST102", "All object keys must match")
    for name in names:
        if known and name not in known:
            raise refusal(400, "PGRST204", f"Column '{name}' of relation '{table.name}' does not exist")
    return names


def _given_rows(table: Table, payload: Payload, names: Sequence[str], defaults: Mapping[str, str | None]) -> Composable:
    """The rows as a table expression; a key that a row lacks becomes its column's default, if `defaults` has one."""
    literal = Literal(payload.text)
    texts = {name: default for name in names if (default := defaults.get(name)) is not None}
    if not texts:
        return SQL("json_populate_recordset(null::{}, {}::json)").format(table.sql, literal)
    pairs = [SQL("{}, {}").format(Literal(name), _catalogue_text(text)) for name, text in texts.items()]
    record = SQL("jsonb_populate_record(null::{}, jsonb_build_object({}) || pgrst_element)").format(
        table.sql, SQL(", ").join(pairs)
    )
    return SQL("(SELECT filled.* FROM jsonb_array_elements({}::jsonb) pgrst_element, LATERAL {} filled)").format(
        literal, record
    )


def _catalogue_text(expression: str) -> Composable:
    """A default expression, in the words of Postgres' own catalogue: the one text that is SQL and not a literal."""
    return SQL(expression)  # pyright: ignore[reportArgumentType]


def _conflict(cursor: Cursor, table: Table, pairs: Pairs, resolution: str | None, names: Sequence[str]) -> Composable:
    if resolution is None:
        return SQL("")
    target = [unquoted(name) for name in split(dict(pairs).get("on_conflict", ""))]
    if not target:
        cursor.execute(PRIMARY_KEY, (table.quoted,))
        target = [name for (name,) in cursor.fetchall()]
    if not target:
        return SQL("")
    assignments = SQL(", ").join(SQL("{0} = EXCLUDED.{0}").format(Identifier(name)) for name in names)
    merge = resolution == "merge-duplicates" and names
    action = SQL("DO UPDATE SET {}").format(assignments) if merge else SQL("DO NOTHING")
    return SQL(" ON CONFLICT ({}) {}").format(SQL(", ").join(map(Identifier, target)), action)
