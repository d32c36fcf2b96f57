"""The routes under /rest/v1: the part of PostgREST that the Supabase clients speak.

Each request is one transaction under the caller's role. Reads, and functions that are not volatile, may not write.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from urllib.parse import parse_qsl

import psycopg
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from sandbox.supabase import functions, tables
from sandbox.supabase.database import Cursor, Database, become
from sandbox.supabase.filters import RESERVED, Page, Pairs, is_filter
from sandbox.supabase.identity import claims_of, key_role
from sandbox.supabase.payload import Payload, invalid_json
from sandbox.supabase.refusals import JSON, of_postgres, refusal
from sandbox.supabase.settings import GatewaySettings
from sandbox.supabase.tables import Rows, Table

SCHEMAS = ("public",)
ONE_OBJECT = "application/vnd.pgrst.object+json"
APPLIED = ("resolution", "missing", "return", "count")  # in the order in which PostgREST names what it obeyed


@dataclass(frozen=True)
class Call:
    """A request, read once."""

    method: str
    path: str
    query: str
    headers: Mapping[str, str]
    body: bytes
    claims: Mapping[str, object]

    @cached_property
    def pairs(self) -> Pairs:
        return parse_qsl(self.query, keep_blank_values=True)

    @cached_property
    def prefer(self) -> dict[str, str]:
        wishes = (wish.strip().partition("=") for wish in self.headers.get("prefer", "").split(","))
        return {name: value for name, _, value in wishes if value}

    @property
    def reads(self) -> bool:
        return self.method in ("GET", "HEAD")

    @property
    def counted(self) -> bool:
        return "count" in self.prefer

    @property
    def one_object(self) -> bool:
        return ONE_OBJECT in self.headers.get("accept", "")

    @property
    def csv(self) -> bool:
        return self.headers.get("accept", "").startswith("text/csv")

    @cached_property
    def schema(self) -> str:
        """The schema that the profile header names; ApiError 406 PGRST106 when it is not exposed."""
        wished = self.headers.get("accept-profile" if self.reads else "content-profile", SCHEMAS[0])
        if wished not in SCHEMAS:
            raise refusal(406, "PGRST106", "The schema must be one of the following: " + ", ".join(SCHEMAS))
        return wished


def routes(settings: GatewaySettings, database: Database) -> list[Route]:
    """/rest/v1/{table} and /rest/v1/rpc/{function}."""

    async def serve(request: Request) -> Response:
        return await run_in_threadpool(_answer, request, await request.body())

    def _answer(request: Request, body: bytes) -> Response:
        key_role(request.headers, settings)  # a hosted project demands its key even beside a user's token
        claims = claims_of(request.headers, settings)
        path = request.url.path.removeprefix("/rest/v1")
        call = Call(request.method, path, request.url.query, dict(request.headers), body, claims)
        function = request.path_params.get("function")
        try:
            with database.as_nobody() as cursor:
                if function:
                    return _run_function(cursor, call, function)
                return _run_table(cursor, call, request.path_params["table"])
        except psycopg.Error as error:
            raise of_postgres(error, str(claims["role"])) from error

    return [
        Route("/rest/v1/rpc/{function}", serve, methods=["GET", "HEAD", "POST"]),
        Route("/rest/v1/{table}", serve, methods=["GET", "HEAD", "POST", "PATCH", "DELETE"]),
    ]


def _run_table(cursor: Cursor, call: Call, name: str) -> Response:
    table = Table(call.schema, name)
    _become(cursor, call, call.reads)
    if call.csv and call.reads:
        return _csv(cursor, table, call)
    if call.reads:
        rows = tables.read(cursor, table, call.pairs, call.counted)
        return _read_answer(call, rows)
    if call.method == "DELETE":
        rows = tables.delete(cursor, table, call.pairs, call.prefer)
    else:
        write = tables.insert if call.method == "POST" else tables.update
        rows = write(cursor, table, call.pairs, call.prefer, Payload.of(call.body))
    return _write_answer(call, rows)


def _run_function(cursor: Cursor, call: Call, name: str) -> Response:
    names, arguments, filters = _arguments(call)
    function = functions.find(cursor, call.schema, name, names)
    _become(cursor, call, call.reads or not function.volatile)
    result = functions.call(cursor, function, arguments, names, filters)
    if result is None:
        return Response(status_code=204)
    if isinstance(result, str):
        return Response(result, 200, {"Content-Range": "0-0/*", "Content-Type": JSON})
    total = functions.count(cursor, function, arguments, names, filters) if call.counted else None
    return _read_answer(call, Rows(result, len(result), total), filters)


def _arguments(call: Call) -> tuple[list[str], str, Pairs]:
    """The names of a function's arguments, all of them as one JSON object, and what is left to filter its rows."""
    if call.reads:
        given = {name: value for name, value in call.pairs if name not in RESERVED and not is_filter(value)}
        return list(given), json.dumps(given), [pair for pair in call.pairs if pair[0] not in given]
    payload = Payload.of(call.body)
    if not payload.single:
        raise invalid_json()
    return list(payload.rows[0]), payload.text[1:-1], call.pairs


