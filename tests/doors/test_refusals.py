"""Bad requests of somebody who is signed in: each a problem that says how to mend it, and nothing is changed."""

import json
from typing import Any

import pytest
from doors.drafts import draft
from doors.exchange import Answer, assert_problem, changes_nothing, event, send
from studio import CONSENT, Studio, User

OPEN = {"model_name": "Maya Chen", "gender": "female", "consent": CONSENT}
PHOTO = {"slot": 1, "content_type": "image/jpeg", "bytes": 1000}


def without(body: dict[str, Any], field: str) -> dict[str, Any]:
    return {key: value for key, value in body.items() if key != field}


BODIES = {
    "an unknown field": ("open_training", OPEN | {"is_admin": True}, 400, "unknown_field"),
    "an owner of one's choice": ("open_training", OPEN | {"owner_id": "me"}, 400, "unknown_field"),
    "an unknown declaration": ("open_training", OPEN | {"consent": CONSENT | {"x": 1}}, 400, "unknown_field"),
    "no consent": ("open_training", without(OPEN, "consent"), 422, "invalid_request"),
    "no consent text": ("open_training", OPEN | {"consent": without(CONSENT, "text_version")}, 422, "invalid_request"),
    "an unpublished consent text": ("open_training", OPEN | {"consent": CONSENT | {"text_version": "1999"}}, 422, "no_consent"),
    **{
        f"{name} declared false": ("open_training", OPEN | {"consent": CONSENT | {name: False}}, 422, "invalid_request")
        for name in CONSENT if name != "text_version"
    },
    "a declaration that is only truthy": ("open_training", OPEN | {"consent": CONSENT | {"adult": 1}}, 422, "invalid_request"),
    "no name": ("open_training", OPEN | {"model_name": "  "}, 422, "invalid_request"),
    "a name of 81 characters": ("open_training", OPEN | {"model_name": "m" * 81}, 422, "invalid_request"),
    "another gender than the three": ("open_training", OPEN | {"gender": "unknown"}, 422, "invalid_request"),
    "slot 0": ("add_photo", PHOTO | {"slot": 0}, 422, "invalid_request"),
    "slot 13": ("add_photo", PHOTO | {"slot": 13}, 422, "invalid_request"),
    "a fraction of a slot": ("add_photo", PHOTO | {"slot": 1.5}, 422, "invalid_request"),
    "an empty photo": ("add_photo", PHOTO | {"bytes": 0}, 422, "invalid_request"),
    "a photo over 25 MB": ("add_photo", PHOTO | {"bytes": 25_000_001}, 422, "invalid_request"),
    "an SVG": ("add_photo", PHOTO | {"content_type": "image/svg+xml"}, 422, "invalid_request"),
    "a photo by URL": ("add_photo", PHOTO | {"url": "http://169.254.169.254/"}, 400, "unknown_field"),
    "2 steps": ("submit_training", {"steps": 2}, 422, "invalid_request"),
    "3001 steps": ("submit_training", {"steps": 3001}, 422, "invalid_request"),
    "rank 65": ("submit_training", {"lora_rank": 65}, 422, "invalid_request"),
    "a learning rate that is none": ("submit_training", '{"learning_rate": 1e999}', 422, "invalid_request"),
    "a resolution of one's own": ("submit_training", {"resolution": "4096"}, 422, "invalid_request"),
    "a price of one's own": ("submit_training", {"reserved_usd": 0}, 400, "unknown_field"),
    "another decision": ("review_training", {"decision": "publish"}, 422, "invalid_request"),
    "nine pictures": ("order_pictures", {"count": 9}, 422, "invalid_request"),
    "a prompt of one's own": ("order_pictures", {"prompt": "anything"}, 400, "unknown_field"),
    "invalid JSON": ("open_training", '{"model_name": ', 400, "bad_json"),
    "not a number": ("submit_training", '{"learning_rate": NaN}', 400, "bad_json"),
    "an empty body": ("open_training", "", 422, "invalid_request"),
    "no body": ("open_training", None, 422, "invalid_request"),
    "a list": ("open_training", [OPEN], 400, "bad_json"),
    "deep nesting": ("open_training", "[" * 30_000 + "]" * 30_000, 400, "bad_json"),
    "a deeply nested name": ("open_training", '{"model_name": ' + "[" * 500 + "]" * 500 + "}", 422, "invalid_request"),
    "a number without end": ("add_photo", '{"slot": ' + "9" * 5000 + "}", 400, "bad_json"),
    "a body over 64 kB": ("open_training", OPEN | {"model_name": "m" * 65_000}, 413, "body_too_large"),
}  # fmt: skip


