"""What the provider's answers mean: paid, not paid, or go and look."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from croquis.adapters.replicate.answers import (
    outcome_of,
    read_status,
    reason_of,
    run_id_of,
)
from croquis.adapters.replicate.orders import image_input
from croquis.adapters.replicate.runs import read_page, read_run
from croquis.domain.images.image import TALL
from croquis.domain.images.recipes import InpaintRecipe, TextRecipe
from croquis.domain.runs.attempt import Outcome
from croquis.ports import ProviderRun

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


@pytest.mark.parametrize("status", [400, 403, 404, 413, 422])
def test_a_clear_refusal_started_nothing(status: int) -> None:
    """MO-04."""
    assert outcome_of(status, NOT_FOUND) is Outcome.NOT_STARTED


def test_a_lack_of_credit_started_nothing_and_the_order_may_be_made_later() -> None:
    """MO-12."""
    assert outcome_of(402, b"{}") is Outcome.THROTTLED
    assert reason_of(402, b"{}").startswith("no_credit")


def test_a_throttle_for_little_credit_is_told_from_one_for_many_calls() -> None:
    """MO-12: the first opens the circuit, the second is over in a moment."""
    low = b'{"detail": "Request was throttled. Your rate limit is reduced while you have less than $5.0 in credit."}'
    for body, reason in ((low, "no_credit"), (THROTTLED, "refused")):
        assert outcome_of(429, body) is Outcome.THROTTLED
        assert reason_of(429, body).startswith(f"{reason}: 429 Request was throttled.")


def test_a_rotated_token_started_nothing_and_the_order_may_be_made_with_the_new_one() -> None:
    """MO-04, AS-10."""
    assert outcome_of(401, b"{}") is Outcome.THROTTLED


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


def run_of(**body: object) -> ProviderRun:
    found = read_run(json.dumps({"id": "abc", **body}).encode())
    assert found is not None
    return found[0]


OUTPUT = {"version": "us/people:1", "weights": "https://replicate.delivery/x.tar"}


@pytest.mark.parametrize("status", ["succeeded", "failed", "canceled", "aborted"])
def test_four_statuses_end_a_run(status: str) -> None:
    """WH-18: `aborted` is one of them."""
    run = run_of(status=status, output=OUTPUT)
    assert (run.over, run.patience_seconds, run.end) == (True, 0, status)


@pytest.mark.parametrize("status", ["starting", "processing"])
def test_a_run_on_its_way_is_not_over_whatever_else_the_message_says(status: str) -> None:
    run = run_of(status=status, completed_at="2026-01-01T00:00:00Z", output=OUTPUT)
    assert (run.over, run.end, run.output.weights) == (False, None, None)


@pytest.mark.parametrize("status", ["paused", "SUCCEEDED"])
def test_an_unknown_status_waits_and_with_an_end_time_it_has_failed_after_a_second_look(status: str) -> None:
    """WH-18."""
    assert read_status(status) is None
    assert not run_of(status=status).over
    run = run_of(status=status, completed_at="2026-01-01T00:00:00Z")
    assert (run.over, run.patience_seconds, run.end) == (True, 60, "failed")


def test_a_success_without_its_output_is_not_sure_for_ten_minutes_unless_the_data_was_removed() -> None:
    assert run_of(status="succeeded").patience_seconds == 600
    assert run_of(status="succeeded", output={"version": "us/people:1"}).patience_seconds == 600
    assert run_of(status="succeeded", data_removed=True).patience_seconds == 0
    assert run_of(status="succeeded", output=["https://replicate.delivery/x.png"]).patience_seconds == 0
    assert run_of(status="failed").patience_seconds == 0


def test_a_listed_end_is_sure_only_when_the_run_itself_was_asked() -> None:
    """A list has no log, in which the trainer says how many pictures it found."""
    page = {"results": [{"id": "a", "status": "succeeded", "output": OUTPUT}, {"id": "b", "status": "starting"}]}
    found = read_page(json.dumps(page).encode())
    assert found is not None
    assert [(run.over, run.patience_seconds > 0) for run in found[0]] == [(True, True), (False, False)]


def test_an_order_is_known_by_what_its_input_holds() -> None:
    """MO-07: all that a list returns of it."""
    marker = "cq" + "0" * 32
    link = f"https://p.supabase.co/storage/v1/object/sign/datasets/a/b.zip?token=x&download={marker}.zip"
    assert run_of(status="starting", input={"input_images": link, "prompt": "cq" + "1" * 32}).markers == (marker,)
    for nonce in (1, 7, 123456, 999999):
        order = image_input(TextRecipe("v", "a prompt", TALL, seed=42, lora_scale=1, guidance=3, nonce=nonce))
        assert run_of(status="starting", input=order).markers == (f"42/{nonce}",)
    assert run_of(status="starting", input={}).markers == run_of(status="starting", input=None).markers == ()


def test_a_repair_is_known_by_the_name_of_its_picture_and_never_taken_for_words_with_that_seed() -> None:
    marker, another = "cq" + "0" * 32, "cq" + "1" * 32
    picture = f"https://p.supabase.co/storage/v1/object/sign/face-cut-outs/a.png?token=x&download={marker}.png"
    order = image_input(InpaintRecipe("v", another, picture, "https://p/mask", 0.5, seed=42, lora_scale=1, guidance=3))
    assert run_of(status="starting", input=order).markers == (marker,)
    unnamed = order | {"image": "https://p/of-somebody-else.png"}
    assert run_of(status="starting", input=unnamed).markers == ()


@given(st.none() | st.integers(), st.binary(), st.dictionaries(st.text(), st.text()))
def test_whatever_is_answered_only_a_readable_id_says_started(
    status: int | None, body: bytes, headers: dict[str, str]
) -> None:
    """MO-04."""
    assert outcome_of(status, body) is not Outcome.STARTED
