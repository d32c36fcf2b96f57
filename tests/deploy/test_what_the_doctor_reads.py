"""Answers that no stand-in gives: a secret that is none, a clock that is off, a door that lets strangers in."""

import base64
from dataclasses import replace

import httpx
import pytest

from croquis_cli.doctor import doors, provider
from croquis_cli.doctor.findings import Verdict
from croquis_cli.doctor.patient import Patient

PATIENT = Patient("https://abcd.supabase.co", "sb_publishable_x")


@pytest.mark.parametrize(
    "key", ["", "whsec_" + base64.b64encode(b"x" * 23).decode(), "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"]
)
def test_a_signing_secret_that_is_too_short_or_none_is_found(key: str) -> None:
    answer = httpx.Response(200, json={"key": key})
    assert provider.webhook_secret(replace(PATIENT, webhook_secrets=[key]), answer).verdict is Verdict.WRONG


def test_a_token_that_may_not_read_the_signing_secret_is_found() -> None:
    assert provider.webhook_secret(PATIENT, httpx.Response(403)).verdict is Verdict.WRONG


@pytest.mark.parametrize(("date", "verdict"), [("Mon, 30 Nov 2020 10:00:00 GMT", "wrong"), ("soon", "cannot tell")])
def test_a_clock_that_is_off_is_found(date: str, verdict: str) -> None:
    assert doors.clock(httpx.Response(200, headers={"date": date})).verdict == verdict


@pytest.mark.parametrize(("status", "why"), [(200, "address"), (502, "secret")])
def test_a_door_that_lets_in_or_fails_is_found(status: int, why: str) -> None:
    found = doors.refuses("hook door", httpx.Response(status), 401, "")
    assert (found.verdict, why in found.sentence) == (Verdict.WRONG, True)
