"""Speaks to the database as PostgREST does: as one of the three roles, with the claims of a token."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import psycopg
import pytest
from psycopg.sql import SQL, Composable, Identifier, Placeholder
from psycopg.types.json import Jsonb

Connection = psycopg.Connection[tuple[Any, ...]]
SIT_DOWN = "select set_config('request.jwt.claims', %s, true), set_config('role', %s, true)"
STAND_UP = "select set_config('request.jwt.claims', '', true), set_config('role', 'none', true)"
NO_RIGHT = psycopg.errors.InsufficientPrivilege


@dataclass(frozen=True)
class Seat:
    """One role at a connection: a refused statement leaves the surrounding transaction as it was."""

    connection: Connection
    role: str
    user: str = ""
    claimed: dict[str, object] = field(default_factory=dict)

    def call(self, function: str, **arguments: Any) -> Any:
        """The answer of a SQL function that gives one row or value, as JSON."""
        (answer,) = self.each(function, **arguments)
        return answer

    def each(self, function: str, **arguments: Any) -> list[Any]:
        """All rows that a SQL function gives, as JSON."""
        named = SQL(", ").join(SQL("{} => {}").format(Identifier(name), Placeholder(name)) for name in arguments)
        query = SQL("select to_json(answer) from public.{}({}) answer").format(Identifier(function), named)
        return [answer for (answer,) in self.sql(query, _plain(arguments))]

    def sql(self, query: Composable | str, values: Any = None) -> list[tuple[Any, ...]]:
        """The rows of any statement; for one that gives none, as many empty ones as it touched."""
        with self.connection.transaction():
            claims = {"role": self.role} | ({"sub": self.user} if self.user else {}) | self.claimed
            self.connection.execute(SIT_DOWN, (json.dumps(claims), self.role))
            done = self.connection.execute(query, values)  # pyright: ignore[reportArgumentType, reportCallIssue]
            rows = done.fetchall() if done.description else [()] * done.rowcount
            self.connection.execute(STAND_UP)
            return rows


@contextmanager
def refused(status: int, code: str, saying: str = ".") -> Iterator[None]:
    """What happens inside is refused by one of our functions: this HTTP status, this code, words to find in it."""
    with pytest.raises(psycopg.Error, match=saying) as caught:
        yield
    assert (caught.value.sqlstate, caught.value.diag.message_detail) == (f"PT{status}", code), caught.value
    assert caught.value.diag.message_primary


def _plain(arguments: dict[str, Any]) -> dict[str, Any]:
    return {name: Jsonb(value) if isinstance(value, dict | list) else value for name, value in arguments.items()}
