"""Replicate, by free calls: the token, the signing secret, the model that trainings become versions of, the trainer."""

import base64
import binascii
from collections.abc import Iterator
from typing import Any

import httpx

from croquis_cli import exchange
from croquis_cli.doctor.findings import Finding, cannot_tell, ok, wrong
from croquis_cli.doctor.patient import Patient

CHECKS = ("Replicate token", "webhook secret", "destination", "trainer")
SECRET_BYTES = 24  # Standard Webhooks: at least so many
TOKENS = "replicate.com/account/api-tokens"


def provider(patient: Patient, http: httpx.Client) -> Iterator[Finding]:
    """All of CHECKS."""
    if patient.replicate_token is None:
        yield from (
            cannot_tell(it, "The API token is not known here: name a file with it, --token-file.") for it in CHECKS
        )
        return
    answer = _ask(patient, http, "/v1/account")
    if answer.status_code in (401, 403):
        yield wrong("Replicate token", f"Replicate does not accept it: make one at {TOKENS}.")
        yield from (cannot_tell(it, "The token comes first.") for it in CHECKS[1:])
        return
    if not answer.is_success:
        yield from (cannot_tell(it, f"Replicate answered {answer.status_code}.") for it in CHECKS)
        return
    username = str(answer.json().get("username", ""))
    yield ok("Replicate token", f"It is the account {username}'s.")
    yield webhook_secret(patient, _ask(patient, http, "/v1/webhooks/default/secret"))
    yield destination(patient, http, username)
    yield trainer(patient, http)


def webhook_secret(patient: Patient, answer: httpx.Response) -> Finding:
    check = "webhook secret"
    if not answer.is_success:
        return wrong(check, f"The token may not read it ({answer.status_code}): use a token with all rights.")
    key = str(answer.json().get("key", ""))
    if len(_decoded(key)) < SECRET_BYTES:
        return wrong(check, f"What Replicate tells is no signing secret of {SECRET_BYTES} bytes: ask its support.")
    if patient.webhook_secrets is None:
        return cannot_tell(check, "It is readable; whether the API has the same is not known here.")
    if key not in patient.webhook_secrets:
        return wrong(check, "WebhookSecret does not hold the account's, so every webhook is refused: "
                            "`make deploy STAGE=…` puts it there.")  # fmt: skip
    return ok(check, "The API has the account's.")


def destination(patient: Patient, http: httpx.Client, username: str) -> Finding:
    check, name = "destination", patient.destination
    if name is None:
        return cannot_tell(check, "The model's name is not known here: --destination owner/name.")
    if name.partition("/")[0] != username:
        return wrong(check, f"{name} is not the account {username}'s: name a model of the token's own account.")
    answer = _ask(patient, http, f"/v1/models/{name}")
    if answer.status_code == 404:
        return wrong(check, f"There is no model {name}, so no training can start: `make deploy STAGE=…` creates it.")
    if not answer.is_success:
        return cannot_tell(check, f"Replicate answered {answer.status_code}.")
    if answer.json().get("visibility") != "private":
        return wrong(
            check, f"{name} is public, and so would be models of people: make it private at replicate.com/{name}."
        )
    return ok(check, f"{name} is there, and private.")


def trainer(patient: Patient, http: httpx.Client) -> Finding:
    check = "trainer"
    if patient.trainer is None:
        return cannot_tell(check, "It is not known here: --trainer owner/name:version.")
    name, _, version = patient.trainer.partition(":")
    answer = _ask(patient, http, f"/v1/models/{name}")
    newest = _id_of(answer.json()) if answer.is_success else ""
    if answer.status_code == 404 or _ask(patient, http, f"/v1/models/{name}/versions/{version}").status_code == 404:
        return wrong(check, f"{name} has no version {version[:12]}…: set ReplicateTrainer to {name}:{newest or '…'}.")
    if not answer.is_success:
        return cannot_tell(check, f"Replicate answered {answer.status_code}.")
    if version != newest:
        return ok(check, f"{name}:{version[:12]}… is there; the newest is {newest}.")
    return ok(check, f"{name} is pinned to its newest version.")


def _ask(patient: Patient, http: httpx.Client, path: str) -> httpx.Response:
    return exchange.send(http, "GET", path, again=True, headers={"Authorization": f"Bearer {patient.replicate_token}"})


def _id_of(model: dict[str, Any]) -> str:
    newest: dict[str, Any] = model.get("latest_version") or {}
    return str(newest.get("id", ""))


def _decoded(key: str) -> bytes:
    try:
        return base64.b64decode(key.removeprefix("whsec_"), validate=True) if key.startswith("whsec_") else b""
    except (binascii.Error, ValueError):
        return b""
