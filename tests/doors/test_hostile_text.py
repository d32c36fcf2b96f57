"""Names, prompts and ids that somebody wrote to break something: they pass or are refused, never a 5xx (AS-20)."""

import json
from typing import Any

import pytest
from doors.drafts import draft
from doors.exchange import event, send
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from studio import CONSENT, Studio, User

NAUGHTY = {
    "NUL": "Maya\x00Chen",
    "a line break": "Maya\nChen",
    "a bell": "Maya\x07",
    "a C1 control": "Ma\x85ya",
    "a line separator": "Maya\u2028Chen",
    "a lone high surrogate": "Maya\ud83d",
    "a lone low surrogate": "\udc00Maya",
    "reversed surrogates": "\udc00\ud800",
    "ten thousand letters": "m" * 10_000,
    "nothing but spaces": " \t ",
    "SQL": "'; drop table lora_training_jobs; --",
    "a script": "<script>alert(1)</script>",
    "a shell": "$(touch /tmp/x) `id` ${HOME}",
    "a path": "../../../../etc/passwd",
    "a format": "%s%s%n {0} {{x}}",
    "a template": "${jndi:ldap://x/y}",
    "right to left": "\u202eMaya",
    "zalgo": "M\u0301\u0302\u0303\u0304a",
    "an emoji": "👩🏽‍🎤 Maya",
    "a noncharacter": "Maya\ufffe",
    "a zero-width joiner": "Ma\u200dya",
    "a byte order mark": "\ufeffMaya",
}
REFUSED = {
    "NUL", "a line break", "a bell", "a C1 control", "a line separator", "ten thousand letters", "nothing but spaces",
}  # fmt: skip
NO_TEXT = {"a lone high surrogate", "a lone low surrogate", "reversed surrogates"}  # in no encoding: not JSON for us


def opened(token: str, name: str) -> Any:
    body = {"model_name": name, "gender": "female", "consent": CONSENT}
    return send(event("open_training", token=token, body=json.dumps(body)))


@pytest.mark.parametrize("what", NAUGHTY)
def test_a_name_with(token: str, studio: Studio, maya: User, what: str) -> None:
    answer = opened(token, NAUGHTY[what])
    assert answer.status == (400 if what in NO_TEXT else 422 if what in REFUSED else 201), answer.body
    if answer.status == 201:
        assert answer.json["model_name"] == NAUGHTY[what]
        maya.post(f"/v1/trainings/{answer.json['id']}/cancel").raise_for_status()


@pytest.mark.parametrize("what", NAUGHTY)
def test_a_prompt_with(token: str, what: str) -> None:
    """A model that is not there: what passes the door is told so by the database."""
    for field in ("pose", "background", "lighting", "expression", "outfit"):
        body = json.dumps({field: NAUGHTY[what]})
        answer = send(event("order_pictures", token=token, body=body))
        assert answer.status in ((400,) if what in NO_TEXT else (404, 422)), answer.body


@pytest.mark.parametrize("text_version", ["2026-11\x00", "x" * 41, ""])
def test_a_version_of_the_consent_text_that_is_none(token: str, text_version: str) -> None:
    body = {"model_name": "Maya", "gender": "female", "consent": CONSENT | {"text_version": text_version}}
    assert send(event("open_training", token=token, body=json.dumps(body))).status == 422


TEXT = st.text(st.characters(exclude_categories=()), max_size=20)
ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | TEXT,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXT, inner, max_size=3),
    max_leaves=8,
)
FIELDS = st.sampled_from(
    ["model_name", "gender", "consent", "slot", "content_type", "bytes", "preset", "steps", "lora_rank",
     "learning_rate", "resolution", "decision", "parameters", "pose", "framing", "count", "seed"]
)  # fmt: skip
NAMES = st.sampled_from(["open_training", "add_photo", "submit_training", "review_training", "order_pictures"])


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(name=NAMES, body=st.dictionaries(FIELDS | st.text(max_size=8), ANYTHING, max_size=4))
def test_whatever_the_body_says_it_is_never_our_fault(token: str, name: str, body: dict[str, Any]) -> None:
    answer = send(event(name, token=token, body=json.dumps(body)))
    assert answer.status < 500, answer.body


@given(text=TEXT)
@settings(max_examples=40, deadline=None)
def test_whatever_the_body_is_it_is_never_our_fault(token: str, text: str) -> None:
    answer = send(event("submit_training", token=token, body=text))
    assert 400 <= answer.status < 500, answer.body


def test_numbers_past_what_the_database_can_hold_are_refused(studio: Studio, maya: User, token: str) -> None:
    job = draft(studio, maya, photos=8)
    for body in ({"steps": 10**30}, {"lora_rank": -(2**63)}, {"learning_rate": 1e-300}, {"caption_dropout_rate": 1.01}):
        assert send(event("submit_training", token=token, job_id=job, body=body)).status == 422
    huge = {"slot": 1, "content_type": "image/jpeg", "bytes": 2**64}
    assert send(event("add_photo", token=token, job_id=job, body=huge)).status == 422
    assert send(event("order_pictures", token=token, body={"seed": 2_147_483_647})).status == 422
