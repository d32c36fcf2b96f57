"""The Supabase project over HTTP: its keys, who signs its tokens, how large a file may be."""

import base64
import json
import uuid
from collections.abc import Mapping
from typing import Any, cast

import httpx

from croquis_cli import exchange
from croquis_cli.doctor.findings import Finding, cannot_tell, ok, wrong
from croquis_cli.doctor.patient import Patient

# bytes of the weights that each preset makes, with room for their header
PRESETS = {"identity": 344_000_000, "full": 172_500_000, "compact": 7_500_000}
SIGNED_WITH = {"ES256", "RS256"}
TOLD = "/rest/v1/rpc/read_deployment"
TUS = {"Tus-Resumable": "1.0.0"}
KEYS = "Supabase's Settings → API Keys"


def headers(key: str) -> dict[str, str]:
    """A key of the older kind is a token, and must be sent as one besides."""
    return {"apikey": key, **({"Authorization": f"Bearer {key}"} if key.startswith("eyJ") else {})}


def publishable_key(patient: Patient, http: httpx.Client) -> Finding:
    check, key = "publishable key", patient.publishable_key
    if key.startswith("sb_secret_") or _role(key) == "service_role":
        return wrong(check, f"A secret key stands where every browser sees it: revoke it in {KEYS}, and put the "
                            "publishable key there.")  # fmt: skip
    if _role(key):
        return wrong(check, f"It is the legacy key anon, which Supabase ends: make a publishable key in {KEYS}.")
    if not key.startswith("sb_publishable_"):
        return wrong(check, f"It is not a publishable key: copy the one that begins with sb_publishable_ from {KEYS}.")
    answer = exchange.send(http, "GET", "/auth/v1/settings", again=True, headers=headers(key))
    if answer.status_code in (401, 403):
        return wrong(check, f"The project does not accept it: copy it again from {KEYS}; is it this project's?")
    return _unexpected(check, answer) or ok(check, "The project accepts it.")


def secret_key(patient: Patient, http: httpx.Client) -> Finding:
    check, key = "secret key", patient.secret_key
    if key is None:
        return cannot_tell(check, "It is not known here: name a file with it, --key-file.")
    if _role(key) == "service_role":
        return wrong(check, f"It is the legacy key service_role, which Supabase ends: make a secret key in {KEYS}.")
    if not key.startswith("sb_secret_"):
        return wrong(check, f"It is not a secret key: copy the one that begins with sb_secret_ from {KEYS}.")
    answer = exchange.send(http, "GET", TOLD, again=True, headers=headers(key))
    if answer.status_code in (401, 403):
        return wrong(check, f"The project does not accept it: copy it again from {KEYS}; is it this project's?")
    if answer.status_code == 404:  # it is let in, and the migrations are not applied
        return ok(check, "The project accepts it.")
    return _unexpected(check, answer) or ok(check, "The project accepts it.")


def signing_keys(_: Patient, http: httpx.Client) -> Finding:
    check = "signing keys"
    answer = exchange.send(http, "GET", "/auth/v1/.well-known/jwks.json", again=True)
    if refused := _unexpected(check, answer):
        return refused
    keys = cast("list[Mapping[str, Any]]", exchange.document_of(answer, "Supabase").get("keys", []))
    if not any(it.get("alg") in SIGNED_WITH for it in keys):
        return wrong(check, "The project signs with the legacy HS256 secret, so every user gets 401: in Settings → JWT "
                            "Keys migrate to signing keys, then rotate to the ECC (P-256) one.")  # fmt: skip
    return ok(check, f"Tokens are signed with {', '.join(sorted({str(it.get('alg')) for it in keys}))}.")


def issuer(patient: Patient, http: httpx.Client) -> Finding:
    check, expected = "issuer", f"{patient.supabase}/auth/v1"
    answer = exchange.send(http, "GET", "/auth/v1/.well-known/openid-configuration", again=True)
    if answer.status_code != 200:
        return cannot_tell(check, f"The project does not say who issues its tokens ({answer.status_code}).")
    said = exchange.document_of(answer, "Supabase").get("issuer")
    if said != expected:
        return wrong(check, f"Tokens are issued by {said}, and {expected} is expected, so every user gets 401: give "
                            "the project's address as its tokens name it.")  # fmt: skip
    return ok(check, f"Tokens are issued by {expected}.")


def upload_limit(patient: Patient, http: httpx.Client) -> Finding:
    """Begins an upload of that size and gives it up: no limit that can be read is the one that counts."""
    check, wanted = "upload limit", patient.largest_preset
    if patient.secret_key is None:
        return cannot_tell(check, "Only the secret key may try it: name a file with it, --key-file.")
    fitting = next((name for name, size in PRESETS.items() if _has_room(patient, http, size)), None)
    if fitting is None:
        return cannot_tell(check, "The project takes no weights of any size: is the bucket lora-weights there?")
    if PRESETS[fitting] < PRESETS[wanted]:
        told = f"The weights of {wanted} ({PRESETS[wanted] // 1_000_000} MB) do not fit, those of {fitting} do"
        return wrong(check, f"{told}: raise the upload limit in Settings → Storage to 700 MB, or declare "
                            f'largest_preset = "{fitting}".')  # fmt: skip
    return ok(check, f"The weights of the preset {wanted} fit.")


def _has_room(patient: Patient, http: httpx.Client, size: int) -> bool:
    described = {
        "bucketName": "lora-weights",
        "objectName": f"doctor/{uuid.uuid4()}",
        "contentType": "application/octet-stream",
    }
    encoded = ",".join(f"{name} {base64.b64encode(value.encode()).decode()}" for name, value in described.items())
    asked = {**headers(patient.secret_key or ""), **TUS, "Upload-Length": str(size), "Upload-Metadata": encoded}
    answer = exchange.send(http, "POST", "/storage/v1/upload/resumable", again=False, headers=asked)
    if answer.status_code != 201:
        return False
    upload = f"/storage/v1/upload/resumable/{answer.headers['location'].rsplit('/', 1)[1]}"
    exchange.send(http, "DELETE", upload, again=False, headers={**headers(patient.secret_key or ""), **TUS})
    return True


def _role(key: str) -> str:
    """Of a legacy key, which is a token; it is not verified, only told."""
    try:
        payload = key.split(".")[1]
        claims: Any = json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
        return str(claims.get("role", ""))
    except (IndexError, ValueError, AttributeError):
        return ""


def _unexpected(check: str, answer: httpx.Response) -> Finding | None:
    if answer.is_success:
        return None
    return cannot_tell(check, f"The project answered {answer.status_code}: is its address right, and is it running?")
