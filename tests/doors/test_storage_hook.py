"""The storage hook's door: a shared secret, and a kick of which only the names are read (WH-21)."""

import base64
import json
import secrets
import uuid
from collections.abc import Iterator
from typing import Any

import pytest
from doors.exchange import Answer, assert_problem, changes_nothing, event, send
from studio import Studio, invoke

from croquis import wiring

OLD, NEW = secrets.token_urlsafe(32), secrets.token_urlsafe(32)
LANDED = {"object_id": str(uuid.uuid4()), "version": str(uuid.uuid4())}


class Neighbours:
    """Two secrets and a queue; whatever else is touched fails the test."""

    def __init__(self, *held: str) -> None:
        self.held = held
        self.queued: list[tuple[str, str]] = []

    def storage_hook_secrets(self) -> tuple[str, ...]:
        return self.held

    @property
    def queue(self) -> Any:
        return self

    def check_upload(self, object_id: str, version: str) -> None:
        self.queued.append((object_id, version))

    def __getattr__(self, name: str) -> Any:
        raise AssertionError(f"{name} was touched")


@pytest.fixture
def neighbours() -> Iterator[Neighbours]:
    before = wiring._handed_in[:]
    neighbours = Neighbours(OLD, NEW)
    wiring.hand_in(neighbours)  # pyright: ignore[reportArgumentType]
    yield neighbours
    wiring._handed_in[:] = before


def kicked(secret: str | None, body: object = LANDED, **more: Any) -> Answer:
    found = event("storage_hook", body=body)
    del found["headers"]["x-croquis-hook-secret"]
    if secret is not None:
        found["headers"]["X-Croquis-Hook-Secret"] = secret
    return send({**found, **more})


@pytest.mark.parametrize("secret", [OLD, NEW], ids=["the old one", "the new one"])
def test_each_of_two_secrets_is_accepted_while_they_are_rotated(neighbours: Neighbours, secret: str) -> None:
    assert kicked(secret).status == 200
    assert neighbours.queued == [(LANDED["object_id"], LANDED["version"])]


WRONG = {
    "none": None,
    "an empty one": "",
    "another": "wrong",
    "cut": OLD[:-1],
    "longer": OLD + "x",
    "in another case": OLD.lower(),
    "no text": "\ud800",
}


@pytest.mark.parametrize("secret", WRONG.values(), ids=WRONG)
def test_without_a_right_secret_nothing_is_queued(neighbours: Neighbours, secret: str | None) -> None:
    assert_problem(kicked(secret), 401, "bad_signature")
    assert_problem(kicked(secret, "{"), 401, "bad_signature")
    assert neighbours.queued == []


def test_a_secret_that_is_too_short_to_be_one_is_not_accepted(neighbours: Neighbours) -> None:
    neighbours.held = ("short", "")
    assert_problem(kicked("short"), 401, "bad_signature")
    assert_problem(kicked(""), 401, "bad_signature")


JUNK = {
    "nothing": None,
    "no JSON": "{",
    "a list": "[]",
    "no version": {"object_id": LANDED["object_id"]},
    "an id that is none": LANDED | {"object_id": "../../etc/passwd"},
    "an empty version": LANDED | {"version": ""},
    "a version without end": LANDED | {"version": "v" * 201},
    "a number": LANDED | {"version": 1},
    "nesting without end": "[" * 50_000,
    "a lone surrogate": '{"object_id": "\\ud800"}',
}


@pytest.mark.parametrize("what", JUNK)
def test_a_kick_that_names_no_object_is_refused(neighbours: Neighbours, what: str) -> None:
    assert_problem(kicked(NEW, JUNK[what]), 400, "bad_event")
    assert neighbours.queued == []


def test_a_body_without_end_is_refused(neighbours: Neighbours) -> None:
    assert_problem(kicked(NEW, LANDED | {"more": "x" * 64_000}), 413, "body_too_large")


def test_a_body_may_come_base64_encoded(neighbours: Neighbours) -> None:
    encoded = base64.b64encode(json.dumps(LANDED).encode()).decode()
    assert kicked(NEW, encoded, isBase64Encoded=True).status == 200
    assert len(neighbours.queued) == 1


def test_an_object_that_nobody_knows_is_accepted_and_nothing_happens(studio: Studio) -> None:
    """WH-21: the outbox row is the truth, not the kick."""
    assert changes_nothing(studio, lambda: kicked(studio.hook_secret)).status == 200
    message = {"messageId": "1", "body": json.dumps(LANDED)}
    assert invoke("CheckPhoto", {"Records": [message]}) == {"batchItemFailures": []}
    assert studio.rows("select 1 from public.storage_outbox where object_id = %s", LANDED["object_id"]) == []
