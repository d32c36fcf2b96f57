"""Reads tables and calls functions as PostgREST does: named arguments in; a value, an object or a page of rows out."""

from collections.abc import Sequence
from dataclasses import dataclass

from psycopg.sql import SQL, Composable, Identifier, Literal

from sandbox.supabase.database import Cursor
from sandbox.supabase.filters import Pairs
from sandbox.supabase.refusals import ApiError, refusal
from sandbox.supabase.selection import ROW, Selection, Source

CANDIDATES = """
    select p.provolatile = 'v',
           p.proretset,
           t.typtype = 'c' or t.typname = 'record' or coalesce(p.proargmodes && array['t', 'b', 'o']::"char"[], false),
           t.typname = 'void',
           array(
             select parameter.name
             from unnest(p.proargnames, p.proargmodes) as parameter (name, mode)
             where coalesce(parameter.mode, 'i') in ('i', 'b', 'v')
           ),
           array(
             select format_type(argument.type, null)
             from unnest(p.proargtypes) with ordinality as argument (type, place) order by argument.place
           ),
           p.pronargs - p.pronargdefaults
    from pg_proc p join pg_type t on t.oid = p.prorettype join pg_namespace n on n.oid = p.pronamespace
    where n.nspname = %s and p.proname = %s and p.prokind = 'f'
"""
CALL = Identifier("pgrst_call")
ARGUMENTS = Identifier("pgrst_args")


@dataclass(frozen=True)
class Rows:
    """Each row of a page as JSON text, and how many there are in all, if that was asked."""

    texts: Sequence[str]
    total: int | None = None


@dataclass(frozen=True)
class Function:
    """One function of the catalogue; `types` are spelled by Postgres, in the order of the parameters."""

    schema: str
    name: str
    volatile: bool
    returns_set: bool
    returns_record: bool
    returns_nothing: bool
    parameters: list[str]
    types: list[str]
    required: int

    def takes(self, names: set[str]) -> bool:
        """Can it be called with exactly these named arguments?"""
        return names <= set(self.parameters) and set(self.parameters[: self.required]) <= names


def table(schema: str, name: str) -> Source:
    """A table or view; whether it exists, Postgres will tell."""
    address = Identifier(schema, name)
    return Source(address, address, table=(schema, name))


def read(cursor: Cursor, source: Source, pairs: Pairs, counted: bool) -> Rows:
    """The page of rows that the query string asks for: one statement, or two with a count."""
    selection = Selection.of(cursor, source, pairs)
    shown = SQL("{}.pgrst_scalar" if source.plain else "{}").format(ROW)
    cursor.execute(SQL("SELECT coalesce(to_json({})::text, 'null') FROM ({}) {}").format(shown, selection.rows(), ROW))
    texts = [text for (text,) in cursor.fetchall()]
    if not counted:
        return Rows(texts)
    cursor.execute(selection.count())
    ((total,),) = cursor.fetchall()
    return Rows(texts, total)


def find(cursor: Cursor, schema: str, name: str, arguments: Sequence[str]) -> Function:
    """The function that takes these arguments, or ApiError 404 PGRST202; of several, the one with fewest parameters."""
    cursor.execute(CANDIDATES, (schema, name), prepare=True)  # planning it takes longer than many a function
    candidates = [Function(schema, name, *row) for row in cursor.fetchall()]
    fitting = [candidate for candidate in candidates if candidate.takes(set(arguments))]
    if not fitting:
        raise _missing(schema, name, arguments)
    return min(fitting, key=lambda candidate: len(candidate.parameters))


def call(
    cursor: Cursor, function: Function, arguments: str, names: Sequence[str], filters: Pairs, counted: bool
) -> Rows | str | None:
    """The rows of a set; the JSON text of any other result; None of a function that returns void."""
    source = _source(function, arguments, names)
    if function.returns_nothing:
        cursor.execute(SQL("SELECT 1 FROM {}").format(source.sql))
        return None
    rows = read(cursor, source, filters, counted and function.returns_set)
    return rows if function.returns_set else (rows.texts[0] if rows.texts else "null")


def _source(function: Function, arguments: str, names: Sequence[str]) -> Source:
    """The call, beside one row with its arguments in their own types."""
    called = SQL("{}({})").format(
        Identifier(function.schema, function.name),
        SQL(", ").join(SQL("{0} => {1}.{0}").format(Identifier(name), ARGUMENTS) for name in names),
    )
    columns = SQL("" if function.returns_record else " (pgrst_scalar)")  # a record keeps its columns' names
    source = SQL("{} AS {}{}").format(called, CALL, columns)
    if names:
        type_of = dict(zip(function.parameters, function.types, strict=True))
        typed = SQL(", ").join(SQL("{} {}").format(Identifier(name), _type(type_of[name])) for name in names)
        given = SQL("json_to_record({}::json) AS {} ({})").format(Literal(arguments), ARGUMENTS, typed)
        source = SQL("{}, LATERAL {}").format(given, source)
    return Source(source, CALL, plain=not function.returns_record)


def _type(spelled: str) -> Composable:
    return SQL(spelled)  # pyright: ignore[reportArgumentType] - not a literal, but the catalogue's own spelling


def _missing(schema: str, name: str, arguments: Sequence[str]) -> ApiError:
    listed = ", ".join(arguments)
    called = f"{schema}.{name}({listed})" if arguments else f"{schema}.{name} without parameters"
    searched = "without parameters"
    if arguments:
        plural = "s" if len(arguments) > 1 else ""
        searched = f"with parameter{plural} {listed} or with a single unnamed json/jsonb parameter"
    return refusal(
        404,
        "PGRST202",
        f"Could not find the function {called} in the schema cache",
        f"Searched for the function {schema}.{name} {searched}, but no matches were found in the schema cache.",
    )
