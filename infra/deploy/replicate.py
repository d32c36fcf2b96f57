"""What a deployment needs of the Replicate account: by free calls."""

import httpx

from croquis_cli import exchange
from infra.deploy.errors import Stopped

CHEAPEST = "cpu"  # what a version runs on is the trainer's choice; a model must name something


def account(origin: str, token: str) -> httpx.Client:
    """Whoever the token is of."""
    http = exchange.client(origin)
    http.headers["Authorization"] = f"Bearer {token}"
    return http


def signing_secret(http: httpx.Client) -> str:
    """That of the account's webhooks."""
    return str(_expect(exchange.send(http, "GET", "/v1/webhooks/default/secret", again=True)).json()["key"])


def create_destination(http: httpx.Client, name: str) -> bool:
    """Whether it was not there; a private model of this name is, afterwards."""
    owner, _, short = name.partition("/")
    if exchange.send(http, "GET", f"/v1/models/{name}", again=True).status_code == 200:
        return False
    body = {"owner": owner, "name": short, "visibility": "private", "hardware": CHEAPEST}
    _expect(exchange.send(http, "POST", "/v1/models", again=False, json=body))
    return True


def _expect(answer: httpx.Response) -> httpx.Response:
    if answer.is_success:
        return answer
    raise Stopped(f"Replicate refused {answer.request.method} {answer.request.url.path} ({answer.status_code}).")
