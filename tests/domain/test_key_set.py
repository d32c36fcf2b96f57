"""The issuer's key set: how often it is asked for, how long it is kept."""

import base64
import json
from collections.abc import Mapping

import pytest

from croquis.errors import Unavailable
from croquis.http.tokens import Jwks

NOW = 1_800_000_000


def token(kid: str) -> str:
    """Unsigned: the key set is chosen before anything is verified."""
    header = base64.urlsafe_b64encode(json.dumps({"alg": "ES256", "kid": kid}).encode()).decode().rstrip("=")
    return f"Bearer {header}.e30.AAAA"


class Issuer:
    """The sign-in service: counts how often it is asked, and can be told to be down."""

    def __init__(self) -> None:
        self.asked = 0
        self.down = False
        self.answer: Mapping[str, object] = {}
        self.publish("current")

    def publish(self, *kids: str) -> None:
        self.answer = {"keys": [{"kid": kid} for kid in kids]}

    def fetch(self) -> Mapping[str, object]:
        self.asked += 1
        if self.down:
            raise Unavailable("down")
        return self.answer


class Clock:
    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> int:
        return self.now


@pytest.fixture
def issuer() -> Issuer:
    return Issuer()


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def key_set(issuer: Issuer, clock: Clock) -> Jwks:
    return Jwks(issuer.fetch, clock)


def kids(key_set: Jwks, asked_for: str = "current") -> list[str]:
    return [key["kid"] for key in key_set.for_token(token(asked_for))["keys"]]


def test_the_key_set_is_asked_for_once_in_ten_minutes(issuer: Issuer, clock: Clock, key_set: Jwks) -> None:
    """AS-03."""
    for _ in range(3):
        assert kids(key_set) == ["current"]
    clock.now += 599
    kids(key_set)
    assert issuer.asked == 1
    clock.now += 1
    kids(key_set)
    assert issuer.asked == 2


def test_a_thousand_unknown_key_ids_ask_once_a_minute(issuer: Issuer, clock: Clock, key_set: Jwks) -> None:
    """AS-03."""
    for index in range(1000):
        kids(key_set, f"unknown-{index}")
    assert issuer.asked == 1
    clock.now += 60
    for index in range(1000):
        kids(key_set, f"unknown-{index}")
    assert issuer.asked == 2


def test_a_new_key_is_known_a_minute_after_the_last_question(issuer: Issuer, clock: Clock, key_set: Jwks) -> None:
    """AS-04."""
    kids(key_set)
    issuer.publish("current", "new")
    clock.now += 60
    assert "new" in kids(key_set, "new")


def test_a_revoked_key_is_gone_within_ten_minutes(issuer: Issuer, clock: Clock, key_set: Jwks) -> None:
    """AS-04."""
    kids(key_set)
    issuer.publish("new")
    clock.now += 600
    assert kids(key_set) == ["new"]


def test_stale_keys_serve_for_a_day_while_the_issuer_is_down(issuer: Issuer, clock: Clock, key_set: Jwks) -> None:
    """AS-03: and a dead issuer is asked once a minute, not once a request."""
    kids(key_set)
    issuer.down = True
    clock.now += 24 * 3600
    for _ in range(10):
        assert kids(key_set) == ["current"]
    assert issuer.asked == 2
    clock.now += 1
    with pytest.raises(Unavailable):
        kids(key_set)


@pytest.mark.parametrize("answer", [{}, {"keys": None}, {"error": "maintenance"}])
def test_an_answer_that_is_no_key_set_counts_as_none(
    issuer: Issuer, clock: Clock, key_set: Jwks, answer: Mapping[str, object]
) -> None:
    kids(key_set)
    issuer.answer = answer
    clock.now += 600
    assert kids(key_set) == ["current"]


def test_without_any_keys_the_fault_is_ours_and_not_the_user_s(issuer: Issuer, key_set: Jwks) -> None:
    issuer.down = True
    with pytest.raises(Unavailable):
        kids(key_set)
    issuer.down = False
    assert kids(key_set) == ["current"]


@pytest.mark.parametrize("nonsense", [None, "", "Bearer x", "Basic abc", "Bearer " + "a" * 9000])
def test_what_cannot_be_a_token_asks_nobody(issuer: Issuer, key_set: Jwks, nonsense: str | None) -> None:
    """AS-03, AS-05."""
    assert key_set.for_token(nonsense) == {"keys": []}
    assert issuer.asked == 0
