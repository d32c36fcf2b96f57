"""The API as strangers meet it: it answers, lets nobody in without proof, and talks to our pages only. Pays nothing."""

import time
import uuid
from collections.abc import Iterator
from email.utils import parsedate_to_datetime

import httpx

from croquis_cli import exchange
from croquis_cli.doctor.findings import Finding, cannot_tell, ok, wrong
from croquis_cli.doctor.patient import Patient

CHECKS = ("API", "webhook door", "hook door", "pages", "clock")
FORGED = {"webhook-id": "msg_doctor", "webhook-signature": "v1,AAAA", "content-type": "application/json"}
SKEW_SECONDS = 60


def doors(patient: Patient, http: httpx.Client | None) -> Iterator[Finding]:
    """All of CHECKS."""
    if http is None:
        yield from (cannot_tell(it, "There is no API yet.") for it in CHECKS)
        return
    answer = exchange.send(http, "GET", "/v1/trainings", again=True)
    yield refuses("API", answer, 401, "It answers, and tells strangers nothing.")
    stamped = {**FORGED, "webhook-timestamp": str(int(time.time()))}
    marker = f"/webhooks/replicate/doctor-{uuid.uuid4().hex}"
    forged = exchange.send(http, "POST", marker, again=True, headers=stamped, content=b"{}")
    yield refuses("webhook door", forged, 401, "It refuses what Replicate has not signed.")
    secret = {"x-croquis-hook-secret": "nobody's"}
    hooked = exchange.send(http, "POST", "/hooks/storage", again=True, headers=secret, json={})
    yield refuses("hook door", hooked, 401, "It refuses who does not know the secret.")
    yield pages(patient, http)
    yield clock(answer)


def pages(patient: Patient, http: httpx.Client) -> Finding:
    check = "pages"
    if not patient.origins:
        return cannot_tell(check, "Which pages may call is not known here: --origin https://…")
    refused = [it for it in patient.origins if _allowed(http, it) != it]
    if refused:
        return wrong(check, f"A page at {', '.join(refused)} may not call: put it into AllowedOrigins.")
    if _allowed(http, "https://somebody-else.example"):
        return wrong(check, "Any page may call: name only your own in AllowedOrigins.")
    return ok(check, f"{', '.join(patient.origins)} may call, and no other.")


def clock(answer: httpx.Response) -> Finding:
    try:
        apart = abs(parsedate_to_datetime(answer.headers["date"]).timestamp() - time.time())
    except (KeyError, ValueError):
        return cannot_tell("clock", "The API does not tell the time.")
    if apart > SKEW_SECONDS:
        return wrong("clock", f"This machine and the API are {apart:.0f} s apart: set this machine's clock.")
    return ok("clock", "This machine and the API agree on the time.")


def refuses(check: str, answer: httpx.Response, status: int, sentence: str) -> Finding:
    """Whether a door answers a stranger as it should."""
    if answer.status_code == status:
        return ok(check, sentence)
    if answer.status_code >= 500:
        return wrong(check, f"It fails ({answer.status_code}): read the function's log; is its secret filled?")
    return wrong(check, f"It answered {answer.status_code} where {status} is right: is this the address of the API?")


def _allowed(http: httpx.Client, origin: str) -> str:
    asked = {
        "Origin": origin,
        "Access-Control-Request-Method": "GET",
        "Access-Control-Request-Headers": "authorization",
    }
    answer = exchange.send(http, "OPTIONS", "/v1/trainings", again=True, headers=asked)
    return answer.headers.get("access-control-allow-origin", "")
