"""SQL functions and tables of the Supabase project over its Data API, and its refusals as our errors."""

import random
import time
from collections.abc import Callable, Mapping
from functools import cache
from types import MappingProxyType
from typing import Any, TypeVar

import httpx
from postgrest import APIError, SyncPostgrestClient
from pydantic import TypeAdapter, ValidationError
from pydantic_core import to_jsonable_python

from croquis.domain.cursor import place_of
from croquis.errors import Canceled, CroquisError, Refused, Unavailable
from croquis.ports import Owner

ROLLED_BACK = {"40001", "40P01"}  # serialization failure, deadlock: Postgres undid the transaction itself
TRIES = 3
# each call gives something else, and what was given once is nobody's for a while; all else of the workers may be
# called again, because every state may be entered again
GIVEN_ONCE = ("claim_", "next_")
NOT_ALLOWED = "not_allowed"
NO_COLUMNS: Mapping[str, str] = MappingProxyType({})
BAD_VALUE = ("22", "23")  # data exceptions and broken constraints


Json = Any  # what the database answers, before it is read
Answer = TypeVar("Answer")


class DataApi:
    """Each call is one HTTP request, so one transaction.

    What rolled back is repeated, and a worker's call also when no answer came, as long as there is time (JB-10).
    """

    def __init__(self, url: str, *, publishable_key: str, secret_key: Callable[[], str], http: httpx.Client) -> None:
        self._url = f"{url}/rest/v1"
        self._publishable_key = publishable_key
        self._secret_key = secret_key
        self._http = http

    def call(self, answer: type[Answer], function: str, **arguments: object) -> Answer:
        """As the workers' role."""
        return _read(answer, self._as_worker(function, arguments))

    def find(self, answer: type[Answer], function: str, **arguments: object) -> Answer | None:
        """The same, where there may be nothing."""
        found = self._as_worker(function, arguments)
        return None if found is None else _read(answer, found)

    def call_as(self, owner: Owner, answer: type[Answer], function: str, **arguments: object) -> Answer:
        """As that user."""
        return _read(answer, self._rpc(self._as(owner), function, arguments))

    def find_as(self, owner: Owner, answer: type[Answer], function: str, **arguments: object) -> Answer | None:
        """As that user, where there may be nothing, or nothing of theirs."""
        found = self._rpc(self._as(owner), function, arguments)
        return None if found is None else _read(answer, found)

    def list_as(
        self,
        owner: Owner,
        answer: type[Answer],
        table: str,
        *,
        before: str | None,
        limit: int,
        other: Mapping[str, str] = NO_COLUMNS,
        **equal: str | None,
    ) -> list[Answer]:
        """Rows that the user may see, newest first, older than the cursor; a column equal to None may be anything.

        `other` are columns that must have another value than this.
        """
        query = self._client(self._as(owner)).table(table).select("*")
        for column, value in equal.items():
            query = query if value is None else query.eq(column, value)
        for column, value in other.items():
            query = query.neq(column, value)
        if before:
            at, row_id = place_of(before)
            query = query.or_(f'created_at.lt."{at}",and(created_at.eq."{at}",id.lt."{row_id}")')
        query = query.order("created_at", desc=True).order("id", desc=True).limit(limit)
        return [_read(answer, row) for row in self._answer(lambda: query.execute().data)]

    def _as_worker(self, function: str, arguments: dict[str, object]) -> Json:
        key = self._secret_key()
        try:
            again = not function.startswith(GIVEN_ONCE)
            return self._rpc({"apikey": key, "Authorization": f"Bearer {key}"}, function, arguments, again=again)
        except Refused as refused:
            if refused.code == NOT_ALLOWED:  # our own key: nothing that a caller could put right
                raise Unavailable("The database refused the workers' key.") from refused
            raise

    def _as(self, owner: Owner) -> dict[str, str]:
        return {"apikey": self._publishable_key, "Authorization": f"Bearer {owner.token}"}

    def _client(self, headers: dict[str, str]) -> SyncPostgrestClient:
        return SyncPostgrestClient(self._url, headers=headers, http_client=self._http, retry_enabled=False)

    def _rpc(
        self, headers: dict[str, str], function: str, arguments: dict[str, object], *, again: bool = False
    ) -> Json:
        client = self._client(headers)
        return self._answer(lambda: client.rpc(function, to_jsonable_python(arguments)).execute().data, again=again)

    def _answer(self, ask: Callable[[], Json], *, again: bool = False) -> Json:
        until = time.monotonic() + (self._http.timeout.read or 0)  # a function has time for one answer that is late
        for tries_left in reversed(range(TRIES)):
            try:
                return ask()
            except APIError as error:
                failure: CroquisError = _refusal(error)
                failure.__cause__ = error
                repeatable = error.code in ROLLED_BACK or (again and isinstance(failure, Unavailable))
            except httpx.HTTPError as error:
                failure, repeatable = Unavailable("The database did not answer."), again
                failure.__cause__ = error
            if not (tries_left and repeatable and time.monotonic() < until):
                raise failure
            time.sleep(random.uniform(0, 0.2))  # noqa: S311  jitter, not a secret
        raise AssertionError("unreachable: the last try returns or raises")


@cache
def _reader(answer: type[Any]) -> TypeAdapter[Any]:
    return TypeAdapter(answer)


def _read(answer: type[Answer], found: Json) -> Answer:
    try:
        return _reader(answer).validate_python(found)
    except ValidationError:
        # not chained: it quotes values, which may be tokens, links and prompts
        raise Unavailable("The database's answer has another form than this code knows.") from None


def _refusal(error: APIError) -> CroquisError:
    code = error.code or ""
    if error.details in ("canceled", "run_over"):
        return Canceled(error.message or "")
    if code.startswith("PT"):
        return Refused(
            error.message or "", hint=error.hint or "", code=error.details or "refused", status=int(code[2:])
        )
    if code.startswith(("PGRST3", "42501")):
        return Refused("The database refused the access token.", hint="Sign in again.", code=NOT_ALLOWED, status=403)
    if code.startswith(BAD_VALUE):
        return Refused(
            "A value has a form that cannot be stored.",
            hint="Check the fields that you sent.",
            code="bad_value",
            status=422,
        )
    return Unavailable(f"The database answered with {code}.")
