"""Croquis' API as the user who is signed in."""

from collections.abc import Iterator
from types import TracebackType
from typing import Any, Self

import httpx

from croquis_cli import exchange
from croquis_cli.errors import NotSignedIn, Refused
from croquis_cli.exchange import View
from croquis_cli.session import SIGN_IN, Session, Sessions

WHAT = "Croquis"


class Api:
    """`with Api(sessions) as api:` - every call brings an access token that is good at that moment."""

    def __init__(self, sessions: Sessions) -> None:
        self._sessions = sessions
        self.session = sessions.current()
        self._http = exchange.client(self.session.deployment.api)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, _: type[BaseException] | None, __: BaseException | None, ___: TracebackType | None) -> None:
        self._http.close()

    def get(self, path: str, **query: object) -> View:
        """What is there now."""
        wanted = {name: value for name, value in query.items() if value is not None}
        return self._ask("GET", path, again=True, params=wanted)

    def post(self, path: str, body: View | None = None, *, key: str | None = None, again: bool = False) -> View:
        """What it answers. With the key of an order, or what may be repeated, is sent `again` while nobody answers."""
        headers = {"Idempotency-Key": key} if key else {}
        return self._ask("POST", path, again=again or bool(key), json=body or {}, headers=headers)

    def dry_run(self, path: str, body: View) -> View:
        """What an order would be: its price, its minutes, and what stands against it."""
        return self.post(path, {**body, "dry_run": True}, again=True)

    def delete(self, path: str, **query: str) -> View:
        """May be repeated."""
        return self._ask("DELETE", path, again=True, params=query)

    def pages(self, path: str, of: str, most: int, **query: object) -> Iterator[View]:
        """The rows of a list, newest first, page by page, at most so many."""
        before: object = None
        while most > 0:
            page = self.get(path, before=before, **query)
            yield from page[of][:most]
            most -= len(page[of])
            before = page["next"]
            if not before:
                return

    def rows(self, table: str, **query: str) -> list[View]:
        """Rows of a table that the signed-in user may read through Supabase itself."""
        supabase = self.session.deployment.supabase
        key = {"apikey": self.session.deployment.publishable_key}
        answer = self._signed("GET", f"{supabase}/rest/v1/{table}", again=True, params=query, headers=key)
        if not answer.is_success:
            exchange.refuse(answer, "Supabase")
        return exchange.document_of(answer, "Supabase")

    def _ask(self, method: str, path: str, **given: Any) -> View:
        answer = self._signed(method, path, **given)
        if not answer.is_success:
            exchange.refuse(answer, WHAT)
        return exchange.document_of(answer, WHAT)

    def _signed(self, method: str, path: str, **given: Any) -> httpx.Response:
        session = self._sessions.fresh()
        answer = self._send(session, method, path, **given)
        if answer.status_code == 401:
            session = self._sessions.fresh(instead_of=session.access_token)
            answer = self._send(session, method, path, **given)
        if answer.status_code == 401:
            raise NotSignedIn("Your session is not accepted.", SIGN_IN)
        return answer

    def _send(self, session: Session, method: str, path: str, **given: Any) -> httpx.Response:
        headers = {**given.pop("headers", {}), "Authorization": f"Bearer {session.access_token}"}
        return exchange.send(self._http, method, path, headers=headers, **given)


def is_missing(error: Refused) -> bool:
    """Whether there is nothing of ours at that address."""
    return error.status == 404
