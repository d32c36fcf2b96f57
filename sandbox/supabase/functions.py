"""Calls of SQL functions as PostgREST makes them: named arguments in, a value, an object or rows out."""

from collections.abc import Sequence
from dataclasses import dataclass

from psycopg.sql import SQL, Composable, Composed, Identifier, Literal

from sandbox.supabase.database import Cursor
from sandbox.supabase.filters import Page, Pairs, order_by, projection, where
from sandbox.supabase.refusals import ApiError, refusal

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
ROWS = Identifier("pgrst_call")
ARGUMENTS = Identifier("pgrst_args")


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


def find(cursor: Cursor, schema: str, name: str, arguments: Sequence[str]) -> Function:
    """The function that takes these arguments, or ApiError 404 PGRST202; of several, the one with fewest parameters."""
    candidates = _candidates(cursor, schema, name)
    fitting = [candidate for candidate in candidates if candidate.takes(set(arguments))]
    if not fitting:
        raise _missing(schema, name, arguments)
    return min(fitting, key=lambda candidate: len(candidate.parameters))


def call(
    cursor: Cursor, function: Function, arguments: str, names: Sequence[str], filters: Pairs
) -> list[str] | str | None:
    """The rows of a set, each as JSON text; the JSON text of any other result; None of a function that returns void."""
    source = _source(function, arguments, names)
    if function.returns_nothing:
        cursor.execute(SQL("SELECT 1 FROM {}").format(source))
        return None
    cursor.execute(_selection(function, source, filters))
    texts = [text for (text,) in cursor.fetchall()]
    return texts if function.returns_set else (texts[0] if texts and texts[0] is not None else "null")


def count(cursor: Cursor, function: Function, arguments: str, names: Sequence[str], filters: Pairs) -> int:
    """How many rows the set has in all, whatever the page."""
    source = _source(function, arguments, names)
    cursor.execute(SQL("SELECT count(*) FROM {}{}").format(source, where(ROWS, filters)))
    ((total,),) = cursor.fetchall()
    return total


def _candidates(cursor: Cursor, schema: str, name: str) -> list[Function]:
    cursor.execute(CANDIDATES, (schema, name))
    return [Function(schema, name, *row) for row in cursor.fetchall()]


def _source(function: Function, arguments: str, names: Sequence[str]) -> Composed:
    """What stands in FROM: the call, beside one row with its arguments in their own types."""
    called = SQL("{}({})").format(
        Identifier(function.schema, function.name),
        SQL(", ").join(SQL("{0} => {1}.{0}").format(Identifier(name), ARGUMENTS) for name in names),
    )
    # a record keeps its columns' names; a plain value gets one that no filter can mean
    alias = SQL("{}" if function.returns_record else "{} (pgrst_scalar)").format(ROWS)
    if not names:
        return SQL("{} AS {}").format(called, alias)
    type_of = dict(zip(function.parameters, function.types, strict=True))
    columns = SQL(", ").join(SQL("{} {}").format(Identifier(name), _type(type_of[name])) for name in names)
    return SQL("json_to_record({}::json) AS {} ({}), LATERAL {} AS {}").format(
        Literal(arguments), ARGUMENTS, columns, called, alias
    )


def _selection(function: Function, source: Composable, filters: Pairs) -> Composed:
    page = Page.of(filters).sql() if function.returns_set else SQL("")
    if not function.returns_record:
        return SQL("SELECT to_json(pgrst_call.pgrst_scalar)::text FROM {}{}").format(source, page)
    given = dict(filters)
    rows = SQL("SELECT {} FROM {}{}{}{}").format(
        projection(ROWS, given.get("select", "*")),
        source,
        where(ROWS, filters),
        order_by(ROWS, given.get("order", "")),
        page,
    )
    return SQL("SELECT to_json(pgrst_row)::text FROM ({}) pgrst_row").format(rows)


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
