"""What the provider's answers mean: paid, not paid, or go and look."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from croquis.adapters.replicate.answers import (
    outcome_of,
    read_status,
    run_id_of,
    seems_over,
)
from croquis.domain.runs.attempt import Outcome, ProviderStatus

CREATED = b'{"id": "zz4ibbonubfz7carwiefibzgga", "status": "starting"}'
THROTTLED = b'{"detail":"Request was throttled. Your rate limit resets in ~30s."}'
NOT_FOUND = b'{"detail":"The specified training destination does not exist","status":404}'


def test_a_created_run_with_an_id_has_started() -> None:
    """MO-04."""
    assert outcome_of(201, CREATED) is Outcome.STARTED
    assert run_id_of(CREATED) == "zz4ibbonubfz7carwiefibzgga"


def test_raw_control_characters_do_not_hide_the_id() -> None:
    assert run_id_of(b'{"logs": "a\x01\nb", "id": "abc123"}') == "abc123"


@pytest.mark.parametrize(
    "body", [b"", b"<html>", CREATED[:30], b"[]", b"null", b'{"id": ""}', b'{"id": 7}', b'{"id": "../x"}', b"\xff"]
)
def test_created_without_a_readable_id_must_be_looked_for(body: bytes) -> None:
    """MO-04: it may well be running."""
    assert outcome_of(201, body) is Outcome.UNKNOWN


@pytest.mark.parametrize("status", [400, 401, 402, 403, 404, 413, 422])
def test_a_clear_refusal_started_nothing(status: int) -> None:
    """MO-04."""
    assert outcome_of(status, NOT_FOUND) is Outcome.NOT_STARTED


@pytest.mark.parametrize("status", [None, 100, 200, 202, 301, 307, 408, 409, 429, 500, 502, 503, 504, 522])
@pytest.mark.parametrize("body", [b"", NOT_FOUND])
def test_an_ambiguous_answer_must_be_looked_for(status: int | None, body: bytes) -> None:
    """MO-04, MO-05."""
    assert outcome_of(status, body) is Outcome.UNKNOWN


def test_throttling_is_known_by_status_and_words_together() -> None:
    """MO-04: 429 alone may come from something in between, the words alone may be quoted."""
    assert outcome_of(429, THROTTLED) is Outcome.THROTTLED
    assert outcome_of(429, b"error code: 1015") is Outcome.UNKNOWN
    assert outcome_of(503, THROTTLED) is Outcome.UNKNOWN


@pytest.mark.parametrize("status", ["succeeded", "failed", "canceled", "aborted"])
def test_four_statuses_end_a_run(status: str) -> None:
    """WH-18: `aborted` is one of them."""
    assert ProviderStatus(status).is_terminal
    assert seems_over(status, None)


@pytest.mark.parametrize("status", ["starting", "processing"])
def test_a_run_on_its_way_is_not_over_whatever_else_the_message_says(status: str) -> None:
    assert not ProviderStatus(status).is_terminal
    assert not seems_over(status, "2026-01-01T00:00:00Z")


@pytest.mark.parametrize("status", ["", "paused", "SUCCEEDED", "succeeded "])
def test_an_unknown_status_waits_or_is_looked_up_when_it_has_an_end_time(status: str) -> None:
    """WH-18."""
    assert read_status(status) is None
    assert not seems_over(status, None)
    assert seems_over(status, "2026-01-01T00:00:00Z")


@given(st.none() | st.integers(), st.binary(), st.dictionaries(st.text(), st.text()))
def test_whatever_is_answered_only_a_readable_id_says_started(
    status: int | None, body: bytes, headers: dict[str, str]
) -> None:
    """MO-04."""
    assert outcome_of(status, body) is not Outcome.STARTED
