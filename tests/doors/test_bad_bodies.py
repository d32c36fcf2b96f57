"""Bodies that cannot be accepted: each a problem that names what to put right, and nothing is changed."""

from typing import Any

import pytest
from doors.drafts import draft
from doors.exchange import assert_problem, changes_nothing, event, send
from studio import CONSENT, Studio, User

OPEN = {"model_name": "Maya Chen", "gender": "female", "consent": CONSENT}
PHOTO = {"slot": 1, "content_type": "image/jpeg", "bytes": 1000}


def consent(**changes: object) -> dict[str, Any]:
    return OPEN | {"consent": CONSENT | changes}


def without(body: dict[str, Any], field: str) -> dict[str, Any]:
    return {key: value for key, value in body.items() if key != field}


OUT_OF_RANGE = {  # 422 invalid_request
    "no consent": ("open_training", without(OPEN, "consent")),
    "no consent text": ("open_training", OPEN | {"consent": without(CONSENT, "text_version")}),
    "adult declared false": ("open_training", consent(adult=False)),
    "own photos declared false": ("open_training", consent(own_photos_or_authorised=False)),
    "training declared false": ("open_training", consent(training=False)),
    "storage declared false": ("open_training", consent(storage=False)),
    "processors declared false": ("open_training", consent(processors=False)),
    "a declaration that is only truthy": ("open_training", consent(adult=1)),
    "a declaration as text": ("open_training", consent(adult="true")),
    "no name": ("open_training", OPEN | {"model_name": "  "}),
    "a name of 81 characters": ("open_training", OPEN | {"model_name": "m" * 81}),
    "another gender than the three": ("open_training", OPEN | {"gender": "unknown"}),
    "an empty body": ("open_training", ""),
    "no body": ("open_training", None),
    "slot 0": ("add_photo", PHOTO | {"slot": 0}),
    "slot 13": ("add_photo", PHOTO | {"slot": 13}),
    "a fraction of a slot": ("add_photo", PHOTO | {"slot": 1.5}),
    "an empty photo": ("add_photo", PHOTO | {"bytes": 0}),
    "a photo over 25 MB": ("add_photo", PHOTO | {"bytes": 25_000_001}),
    "an SVG": ("add_photo", PHOTO | {"content_type": "image/svg+xml"}),
    "no change at all": ("change_photo", {}),
    "a slot that does not exist": ("change_photo", {"slot": 13}),
    "an override as text": ("change_photo", {"override": "true"}),
    "an override as a number": ("change_photo", {"override": 1}),
    "an override as null": ("change_photo", {"override": None}),
    "a slot as null": ("change_photo", {"slot": None, "caption": "in a coat"}),
    "a caption of two lines": ("change_photo", {"caption": "one\ntwo"}),
    "a caption of 501 characters": ("change_photo", {"caption": "c" * 501}),
    "clothes of 81 characters": ("change_photo", {"clothes": "c" * 81}),
    "clothes with a zero byte": ("change_photo", {"clothes": "a\0coat"}),
    "clothes as a list": ("change_photo", {"clothes": ["a", "coat"]}),
    "2 steps": ("submit_training", {"steps": 2}),
    "3001 steps": ("submit_training", {"steps": 3001}),
    "rank 65": ("submit_training", {"lora_rank": 65}),
    "a resolution of one's own": ("submit_training", {"resolution": "4096"}),
    "another decision": ("review_training", {"decision": "publish"}),
    "a use that nobody has": ("open_training", consent(uses=["sell"])),
    "no use at all": ("open_training", consent(uses=[])),
    "uses as text": ("open_training", consent(uses="train")),
    "a country in small letters": ("open_training", consent(territories=["de"])),
    "a medium that nobody has": ("open_training", consent(media=["tv"])),
    "a day that is none": ("open_training", consent(valid_until="2030-02-31")),
    "a day as a number": ("open_training", consent(valid_until=20301231)),
    "a consent without the one it renews": ("renew_consent", CONSENT),
    "a consent of no id": ("renew_consent", {"consent_id": "x", **CONSENT}),
    "nine pictures": ("order_pictures", {"count": 9}),
    "no pictures": ("order_pictures", {"count": 0}),
    "a size that is none": ("order_pictures", {"size": "3:2"}),
    "a person at half strength and less": ("order_pictures", {"lora_scale": 0.49}),
    "a person at more than 1.2": ("order_pictures", {"lora_scale": 1.21}),
    "guidance of 0.9": ("order_pictures", {"guidance": 0.9}),
    "guidance of 5.1": ("order_pictures", {"guidance": 5.1}),
    "a prompt and a pose": ("order_pictures", {"prompt": "on a beach", "pose": "jumping"}),
    "an empty prompt": ("order_pictures", {"prompt": "  "}),
    "a prompt of two lines": ("order_pictures", {"prompt": "one\ntwo"}),
    "a prompt of 10,000 characters": ("order_pictures", {"prompt": "x" * 10_000}),
}
UNKNOWN = {  # 400 unknown_field
    "a right of one's own": ("open_training", OPEN | {"is_admin": True}),
    "an owner of one's choice": ("open_training", OPEN | {"owner_id": "me"}),
    "a declaration that nobody asked for": ("open_training", consent(more=True)),
    "a photo by URL": ("add_photo", PHOTO | {"url": "http://169.254.169.254/"}),
    "a verdict of one's own": ("change_photo", {"status": "accepted"}),
    "findings of one's own": ("change_photo", {"findings": []}),
    "a price of one's own": ("submit_training", {"reserved_usd": 0}),
    "a negative prompt": ("order_pictures", {"negative_prompt": "ugly"}),
}
NOT_JSON = {  # 400 bad_json
    "half a body": ("open_training", '{"model_name": '),
    "a list": ("open_training", [OPEN]),
    "null": ("open_training", "null"),
    "what is not a number": ("submit_training", '{"learning_rate": NaN}'),
    "a number without end": ("add_photo", '{"slot": ' + "9" * 5000 + "}"),
    "an endless number": ("submit_training", '{"learning_rate": 1e999}'),
    "a deeply nested name": ("open_training", '{"model_name": ' + "[" * 500 + "]" * 500 + "}"),
    "nesting without end": ("open_training", "[" * 30_000 + "]" * 30_000),
}


