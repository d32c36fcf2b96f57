"""PostgREST's query string as SQL: filters, logic trees, column lists, order and page. Knows nothing of HTTP answers.

Values stay untyped literals, so that Postgres chooses their types as it does for PostgREST. `source` is the table, or
the alias of a function's rows, that every column is qualified with.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import LiteralString

from psycopg.sql import SQL, Composable, Composed, Identifier, Literal

from sandbox.supabase.refusals import ApiError, refusal

MAX_ROWS = 1000  # a hosted project's default
RESERVED = {"select", "order", "limit", "offset"}
COMPARISONS: dict[str, LiteralString] = {
    "eq": "=", "neq": "<>", "gt": ">", "gte": ">=", "lt": "<", "lte": "<=", "like": "LIKE", "ilike": "ILIKE",
    "match": "~", "imatch": "~*", "cs": "@>", "cd": "<@", "ov": "&&", "isdistinct": "IS DISTINCT FROM",
}  # fmt: skip
TRUTHS: dict[str, LiteralString] = {
    "null": "NULL", "not_null": "NOT NULL", "true": "TRUE", "false": "FALSE", "unknown": "UNKNOWN",
}  # fmt: skip
ORDERS: dict[str, LiteralString] = {
    "asc": "ASC", "desc": "DESC", "nullsfirst": "NULLS FIRST", "nullslast": "NULLS LAST",
}  # fmt: skip
QUANTIFIED: dict[str | None, LiteralString] = {None: "{}", "any": "ANY ({})", "all": "ALL ({})"}
FILTER = re.compile(r"(?P<op>[a-z]+)(?:\((?P<option>\w+)\))?\.(?P<value>.*)", re.DOTALL)
TREE = re.compile(r"(?P<negated>not\.)?(?P<word>and|or)(?P<list>\(.*\))", re.DOTALL)
Pairs = Sequence[tuple[str, str]]


@dataclass(frozen=True)
class Page:
    """Which of the rows are asked for; never more than MAX_ROWS."""

    offset: int
    limit: int

    @classmethod
    def of(cls, pairs: Pairs) -> "Page":
        given = dict(pairs)
        return cls(_count(given.get("offset", "0")), min(_count(given.get("limit", str(MAX_ROWS))), MAX_ROWS))

    def sql(self) -> Composed:
        return SQL(" LIMIT {} OFFSET {}").format(Literal(self.limit), Literal(self.offset))


def conditions(source: Composable, pairs: Pairs) -> list[Composable]:
    """What all filters of a query string demand of a row."""
    return [_parameter(source, name, value) for name, value in pairs if name not in RESERVED]


def is_filter(value: str) -> bool:
    """Is this a condition such as `eq.1`, or a plain value?"""
    found = FILTER.fullmatch(value.removeprefix("not."))
    return found is not None and (found["op"] in COMPARISONS or found["op"] in ("is", "in"))


def projected(source: Composable, item: str) -> Composable:
    """One column of `select=`: a name, a JSON path, with or without an alias; or all of them."""
    if item == "*":
        return SQL("{}.*").format(source)
    aliased = re.fullmatch(r'("[^"]*"|[^:"]+):(?!:)(.+)', item)
    alias, text = (aliased[1], aliased[2]) if aliased else (None, item)
    if "::" in text:
        raise unparsable("select parameter", text)  # no casts here
    return SQL("{} AS {}").format(_column(source, text), Identifier(unquoted(alias or _path(text)[-1])))


def order_by(source: Composable, wished: str) -> Composable:
    """The ORDER BY clause of `order=`, or nothing."""
    items = [_ordered(source, item) for item in split(wished)]
    return SQL(" ORDER BY {}").format(SQL(", ").join(items)) if items else SQL("")


def split(text: str, separator: str = ",") -> list[str]:
    """Cut at the separators that stand outside quotes, parentheses and braces."""
    return list(_pieces(text, separator)) if text else []


def unquoted(text: str) -> str:
    """The text without the double quotes around it and the backslashes inside, if it has them."""
    quoted = len(text) > 1 and text[0] == text[-1] == '"'
    return re.sub(r"\\(.)", r"\1", text[1:-1], flags=re.DOTALL) if quoted else text


def unparsable(what: str, text: str) -> ApiError:
    told = "The local stand-in of Supabase parses neither casts nor full-text and range operators."
    return refusal(400, "PGRST100", f'"failed to parse {what} ({text})" (line 1, column 1)', told)


def _pieces(text: str, separator: str) -> Iterator[str]:
    start, depth, in_quotes, position = 0, 0, False, 0
    while position < len(text):
        letter = text[position]
        if letter == "\\" and in_quotes:
            position += 1  # the next letter is meant literally
        elif letter == '"':
            in_quotes = not in_quotes
        elif not in_quotes:
            depth += (letter in "({") - (letter in ")}")
            if letter == separator and depth == 0:
                yield text[start:position]
                start = position + 1
        position += 1
    yield text[start:]


def _count(text: str) -> int:
    if not re.fullmatch(r"\d{1,9}", text):
        raise unparsable("range", text)
    return int(text)


def _parameter(source: Composable, name: str, value: str) -> Composable:
    tree = TREE.fullmatch(name + value)
    return _logic(source, tree) if tree else _condition(source, name, value)


def _logic(source: Composable, tree: re.Match[str]) -> Composable:
    items = [_branch(source, item) for item in split(tree["list"][1:-1])]
    if not items:
        raise unparsable("logic tree", tree[0])
    joined = SQL(" OR " if tree["word"] == "or" else " AND ").join(items)
    return SQL("NOT ({})" if tree["negated"] else "({})").format(joined)


def _branch(source: Composable, item: str) -> Composable:
    if tree := TREE.fullmatch(item):
        return _logic(source, tree)
    name, *rest = split(item, ".")
    return _condition(source, name, item[len(name) + 1 :], in_tree=True) if rest else _condition(source, name, "")


def _condition(source: Composable, name: str, text: str, in_tree: bool = False) -> Composable:
    positive = text.removeprefix("not.")
    found = FILTER.fullmatch(positive)
    expression = found and _comparison(_column(source, name), found, in_tree)
    if not expression:
        raise unparsable("filter", text)
    return SQL("({})" if positive == text else "NOT ({})").format(expression)


def _comparison(column: Composable, found: re.Match[str], in_tree: bool) -> Composable | None:
    op, option, value = found["op"], found["option"], found["value"]
    if op == "is":
        truth = TRUTHS.get(value.lower())
        return SQL("{} IS {}").format(column, SQL(truth)) if truth else None
    if op == "in":
        return _one_of(column, value)
    if op not in COMPARISONS or option not in QUANTIFIED:
        return None
    plain = unquoted(value) if in_tree else value
    literal = Literal(plain.replace("*", "%") if op in ("like", "ilike") else plain)
    right = SQL(QUANTIFIED[option]).format(literal)
    return SQL("{} {} {}").format(column, SQL(COMPARISONS[op]), right)


def _one_of(column: Composable, value: str) -> Composable | None:
    if not (value.startswith("(") and value.endswith(")")):
        return None
    items = [unquoted(item) for item in split(value[1:-1])]
    return SQL("{} = ANY ({})").format(column, Literal(items)) if items else SQL("false")


def _path(text: str) -> list[str]:
    """A column and its JSON steps: `meta->a->>b` is [meta, ->, a, ->>, b]."""
    return re.split(r"(->>|->)", text)


def _column(source: Composable, text: str) -> Composable:
    name, *steps = _path(text)
    expression: Composable = SQL("{}.{}").format(source, Identifier(unquoted(name)))
    for arrow, key in zip(steps[::2], steps[1::2], strict=True):
        step = Literal(int(key)) if re.fullmatch(r"-?\d{1,9}", key) else Literal(unquoted(key))
        expression = SQL("to_jsonb({}){}{}").format(expression, SQL("->>" if arrow == "->>" else "->"), step)
    return expression


def _ordered(source: Composable, item: str) -> Composable:
    name, *words = split(item, ".")
    if not name or any(word not in ORDERS for word in words):
        raise unparsable("order", item)
    return SQL(" ").join([_column(source, name), *(SQL(ORDERS[word]) for word in words)])
