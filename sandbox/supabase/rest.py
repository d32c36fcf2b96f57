"""The routes under /rest/v1: the part of PostgREST that reads tables and calls functions. No role may write tables.

Each request is one transaction under the caller's role. Reads, and functions that are not volatile, may not write.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import psycopg
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from sandbox.supabase import queries
from sandbox.supabase.database import Cursor, Database, become
from sandbox.supabase.filters import RESERVED, Page, Pairs, is_filter
from sandbox.supabase.identity import claims_of, key_role
from sandbox.supabase.refusals import JSON, json_object, of_postgres, refusal
from sandbox.supabase.settings import GatewaySettings

SCHEMAS = ("public",)
ONE_OBJECT = "application/vnd.pgrst.object+json"
GIVEN = ("*/*", "application/*", "application/json", ONE_OBJECT)


@dataclass(frozen=True)
class Call:
    """A request, read once."""

    request: Request
    body: bytes
    claims: Mapping[str, object]

    @cached_property
    def pairs(self) -> Pairs:
        return self.request.query_params.multi_items()

    @cached_property
    def count(self) -> str | None:
        """How the total is to be counted, if it is; here it is always exact."""
        wishes = (wish.strip().partition("=") for wish in self.request.headers.get("prefer", "").split(","))
        return next((value for name, _, value in wishes if name == "count"), None)

    @property
    def reads(self) -> bool:
        return self.request.method in ("GET", "HEAD")

    @cached_property
    def schema(self) -> str:
        """The schema that the profile header names; ApiError 406 PGRST106 when it is not exposed."""
        wished = self.request.headers.get("accept-profile" if self.reads else "content-profile", SCHEMAS[0])
        if wished not in SCHEMAS:
            raise refusal(406, "PGRST106", "The schema must be one of the following: " + ", ".join(SCHEMAS))
        return wished


def routes(settings: GatewaySettings, database: Database) -> list[Route]:
    """/rest/v1/{table} and /rest/v1/rpc/{function}."""

    async def serve(request: Request) -> Response:
        _check_accept(request.headers.get("accept", ""))
        return await run_in_threadpool(_answer, request, await request.body())

    def _answer(request: Request, body: bytes) -> Response:
        key_role(request.headers, settings)  # a hosted project demands its key even beside a user's token
        claims = claims_of(request.headers, settings)
        call = Call(request, body, claims)
        function = request.path_params.get("function")
        try:
            with database.as_nobody() as cursor:
                if function:
                    return _run_function(cursor, call, function)
                return _run_table(cursor, call, request.path_params["table"])
        except psycopg.Error as error:
            raise of_postgres(error, str(claims["role"])) from error
        except RecursionError:
            raise refusal(400, "PGRST100", "The query is nested too deeply.") from None

    return [
        Route("/rest/v1/rpc/{function}", serve, methods=["GET", "HEAD", "POST"]),
        Route("/rest/v1/{table}", serve, methods=["GET", "HEAD"]),
    ]


def _check_accept(accept: str) -> None:
    """ApiError 406 PGRST107 for a form that rows are not given in here: CSV, GeoJSON, plans, stripped nulls."""
    wished = [part.strip() for part in accept.split(",") if part.strip()]
    if wished and not any(part.partition(";")[0] in GIVEN and "nulls=stripped" not in part for part in wished):
        told = "The local stand-in of Supabase answers application/json only."
        raise refusal(406, "PGRST107", f"None of these media types are available: {', '.join(wished)}", told)


def _run_table(cursor: Cursor, call: Call, name: str) -> Response:
    table = queries.table(call.schema, name)
    become(cursor, call.claims, read_only=True)
    return _page(call, queries.read(cursor, table, call.pairs, call.count is not None), call.pairs)


def _run_function(cursor: Cursor, call: Call, name: str) -> Response:
    names, arguments, filters = _arguments(call)
    function = queries.find(cursor, call.schema, name, names)
    become(cursor, call.claims, read_only=call.reads or not function.volatile)
    result = queries.call(cursor, function, arguments, names, filters, call.count is not None)
    if result is None:
        return Response(status_code=204)
    if isinstance(result, str):
        return Response(result, 200, {"Content-Range": "0-0/*", "Content-Type": JSON})
    return _page(call, result, filters)


def _arguments(call: Call) -> tuple[list[str], str, Pairs]:
    """The names of a function's arguments, all of them as one JSON object, and what is left to filter its rows."""
    if call.reads:
        given = {name: value for name, value in call.pairs if name not in RESERVED and not is_filter(value)}
        return list(given), json.dumps(given), [pair for pair in call.pairs if pair[0] not in given]
    given = json_object(call.body, refusal(400, "PGRST102", "Empty or invalid json"))
    # the body goes to Postgres as it came, so that no number loses a digit
    return list(given), call.body.decode() or "{}", call.pairs


def _page(call: Call, rows: queries.Rows, pairs: Pairs) -> Response:
    """The rows as PostgREST writes them; raising inside the transaction, so that what a function wrote is undone."""
    offset, count, total = Page.of(pairs).offset, len(rows.texts), rows.total
    if total is not None and offset > total:
        told = f"An offset of {offset} was requested, but there are only {total} rows."
        raise refusal(416, "PGRST103", "Requested range not satisfiable", told)
    shown = f"{offset}-{offset + count - 1}" if count else "*"
    headers = {"Content-Range": f"{shown}/{'*' if total is None else total}", "Content-Type": JSON}
    if call.count is not None:
        headers["Preference-Applied"] = f"count={call.count}"
    status = 206 if total is not None and count < total else 200
    if ONE_OBJECT not in call.request.headers.get("accept", ""):
        return Response("[" + ", \n ".join(rows.texts) + "]", status, headers)
    headers["Content-Type"] = f"{ONE_OBJECT}; charset=utf-8"
    if count != 1:
        sentence, told = "JSON object requested, multiple (or no) rows returned", f"The result contains {count} rows"
        raise refusal(406, "PGRST116", sentence, told, headers={"Content-Type": headers["Content-Type"]})
    return Response(rows.texts[0], status, headers)