@pytest.fixture(scope="module")
def job(studio: Studio, maya: User) -> str:
    return draft(studio, maya)


def refused(studio: Studio, token: str, job: str, asked: tuple[str, object], status: int, code: str) -> None:
    name, body = asked
    answer = changes_nothing(studio, lambda: send(event(name, token=token, body=body, job_id=job)))
    assert_problem(answer, status, code)


@pytest.mark.parametrize("what", OUT_OF_RANGE)
def test_out_of_range_is(studio: Studio, token: str, job: str, what: str) -> None:
    """PR-01, AS-12, AS-14, AS-18."""
    refused(studio, token, job, OUT_OF_RANGE[what], 422, "invalid_request")


@pytest.mark.parametrize("what", UNKNOWN)
def test_unknown_is(studio: Studio, token: str, job: str, what: str) -> None:
    """AS-12, AS-16."""
    refused(studio, token, job, UNKNOWN[what], 400, "unknown_field")


@pytest.mark.parametrize("what", NOT_JSON)
def test_not_a_json_object_is(studio: Studio, token: str, job: str, what: str) -> None:
    """AS-20."""
    refused(studio, token, job, NOT_JSON[what], 400, "bad_json")


def test_a_consent_text_that_was_never_published_is_refused(studio: Studio, token: str, job: str) -> None:
    """PR-01."""
    refused(studio, token, job, ("open_training", consent(text_version="1999")), 422, "no_consent")
    told = send(event("open_training", token=token, body=consent(text_version="1999"))).json["detail"]
    assert told == "There is no consent text of the version that consent.text_version names."


def test_a_body_over_64_kb_is_refused(studio: Studio, token: str, job: str) -> None:
    """AS-12."""
    body = OPEN | {"model_name": "m" * 65_000}
    refused(studio, token, job, ("open_training", body), 413, "body_too_large")
    refused(studio, token, job, ("submit_training", '{"x": "' + "é" * 32_000 + '"}'), 413, "body_too_large")


