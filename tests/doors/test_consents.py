"""What a consent allows is said when a training is opened, and changed afterwards."""

import pytest
from doors.drafts import draft
from doors.exchange import assert_problem, changes_nothing, event, send
from studio import CONSENT, Studio, User

CHOSEN = {
    "uses": ["face_measurement", "generate", "train"],
    "territories": ["DE", "AT"],
    "media": ["website"],
    "valid_until": "2099-12-31",
    "ask_shown_person": True,
}


def test_what_is_not_chosen_is_as_the_declarations_say(studio: Studio, maya: User) -> None:
    shown = maya.read(draft(studio, maya))["consent"]
    assert shown["uses"] == ["generate", "train"]
    assert [shown[name] for name in ("territories", "media", "valid_until")] == [None] * 3
    assert shown["ask_shown_person"] is False


def test_what_is_chosen_at_the_beginning_is_shown(maya: User) -> None:
    assert maya.read(maya.open(consent=CONSENT | CHOSEN))["consent"].items() >= CHOSEN.items()


def test_a_newer_form_counts_as_a_whole(maya: User, token: str) -> None:
    job = maya.open(consent=CONSENT | CHOSEN)
    given = maya.read(job)["consent"]
    body = {"consent_id": given["id"], **CONSENT, "uses": ["train"], "valid_until": None}
    answer = send(event("renew_consent", token=token, body=body))
    assert answer.status == 201
    assert answer.json == maya.read(job)["consent"]
    assert answer.json["id"] == given["id"]
    assert answer.json["uses"] == ["train"]
    assert [answer.json[name] for name in ("territories", "valid_until", "withdrawn_at")] == [None] * 3


def test_nothing_is_ordered_for_a_use_that_is_not_allowed(studio: Studio, maya: User, token: str) -> None:
    job = draft(studio, maya, photos=8)
    consent = {"consent_id": maya.read(job)["consent"]["id"], **CONSENT, "uses": ["generate"]}
    send(event("renew_consent", token=token, body=consent))
    answer = changes_nothing(studio, lambda: send(event("submit_training", token=token, job_id=job)))
    assert_problem(answer, 403, "use_not_consented")


def test_what_is_withdrawn_is_not_renewed(maya: User, token: str) -> None:
    given = maya.read(maya.open())["consent"]["id"]
    maya.http.delete(f"/v1/consents/{given}")
    answer = send(event("renew_consent", token=token, body={"consent_id": given, **CONSENT}))
    assert_problem(answer, 409, "consent_over")


def test_anothers_consent_is_told_like_none(studio: Studio, maya: User) -> None:
    body = {"consent_id": maya.read(maya.open())["consent"]["id"], **CONSENT}
    mallory = studio.gateway.token(studio.user().id)
    anothers = changes_nothing(studio, lambda: send(event("renew_consent", token=mallory, body=body)))
    assert anothers == send(event("renew_consent", token=mallory))
    assert_problem(anothers, 404, "no_such_consent")


@pytest.mark.parametrize("past", ["1999-01-01", "0001-01-01"])
def test_a_last_day_that_is_over_is_refused(studio: Studio, token: str, past: str) -> None:
    body = {"model_name": "Maya", "gender": "female", "consent": CONSENT | {"valid_until": past}}
    answer = changes_nothing(studio, lambda: send(event("open_training", token=token, body=body)))
    assert_problem(answer, 422, "bad_term")