def _become(cursor: Cursor, call: Call, read_only: bool) -> None:
    become(cursor, call.claims, read_only, method=call.method, path=call.path, headers=call.headers)


def _read_answer(call: Call, rows: Rows, pairs: Pairs | None = None) -> Response:
    page = Page.of(call.pairs if pairs is None else pairs)
    if rows.total is not None and page.offset > rows.total:
        told = f"An offset of {page.offset} was requested, but there are only {rows.total} rows."
        raise refusal(416, "PGRST103", "Requested range not satisfiable", told)
    partial = rows.total is not None and rows.count < rows.total
    return _json(call, rows, 206 if partial else 200, _range(page.offset, rows.count, rows.total))


def _write_answer(call: Call, rows: Rows) -> Response:
    total = rows.count if call.counted else None
    # only of an update does PostgREST tell which rows of the result it shows
    span = _range(0, rows.count if call.method == "PATCH" else 0, total)
    status = 201 if call.method == "POST" and rows.inserted else 200
    if call.prefer.get("return") != "representation":
        return Response(status_code=204 if status == 200 else status, headers={"Content-Range": span} | _applied(call))
    return _json(call, rows, status, span)


def _json(call: Call, rows: Rows, status: int, span: str) -> Response:
    """The rows as PostgREST writes them; raising inside the transaction, so that a refused write is undone."""
    headers = {"Content-Range": span, "Content-Type": JSON} | _applied(call)
    if not call.one_object:
        return Response("[" + ", \n ".join(rows.texts) + "]", status, headers)
    headers["Content-Type"] = f"{ONE_OBJECT}; charset=utf-8"
    if rows.count != 1:
        told = f"The result contains {rows.count} rows"
        sentence = "JSON object requested, multiple (or no) rows returned"
        raise refusal(406, "PGRST116", sentence, told, headers={"Content-Type": headers["Content-Type"]})
    return Response(rows.texts[0], status, headers)


def _csv(cursor: Cursor, table: Table, call: Call) -> Response:
    text, count = tables.read_csv(cursor, table, call.pairs)
    span = _range(Page.of(call.pairs).offset, count, None)
    return Response(text, 200, {"Content-Range": span, "Content-Type": "text/csv; charset=utf-8"})


def _range(offset: int, count: int, total: int | None) -> str:
    shown = f"{offset}-{offset + count - 1}" if count else "*"
    return f"{shown}/{'*' if total is None else total}"


def _applied(call: Call) -> dict[str, str]:
    obeyed = [f"{name}={call.prefer[name]}" for name in APPLIED if name in call.prefer]
    return {"Preference-Applied": ", ".join(obeyed)} if obeyed else {}
