"""The system of record: SQL functions of the Supabase project, called over its Data API."""

import random
import time
from collections.abc import Callable
from typing import Any

import httpx
from postgrest import APIError, SyncPostgrestClient

from croquis.errors import Canceled, CroquisError, Refused, Unavailable
from croquis.ports import Json, Owner

ROLLED_BACK = {"40001", "40P01"}  # serialization failure, deadlock: Postgres undid the transaction itself
TRIES = 3
NOT_ALLOWED = "not_allowed"
BAD_VALUE = ("22", "23")  # data exceptions and broken constraints


class SupabaseRows:
    """Keeps the port Rows. Each call is one HTTP request, so one transaction; only what rolled back is repeated."""

    def __init__(self, url: str, *, publishable_key: str, secret_key: Callable[[], str], http: httpx.Client) -> None:
        self._url = f"{url}/rest/v1"
        self._publishable_key = publishable_key
        self._secret_key = secret_key
        self._http = http

    def call(self, function: str, **arguments: object) -> Json:
        key = self._secret_key()
        try:
            return self._rpc({"apikey": key, "Authorization": f"Bearer {key}"}, function, arguments)
        except Refused as refused:
            if refused.code == NOT_ALLOWED:  # our own key: nothing that a caller could mend
                raise Unavailable("The database refused the workers' key.") from refused
            raise

    def call_as(self, owner: Owner, function: str, **arguments: object) -> Json:
        return self._rpc(self._as(owner), function, arguments)

    def list_as(
        self, owner: Owner, table: str, *, before: str | None, limit: int, **equal: str
    ) -> list[dict[str, Json]]:
        query = self._client(self._as(owner)).table(table).select("*")
        for column, value in equal.items():
            query = query.eq(column, value)
        if before:
            at, _, row_id = before.partition("|")
            query = query.or_(f'created_at.lt."{at}",and(created_at.eq."{at}",id.lt."{row_id}")')
        query = query.order("created_at", desc=True).order("id", desc=True).limit(limit)
        return self._answer(lambda: query.execute().data)

    def _as(self, owner: Owner) -> dict[str, str]:
        return {"apikey": self._publishable_key, "Authorization": f"Bearer {owner.token}"}

    def _client(self, headers: dict[str, str]) -> SyncPostgrestClient:
        return SyncPostgrestClient(self._url, headers=headers, http_client=self._http, retry_enabled=False)

    def _rpc(self, headers: dict[str, str], function: str, arguments: dict[str, object]) -> Json:
        client = self._client(headers)
        return self._answer(lambda: client.rpc(function, dict[str, Any](arguments)).execute().data)

    def _answer(self, ask: Callable[[], Json]) -> Json:
        for last_try in (False,) * (TRIES - 1) + (True,):
            try:
                return ask()
            except APIError as error:
                if error.code in ROLLED_BACK and not last_try:
                    time.sleep(random.uniform(0, 0.2))  # noqa: S311  jitter, not a secret
                    continue
                raise _refusal(error) from error
            except httpx.HTTPError as error:
                raise Unavailable("The database did not answer.") from error
        raise AssertionError("unreachable: the last try returns or raises")


def _refusal(error: APIError) -> CroquisError:
    code = error.code or ""
    if error.details in ("canceled", "run_over"):
        return Canceled(error.message or "")
    if code.startswith("PT"):
        return Refused(error.message or "", mend=error.hint or "", code=str(error.details), status=int(code[2:]))
    if code.startswith(("PGRST3", "42501")):
        return Refused("The database refused the access token.", mend="Sign in again.", code=NOT_ALLOWED, status=403)
    if code.startswith(BAD_VALUE):
        return Refused(
            "A value has a form that cannot be stored.",
            mend="Check the fields that you sent.",
            code="bad_value",
            status=422,
        )
    return Unavailable(f"The database answered with {code}.")
