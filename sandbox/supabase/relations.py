"""Foreign keys as PostgREST sees them: by which one table's rows stand inside another's, one or many of them."""

from dataclasses import dataclass
from typing import LiteralString

from psycopg.sql import SQL, Composable, Identifier

from sandbox.supabase.database import Cursor
from sandbox.supabase.refusals import ApiError, refusal

Table = tuple[str, str]  # a schema and a name
# Each key is seen from both its ends. From the end that is referred to there are many rows, unless the key is unique.
RELATIONS: LiteralString = """
    with keys as (
      select c.conname, c.conrelid, c.confrelid,
        array(select a.attname::text from unnest(c.conkey) with ordinality k (n, place)
          join pg_attribute a on a.attrelid = c.conrelid and a.attnum = k.n order by place) as referring,
        array(select a.attname::text from unnest(c.confkey) with ordinality k (n, place)
          join pg_attribute a on a.attrelid = c.confrelid and a.attnum = k.n order by place) as referred,
        exists (select from pg_constraint u where u.conrelid = c.conrelid and u.contype in ('p', 'u')
          and u.conkey @> c.conkey and u.conkey <@ c.conkey) as one_to_one
      from pg_constraint c where c.contype = 'f'
    ), ends as (
      select conname, confrelid as target, referring as own, referred as other, true as refers, one_to_one
      from keys where conrelid = to_regclass(format('%%I.%%I', %(schema)s::text, %(name)s::text))
      union all
      select conname, conrelid, referred, referring, false, one_to_one
      from keys where confrelid = to_regclass(format('%%I.%%I', %(schema)s::text, %(name)s::text))
    )
    select e.conname, c.relname, e.own, e.other, e.refers, e.one_to_one
    from ends e join pg_class c on c.oid = e.target
    where c.relnamespace = to_regnamespace(%(schema)s::text)
    order by e.conname, e.refers
"""


@dataclass(frozen=True)
class Relation:
    """A foreign key seen from one of its two tables; `own` columns equal the `other` table's, in pairs."""

    key: str
    target: str
    own: list[str]
    other: list[str]
    refers: bool
    one_to_one: bool

    @property
    def to_one(self) -> bool:
        return self.refers or self.one_to_one

    def is_meant(self, origin: str, target: str, hint: str | None) -> bool:
        """By the other table's name, told apart by a hint; or by the key's name, or by its only column.

        A table's own name inside itself means the rows that refer to this one.
        """
        if target == self.target == origin:
            return not self.refers and hint in (None, *self._only(self.other))
        if hint is not None:
            return target == self.target and hint in (self.key, *self._only(self.own), *self._only(self.other))
        return target in (self.target, self.key, *(self._only(self.own) if self.refers else ()))

    def joins(self, source: Composable, other: Composable) -> list[Composable]:
        pairs = zip(self.own, self.other, strict=True)
        return [SQL("{}.{} = {}.{}").format(source, Identifier(a), other, Identifier(b)) for a, b in pairs]

    def told(self, origin: str) -> dict[str, str]:
        """How PostgREST describes it where it has to ask which one was meant."""
        here, there = f"{origin}({', '.join(self.own)})", f"{self.target}({', '.join(self.other)})"
        kind = "one-to-one" if self.one_to_one else "many-to-one" if self.refers else "one-to-many"
        relationship = f"{self.key} using {here} and {there}"
        return {"cardinality": kind, "embedding": f"{origin} with {self.target}", "relationship": relationship}

    @staticmethod
    def _only(columns: list[str]) -> list[str]:
        return columns if len(columns) == 1 else []


def find(cursor: Cursor, table: Table, target: str, hint: str | None) -> Relation:
    """The relation that is meant; ApiError PGRST200 when there is none, PGRST201 when there are several."""
    schema, name = table
    cursor.execute(RELATIONS, {"schema": schema, "name": name})
    meant = [it for row in cursor.fetchall() if (it := Relation(*row)).is_meant(name, target, hint)]
    if not meant:
        raise _missing(table, target, hint)
    if len(meant) > 1:
        raise _ambiguous(name, target, meant)
    return meant[0]


def _missing(table: Table, target: str, hint: str | None) -> ApiError:
    schema, name = table
    hinted = f" using the hint '{hint}'" if hint else ""
    return refusal(
        400,
        "PGRST200",
        f"Could not find a relationship between '{name}' and '{target}' in the schema cache",
        f"Searched for a foreign key relationship between '{name}' and '{target}'{hinted} in the schema '{schema}', "
        "but no matches were found.",
    )


def _ambiguous(name: str, target: str, meant: list[Relation]) -> ApiError:
    choices = ", ".join(f"'{target}!{relation.key}'" for relation in meant)
    return ApiError(
        300,
        {
            "code": "PGRST201",
            "details": [relation.told(name) for relation in meant],
            "hint": f"Try changing '{target}' to one of the following: {choices}. "
            "Find the desired relationship in the 'details' key.",
            "message": f"Could not embed because more than one relationship was found for '{name}' and '{target}'",
        },
    )
