"""What a query string takes of one table: columns, filters, order, page, and the rows of other tables inside each row.

Embedding is by foreign keys, with aliases, hints (`table!key`), `!inner`, and filters, order and limit of its own
(`table.column=eq.1`, `table.order=…`), to any depth. No spread, no aggregate but `count`, no order by an embed.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Self

from psycopg.sql import SQL, Composable, Composed, Identifier

from sandbox.supabase import relations
from sandbox.supabase.database import Cursor
from sandbox.supabase.filters import Page, Pairs, conditions, order_by, projected, split, unparsable, unquoted
from sandbox.supabase.refusals import ApiError, refusal
from sandbox.supabase.relations import Relation, Table

ROW = Identifier("pgrst_row")
NAME = r'"[^"]*"|[^:"(!.]+'
EMBED = re.compile(rf"(?:(?P<alias>{NAME}):)?(?P<target>{NAME})(?P<hints>(?:!\w+)*)\((?P<select>.*)\)", re.DOTALL)
OF_ANOTHER = re.compile(r"(?!not\.(?:and|or)$)(?P<table>[A-Za-z_]\w*)\..+", re.DOTALL)
ABSENCE = {"is.null": "NOT EXISTS", "not.is.null": "EXISTS"}


@dataclass(frozen=True)
class Source:
    """Where rows come from: what stands in FROM, and the name that qualifies its columns."""

    sql: Composable
    name: Composable
    plain: bool = False  # its rows are plain values, in a column that no filter can mean
    table: Table | None = None  # which foreign keys lead to other tables from here


@dataclass(frozen=True)
class Selection:
    """The parts of a statement."""

    source: Source
    columns: Composable
    found: Composable
    order: Composable
    page: Composable

    @classmethod
    def of(
        cls, cursor: Cursor, source: Source, pairs: Pairs, joined: tuple[Composable, ...] = (), depth: int = 0
    ) -> Self:
        """Read from a query string; ApiError for what it cannot mean."""
        given, embeds, columns = dict(pairs), dict[str, Embed](), list[Composable]()
        for item in split(given.get("select") or "*"):
            if "(" not in item:
                columns.append(projected(source.name, item))
                continue
            embed = Embed.of(cursor, source, item, pairs, depth)
            embeds[embed.key] = embed
            columns += embed.column
        tests = [*joined, *(embed.exists("EXISTS") for embed in embeds.values() if embed.inner)]
        tests += [embeds[name].exists(ABSENCE[value]) for name, value in pairs if _asks_absence(embeds, name, value)]
        own = [
            (name, value) for name, value in pairs if not _asks_absence(embeds, name, value) and _is_own(embeds, name)
        ]
        tests += conditions(source.name, own)
        found = SQL(" WHERE {}").format(SQL(" AND ").join(tests)) if tests else SQL("")
        order = order_by(source.name, given.get("order", ""))
        return cls(source, SQL(", ").join(columns), found, order, Page.of(pairs).sql())

    def rows(self) -> Composed:
        statement = SQL("SELECT {} FROM {}{}{}{}")
        return statement.format(self.columns, self.source.sql, self.found, self.order, self.page)

    def count(self) -> Composed:
        return SQL("SELECT count(*) FROM {}{}").format(self.source.sql, self.found)


@dataclass(frozen=True)
class Embed:
    """The rows of another table inside one row: an object or null where there can be one, else a list."""

    key: str
    relation: Relation
    selection: Selection
    inner: bool
    shown: bool

    @classmethod
    def of(cls, cursor: Cursor, source: Source, item: str, pairs: Pairs, depth: int) -> Self:
        read = EMBED.fullmatch(item)
        if read is None or source.table is None:
            raise _not_embedded(item)
        target, hints = unquoted(read["target"]), read["hints"].split("!")[1:]
        inner = "inner" in hints
        named = [hint for hint in hints if hint not in ("inner", "left")]
        if len(named) > 1:
            raise unparsable("select parameter", item)
        relation = relations.find(cursor, source.table, target, named[0] if named else None)
        key, table = unquoted(read["alias"] or target), (source.table[0], relation.target)
        alias = Identifier(f"{relation.target}_{depth + 1}")
        other = Source(SQL("{} AS {}").format(Identifier(*table), alias), alias, table=table)
        below = [("select", read["select"]), *_below(key, pairs)]
        joins = tuple(relation.joins(source.name, alias))
        selection = Selection.of(cursor, other, below, joins, depth + 1)
        return cls(key, relation, selection, inner, bool(read["select"]))

    @property
    def column(self) -> list[Composable]:
        """Nothing for empty parentheses, which only filter."""
        if not self.shown:
            return []
        one = SQL("(SELECT to_jsonb({0}) FROM ({1}) {0}) AS {2}")
        many = SQL("(SELECT coalesce(jsonb_agg({0}), '[]') FROM ({1}) {0}) AS {2}")
        return [(one if self.relation.to_one else many).format(ROW, self.selection.rows(), Identifier(self.key))]

    def exists(self, word: str) -> Composable:
        negated = SQL("NOT ") if word.startswith("NOT") else SQL("")
        return SQL("{}EXISTS (SELECT FROM {}{})").format(negated, self.selection.source.sql, self.selection.found)


def _below(key: str, pairs: Pairs) -> Pairs:
    return [(name.removeprefix(f"{key}."), value) for name, value in pairs if name.startswith(f"{key}.")]


def _asks_absence(embeds: Mapping[str, Embed], name: str, value: str) -> bool:
    return name in embeds and value in ABSENCE


def _is_own(embeds: Mapping[str, Embed], name: str) -> bool:
    """Whether a filter is about the table itself; ApiError PGRST108 for one that is about a table not embedded here."""
    other = OF_ANOTHER.fullmatch(name)
    if other and other["table"] not in embeds:
        raise refusal(
            400,
            "PGRST108",
            f"'{other['table']}' is not an embedded resource in this request",
            hint=f"Verify that '{other['table']}' is included in the 'select' query parameter.",
        )
    return other is None


def _not_embedded(item: str) -> ApiError:
    told = (
        "It embeds tables in tables, by foreign keys; no spread, no aggregate but count, nothing in a function's rows."
    )
    return refusal(400, "PGRST200", f"The local stand-in does not do this: select={item}", told)