@pytest.mark.parametrize("what", BODIES)
def test_refused_is(studio: Studio, token: str, job: str, what: str) -> None:
    """AS-12, AS-18, AS-20, PR-01."""
    name, body, status, code = BODIES[what]
    answer = changes_nothing(studio, lambda: send(event(name, token=token, body=body, job_id=job)))
    assert_problem(answer, status, code)


@pytest.fixture(scope="module")
def job(studio: Studio, maya: User) -> str:
    return draft(studio, maya)


def test_the_problem_names_each_field(token: str) -> None:
    answer = send(event("add_photo", token=token, body={"slot": 99, "bytes": 1}))
    assert {field["field"] for field in answer.json["fields"]} == {"slot", "content_type"}


@pytest.mark.parametrize(
    "content_type", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "", "text/json"]
)  # fmt: skip
def test_a_body_of_another_content_type_is_refused(studio: Studio, token: str, content_type: str) -> None:
    ask = event("open_training", token=token, headers={"content-type": content_type})
    assert_problem(changes_nothing(studio, lambda: send(ask)), 415, "unsupported_media_type")


@pytest.mark.parametrize(("body", "code"), [("%%%", "bad_body"), ("/w==", "bad_json")])
def test_a_body_that_cannot_be_decoded_is_refused(studio: Studio, token: str, body: str, code: str) -> None:
    found = {**event("open_training", token=token), "body": body}
    assert_problem(changes_nothing(studio, lambda: send(found)), 400, code)


@pytest.mark.parametrize("photos", [0, 7])
def test_too_few_photos_are_not_trained(studio: Studio, maya: User, token: str, photos: int) -> None:
    refused_submit(studio, maya, token, photos)


def test_too_many_photos_are_not_trained(studio: Studio, maya: User, token: str) -> None:
    """Thirteen cannot be: there are twelve slots, each holds one photo. Past the door the table says so too."""
    job = draft(studio, maya, photos=12)
    with pytest.raises(Exception, match="slot"):
        studio.rows("update public.training_photos set slot = 13 where job_id = %s and slot = 12", job)


def refused_submit(studio: Studio, maya: User, token: str, photos: int) -> None:
    job = draft(studio, maya, photos)
    answer = changes_nothing(studio, lambda: send(event("submit_training", token=token, job_id=job)))
    assert_problem(answer, 409, "wrong_number_of_photos")


@pytest.mark.parametrize(
    ("key", "status", "code"), [(None, 400, "no_idempotency_key"), ("short", 422, "invalid_request"), ("k" * 201, 422, "invalid_request"), ("key\x00with nul", 422, "invalid_request")]
)  # fmt: skip
def test_what_spends_needs_an_idempotency_key(studio: Studio, maya: User, token: str, key: str | None, status: int, code: str) -> None:  # fmt: skip
    """MO-11."""
    job = draft(studio, maya, photos=8)
    ask = event("submit_training", token=token, job_id=job)
    del ask["headers"]["idempotency-key"]
    if key:
        ask["headers"]["Idempotency-Key"] = key
    assert_problem(changes_nothing(studio, lambda: send(ask)), status, code)


def test_an_order_of_a_model_that_does_not_exist_is_refused(studio: Studio, token: str) -> None:
    assert_problem(changes_nothing(studio, lambda: send(event("order_pictures", token=token))), 404, "no_such_model")


@pytest.mark.parametrize("cursor", ["x", "----------|" + "0" * 36, "2026-11-24|' or 1=1", "2026-99-99T00:00:00|" + "0" * 8 + "-0000-0000-0000-" + "0" * 12])  # fmt: skip
def test_a_cursor_that_we_did_not_make_is_refused(token: str, cursor: str) -> None:
    for name in ("list_trainings", "list_models"):
        answer = send({**event(name, token=token), "queryStringParameters": {"before": cursor}})
        assert answer.status == 422
        assert json.loads(answer.body)["mend"]


def test_an_unknown_route_and_a_wrong_method_are_told_alike(token: str) -> None:
    for route, path in (("GET", "/v1/trainings/x/y/z"), ("PUT", "/v1/trainings"), ("GET", "/")):
        found = event("list_trainings", token=token)
        found["rawPath"], found["requestContext"]["http"]["method"] = path, route
        found["requestContext"]["http"]["path"] = path
        assert_problem(send(found), 404, "not_found")


def test_every_answer_has_transport_security(token: str) -> None:
    """AS-19: `send` asserts no-store and nosniff of every answer of these tests."""
    answers: list[Answer] = [send(event("list_models", token=given)) for given in (token, "")]
    assert [answer.headers["Strict-Transport-Security"] for answer in answers] == ["max-age=31536000"] * 2