def test_the_problem_names_each_field(token: str) -> None:
    answer = send(event("add_photo", token=token, body={"slot": 99, "bytes": 1}))
    assert {field["field"] for field in answer.json["fields"]} == {"slot", "content_type"}


SENTENCES = {  # (event, body): what the caller reads
    "one field out of range": ("add_photo", PHOTO | {"slot": 13}, "slot must be 12 or less."),
    "too large": ("add_photo", PHOTO | {"bytes": 30_000_000}, "bytes must be 25,000,000 or less."),
    "too small": ("submit_training", {"learning_rate": 1e-9}, "learning_rate must be 0.000001 or more."),
    "no choice": (
        "open_training", OPEN | {"gender": "x"}, "gender must be 'female', 'male' or 'non_binary'."
    ),
    "an empty name": ("open_training", OPEN | {"model_name": " "}, "model_name must have 1 or more characters."),
    "no object": ("open_training", OPEN | {"consent": 7}, "consent must be a JSON object."),
    "no body": ("open_training", None, "The body is missing: send it."),
    "nothing to change": (
        "change_photo", {},
        "Nothing would change: send at least one of the fields that this request takes."
    ),
    "not declared": (
        "open_training", consent(adult=False),
        "consent.adult must be true, and is for the person in the photos to declare: never fill it in for them.",
    ),
    "a slip of the pen": (
        "open_training", without(OPEN, "model_name") | {"modelName": "Maya"},
        "model_name is missing: send it. modelName is not a field of this request: did you mean model_name?",
    ),
    "a slip in what is optional": (
        "submit_training", {"step": 500}, "step is not a field of this request: did you mean steps?"
    ),
    "a slip in what is inside": (
        "review_training", {"decision": "retry", "parameters": {"rank": 8, "lorarank": 8}},
        "parameters.rank is not a field of this request: leave it out."
        " parameters.lorarank is not a field of this request: did you mean lora_rank?",
    ),
    "what was never there": (
        "add_photo", PHOTO | {"zzz": 1, "slot": 0},
        "slot must be 1 or more. zzz is not a field of this request: leave it out.",
    ),
}  # fmt: skip


@pytest.mark.parametrize("what", SENTENCES)
def test_a_person_can_read_what_is_wrong_the_real_problem_first(token: str, what: str) -> None:
    """AS-18."""
    name, body, told = SENTENCES[what]
    assert send(event(name, token=token, body=body)).json["detail"] == told


def test_of_many_things_three_are_told_and_all_are_named(token: str) -> None:
    problem = send(event("open_training", token=token, body={"consent": {}})).json
    assert problem["detail"].startswith("model_name is missing: send it. gender is missing: send it. consent.")
    assert problem["detail"].endswith(f" There is more: see `fields`, which names {len(problem['fields'])}.")
    assert len(problem["fields"]) == 8


@pytest.mark.parametrize("content_type", ["Application/JSON", "application/json ; charset=UTF-8"])
def test_the_content_type_may_be_spelt_as_one_likes(token: str, content_type: str) -> None:
    found = event("open_training", token=token, body=OPEN, headers={"content-type": content_type})
    assert send(found).status == 201


OTHER_TYPES = ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "", "text/json"]


@pytest.mark.parametrize("content_type", OTHER_TYPES)
def test_a_body_of_another_content_type_is_refused(studio: Studio, token: str, content_type: str) -> None:
    ask = event("open_training", token=token, headers={"content-type": content_type})
    assert_problem(changes_nothing(studio, lambda: send(ask)), 415, "unsupported_media_type")


@pytest.mark.parametrize(("body", "code"), [("%%%", "bad_body"), ("/w==", "bad_json")])
def test_a_body_that_cannot_be_decoded_is_refused(studio: Studio, token: str, body: str, code: str) -> None:
    found = {**event("open_training", token=token), "body": body}
    assert_problem(changes_nothing(studio, lambda: send(found)), 400, code)
