"""Accounts of the Supabase project, over the admin routes of its Auth."""

from collections.abc import Callable

import httpx

from croquis.domain.ids import OwnerId
from croquis.domain.strict_json import NotStrictJson, decoded_object
from croquis.errors import Unavailable

NO_SUCH_USER = "user_not_found"
API_VERSION = "2024-01-01"  # from which on a refusal has its code under `code`


class SupabaseSignIns:
    """Keeps the port SignIns, with the workers' key."""

    def __init__(self, url: str, *, publishable_key: str, secret_key: Callable[[], str], http: httpx.Client) -> None:
        del publishable_key  # of no use here: these routes are for the secret key alone
        self._url = f"{url}/auth/v1/admin/users"
        self._secret_key = secret_key
        self._http = http

    def has(self, owner_id: OwnerId) -> bool:
        answer = self._asked("GET", owner_id)
        if _names_nobody(answer):
            return False
        if answer.status_code != 200 or _body(answer).get("id") != owner_id:
            raise Unavailable("The sign-in service does not say whether there is this user.")
        return True

    def delete(self, owner_id: OwnerId) -> None:
        answer = self._asked("DELETE", owner_id)
        if answer.status_code != 200 and not _names_nobody(answer):
            raise Unavailable("The sign-in service did not delete the user.")

    def _asked(self, method: str, owner_id: OwnerId) -> httpx.Response:
        key = self._secret_key()
        headers = {"apikey": key, "Authorization": f"Bearer {key}", "X-Supabase-Api-Version": API_VERSION}
        try:
            return self._http.request(method, f"{self._url}/{owner_id}", headers=headers)
        except httpx.HTTPError as error:
            raise Unavailable("The sign-in service did not answer.") from error


def _names_nobody(answer: httpx.Response) -> bool:
    """A 404 alone may be that of a proxy, or of an address that is wrong."""
    return answer.status_code == 404 and _body(answer).get("code") == NO_SUCH_USER


def _body(answer: httpx.Response) -> dict[str, object]:
    try:
        return decoded_object(answer.content)
    except NotStrictJson:
        return {}
