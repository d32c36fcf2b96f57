"""The project's own data as its operator, with its secret key: it is in headers, and nowhere else."""

from typing import Any, cast

from croquis_cli import exchange
from croquis_cli.deployment import Deployment
from croquis_cli.errors import Misused, Refused
from croquis_cli.exchange import View

WHAT = "Supabase"


class Operator:
    """Supabase's Data API of one project, past the rights of its users."""

    def __init__(self, deployment: Deployment, key: str) -> None:
        if not key or not key.isascii() or any(it.isspace() for it in key) or key.startswith("sb_publishable_"):
            raise Misused("This is no secret key.", "It begins with sb_secret_, and Supabase's settings show it.")
        # a key of the older kind is a token, and must be sent as one besides
        bearer = {"Authorization": f"Bearer {key}"} if key.startswith("eyJ") else {}
        self._headers = {"apikey": key, **bearer}
        self._supabase = deployment.supabase

    def call(self, function: str, **arguments: object) -> View:
        """What a function of the database answers; each may be repeated."""
        return self._ask("POST", f"/rest/v1/rpc/{function}", json=arguments)

    def rows(self, table: str, **query: str) -> list[View]:
        """Rows of a table."""
        return cast("list[View]", self._ask("GET", f"/rest/v1/{table}", params=query))

    def _ask(self, method: str, path: str, **given: Any) -> Any:
        with exchange.client(self._supabase) as http:
            answer = exchange.send(http, method, path, again=True, headers=self._headers, **given)
        if answer.status_code == 401:
            raise Refused("Supabase does not accept the key.", "Use the project's secret key.", status=401)
        if not answer.is_success:
            exchange.refuse(answer, WHAT)
        return exchange.document_of(answer, WHAT)
