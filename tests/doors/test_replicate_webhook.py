"""The webhook door before anything is stored: size, headers, signature, JSON, in that order (WH-08)."""

import base64
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from doors.exchange import Answer, assert_problem, everything, send
from doors.replicate import SECRET, as_text, body, signed

from croquis import wiring
from croquis.adapters.replicate.events import read_event
from croquis.errors import Unavailable

VECTORS = json.loads((Path(__file__).parents[1] / "vectors" / "webhooks.json").read_text())["vectors"]


class Doorstep:
    """Knows the secrets and the time; whatever else is touched fails the test."""

    def __init__(self, *secrets: str, now: int = 0) -> None:
        self.secrets: tuple[str, ...] | Exception = secrets
        self.fresh: tuple[str, ...] = ()
        self.asked_afresh = 0
        self.time = now

    read_event = staticmethod(read_event)  # the real one: it reads, and touches nothing

    def webhook_secrets(self, *, fresh: bool = False) -> tuple[str, ...]:
        self.asked_afresh += fresh
        if isinstance(self.secrets, Exception):
            raise self.secrets
        return self.fresh if fresh else self.secrets

    def now(self) -> int:
        import time

        return self.time or int(time.time())

    def __getattr__(self, name: str) -> Any:
        raise AssertionError(f"{name} was touched before the signature was proved")


@pytest.fixture(autouse=True)
def restored() -> Iterator[None]:
    yield
    wiring.hand_in(None)


def asked(found: dict[str, Any], doorstep: Doorstep | None = None) -> Answer:
    wiring.hand_in(doorstep or Doorstep(SECRET))  # pyright: ignore[reportArgumentType]
    return send(found)


@pytest.mark.parametrize("base64_encoded", [True, False])
@pytest.mark.parametrize("vector", VECTORS, ids=lambda vector: f"{vector['id']} {vector['description']}")
def test_every_vector_gets_its_answer_through_the_door(vector: dict[str, Any], base64_encoded: bool) -> None:
    """WH-01, WH-03, WH-04, WH-07. The vectors' body is signed, but no event of a run: 400 is the accepting answer."""
    found = signed(base64.b64decode(vector["body_b64"]))
    others = {name: value for name, value in found["headers"].items() if not name.startswith("webhook-")}
    found = {**found, "headers": others | dict(vector["headers"])}
    answer = asked(found if base64_encoded else as_text(found), Doorstep(*vector["secrets"], now=vector["now"]))
    if vector["expect"] == "accept":
        assert_problem(answer, 400, "bad_event")
    else:
        assert answer.status == 401
        assert answer.json["code"] in ("bad_signature", "stale_signature")


HOSTILE = {
    "no JSON": b"{",
    "nesting without end": b"[" * 100_000,
    "bytes that are no text": b"\xff\xfe\x00",
    "nothing": b"",
    "a true event": body("succeeded"),
}


@pytest.mark.parametrize("what", HOSTILE)
def test_an_unproved_message_is_never_read(what: str) -> None:
    """WH-08: what could not be parsed is 401, not 400, and neither database nor queue is touched."""
    found = signed(HOSTILE[what], secret="whsec_" + base64.b64encode(bytes(32)).decode())
    assert_problem(asked(found), 401, "bad_signature")


UNUSABLE = {
    **{what: data for what, data in HOSTILE.items() if what != "a true event"},
    "a list": b"[]",
    "no id": b'{"status": "succeeded"}',
    "an id that is a path": body("succeeded", "../../x"),
    "a status with NUL": body("succ\x00eeded"),
    "a lone surrogate": b'{"id": "run", "status": "\\ud800"}',
    "a status that is an object": b'{"id": "run", "status": {}}',
}


@pytest.mark.parametrize("what", UNUSABLE)
def test_a_proved_message_that_is_no_event_is_told_so(what: str) -> None:
    """WH-10: signed but unusable is 400, and nothing is touched."""
    assert_problem(asked(signed(UNUSABLE[what])), 400, "bad_event")


@pytest.mark.parametrize("encoded", [True, False])
def test_a_body_over_5_mb_is_refused_before_it_is_proved(encoded: bool) -> None:
    """WH-09: the job is recovered by the sweep."""
    data = body("succeeded", logs="x" * 5_000_000)
    found = signed(data)
    doorstep = Doorstep(SECRET)
    doorstep.secrets = AssertionError("the secret was read")
    assert_problem(asked(found if encoded else as_text(found), doorstep), 413, "body_too_large")


def test_a_body_that_is_not_base64_is_refused() -> None:
    assert_problem(asked({**signed(b"{}"), "body": "%%%"}), 400, "bad_body")


@pytest.mark.parametrize("missing", ["webhook-id", "webhook-timestamp", "webhook-signature"])
def test_a_header_in_two_spellings_or_missing_proves_nothing(missing: str) -> None:
    found = signed(body("succeeded"))
    doubled = {**found, "headers": found["headers"] | {missing.upper(): found["headers"][missing]}}
    assert_problem(asked(doubled), 401, "bad_signature")
    del found["headers"][missing]
    assert_problem(asked(found), 401, "bad_signature")


@pytest.mark.parametrize("secret", ["", "whsec_", "whsec_" + base64.b64encode(bytes(23)).decode(), "whsec_%"])
def test_without_a_usable_secret_every_delivery_is_put_off(secret: str) -> None:
    """WH-06: our fault, so Replicate shall try again."""
    answer = asked(signed(body("succeeded")), Doorstep(secret))
    assert_problem(answer, 503, "unavailable")
    assert answer.headers["Retry-After"]


def test_when_the_secret_cannot_be_read_every_delivery_is_put_off() -> None:
    """WH-06."""
    doorstep = Doorstep()
    doorstep.secrets = Unavailable("A setting cannot be read.")
    assert_problem(asked(signed(body("succeeded")), doorstep), 503, "unavailable")


def test_a_failed_proof_asks_for_the_secret_afresh_once() -> None:
    """WH-05."""
    doorstep = Doorstep("whsec_" + base64.b64encode(bytes(32)).decode())
    doorstep.fresh = (SECRET,)
    assert_problem(asked(signed(b"{}"), doorstep), 400, "bad_event")
    assert doorstep.asked_afresh == 1


def test_no_body_is_logged_before_or_after_its_proof(caplog: pytest.LogCaptureFixture) -> None:
    """WH-08, AS-17."""
    caplog.set_level("DEBUG")
    for secret in (SECRET, "whsec_" + base64.b64encode(bytes(32)).decode()):
        found = signed(b'{"canary-in-the-body": 1}', secret=secret, marker="canary-marker")
        asked(found)
    logged = everything(caplog)
    assert "canary" not in logged
    assert found["headers"]["webhook-signature"] not in logged
