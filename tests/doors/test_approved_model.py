"""The doors of review, models and pictures on a training that really ran, and what was logged all the while."""

import re
from collections.abc import Iterator
from datetime import datetime
from typing import Any

import httpx
import pytest
from doors.exchange import Answer, assert_problem, event, send
from listening import all_that_is_logged
from studio import PHOTOS, Studio, User
from waiting import until

from croquis.domain.cursor import cursor_of

NAME, POSE = "Canary Name Kanarienvogel", "canary pose on one leg"
GARMENT, LOOK, EMAIL = "Canary jacket Papageno", "Canary look Papagena", "canary@kanarien.example"


@pytest.fixture(scope="module")
def log() -> Iterator[list[str]]:
    """Whatever any logger says while this module runs."""
    with all_that_is_logged() as lines:
        yield lines


@pytest.fixture(scope="module")
def lived(studio: Studio, maya: User, token: str, log: list[str]) -> dict[str, Any]:
    """From photos to an approved model and its pictures, through the doors' own events."""
    job = maya.open(model_name=NAME, gender="male")
    upload_urls = [maya.announce(job, slot, path.read_bytes())["upload_url"] for slot, path in enumerate(PHOTOS[:8], 1)]
    for url, path in zip(upload_urls, PHOTOS[:8], strict=True):
        httpx.put(url, content=path.read_bytes(), headers={"content-type": "image/jpeg"}).raise_for_status()
    maya.checked(job)
    submitted = send(event("submit_training", token=token, job_id=job))
    again = send(event("submit_training", token=token, job_id=job))
    maya.until(job, "in_review", "failed")
    approved = send(event("review_training", token=token, job_id=job))
    model = approved.json["model"]["id"]
    ordered = send(event("order_pictures", token=token, model_id=model, body={"count": 2, "pose": POSE, "seed": 7}))
    order = ordered.json["id"]
    until(
        lambda: (
            {it["status"] for it in send(event("read_order", token=token, order_id=order)).json["images"]} == {"saved"}
        )
    )
    return {
        "job": job, "model": model, "order": order, "upload_urls": upload_urls,
        "submitted": submitted, "again": again, "approved": approved, "ordered": ordered,
    }  # fmt: skip


def shown(answer: Answer, status: int = 200) -> Any:
    assert answer.status == status, answer.body
    return answer.json


def test_a_submitted_job_is_queued_and_the_same_key_answers_the_same_job(lived: dict[str, Any]) -> None:
    """MO-11."""
    first, again = shown(lived["submitted"], 202), shown(lived["again"], 202)
    assert (first["id"], first["current_run"]) == (again["id"], again["current_run"]) == (lived["job"], 1)
    assert len(again["runs"]) == 1


def test_an_approved_training_shows_its_model(lived: dict[str, Any], token: str) -> None:
    approved = shown(lived["approved"], 202)
    assert (approved["status"], approved["model"]["status"]) == ("approved", "active")
    read = shown(send(event("read_training", token=token, job_id=lived["job"])))
    assert read["runs"][0]["weights_sha256"]
    assert read["runs"][0]["problem"] is None


def test_the_person_has_one_noun_in_the_training_the_previews_and_the_pictures(
    studio: Studio, lived: dict[str, Any], token: str
) -> None:
    read = shown(send(event("read_dataset", token=token, job_id=lived["job"])))
    words = [picture["caption"] for photo in read["photos"] for picture in photo["pictures"]]
    images = studio.rows("select kind, prompt from images where job_id = %s", lived["job"])
    assert {image["kind"] for image in images} == {"preview", "generation"}
    for line in (*words, *(image["prompt"] for image in images)):
        assert f"{read['trigger_word']} man" in line


def test_what_was_approved_is_approved_again_and_cannot_be_rejected(lived: dict[str, Any], token: str) -> None:
    assert send(event("review_training", token=token, job_id=lived["job"])).status == 202
    rejected = event("review_training", token=token, job_id=lived["job"], body={"decision": "reject"})
    assert_problem(send(rejected), 409, "not_in_review")
    assert_problem(send(event("cancel_training", token=token, job_id=lived["job"])), 409, "already_over")


def test_models_are_listed_and_read(lived: dict[str, Any], token: str) -> None:
    [listed] = shown(send(event("list_models", token=token)))["models"]
    assert listed == shown(send(event("read_model", token=token, model_id=lived["model"])))
    assert (listed["id"], listed["name"], listed["active_run"]) == (lived["model"], NAME, 1)


def test_pictures_are_ordered_and_read(lived: dict[str, Any], token: str) -> None:
    ordered = shown(lived["ordered"], 202)
    assert [it["seed"] for it in ordered["images"]] == [7, 8]
    read = shown(send(event("read_order", token=token, order_id=lived["order"])))
    assert [(it["status"], bool(it["url"])) for it in read["images"]] == [("saved", True)] * 2


def test_the_same_key_answers_the_same_order(studio: Studio, lived: dict[str, Any], token: str) -> None:
    body = {"count": 2, "pose": POSE, "seed": 7}
    again = shown(send(event("order_pictures", token=token, model_id=lived["model"], body=body)), 202)
    assert again["id"] == lived["order"]
    other = event("order_pictures", token=token, model_id=lived["model"], body=body | {"count": 1})
    assert_problem(send(other), 409, "idempotency_key_reused")
    assert studio.paid("prediction") == 6  # four previews and two pictures


def test_the_same_key_answers_the_same_order_when_the_request_is_worded_otherwise_by_us(
    studio: Studio, lived: dict[str, Any], token: str
) -> None:
    """MO-11: the key binds what was sent, whatever the order of its fields; not the prompts that we make of it."""
    word = "select trigger_word from ai_models where id = %s"
    change = "update ai_models set trigger_word = %s where id = %s"
    before = studio.row(word, lived["model"])["trigger_word"]
    studio.rows(change, "qqqqzzzz", lived["model"])
    try:
        body = {"seed": 7, "pose": POSE, "count": 2}
        again = shown(send(event("order_pictures", token=token, model_id=lived["model"], body=body)), 202)
    finally:
        studio.rows(change, before, lived["model"])
    assert again["id"] == lived["order"]


def test_trainings_are_listed_by_pages(maya: User, token: str) -> None:
    for _ in range(2):
        maya.open()
    page = shown(send(event("list_trainings", token=token)))
    assert [it["model_name"] for it in page["trainings"]][-1] == NAME
    last = page["trainings"][0]
    cursor = {"before": cursor_of(datetime.fromisoformat(last["created_at"]), last["id"])}
    following = shown(send({**event("list_trainings", token=token), "queryStringParameters": cursor}))
    assert following["trainings"] == page["trainings"][1:]


def test_a_job_is_canceled_once_or_twice(maya: User, token: str) -> None:
    job = maya.open()
    for _ in range(2):
        assert shown(send(event("cancel_training", token=token, job_id=job)), 202)["status"] == "canceled"


def test_nothing_private_was_logged(studio: Studio, lived: dict[str, Any], token: str, log: list[str]) -> None:
    """AS-17: a whole run, and refusals of what is private, without token, link, name, prompt or task token."""
    private = {"model_name": NAME, "gender": POSE, "consent": {}, POSE: 1}
    for name in ("open_training", "order_pictures", "submit_training"):
        assert send(event(name, token=token, body=private)).status in (400, 422)
    assert send(event("read_training", token=token + "x", job_id=lived["job"])).status == 401
    announced = {"category": "upper", "content_type": "image/png", "bytes": 9}
    garment = shown(send(event("add_garment", token=token, body={"name": GARMENT, **announced})), 201)["garment"]["id"]
    assert send(event("add_garment", token=token, body={"name": GARMENT + "\n", "x": EMAIL, **announced})).status == 400
    assert send(event("change_garment", token=token, garment_id=garment, body={"name": GARMENT * 9})).status == 422
    assert send(event("add_look", token=token, body={"name": LOOK, "garment_ids": [garment]})).status == 409
    assert send(event("add_look", token=token, body=f'{{"name": "{LOOK}", "name": "{EMAIL}"}}')).status == 400
    seen = send(event("read_training", token=token, job_id=lived["job"])).body
    links = re.findall(r"token=([\w.\-]{20,})", seen + " ".join(lived["upload_urls"]))
    task_tokens = [payload["task_token"] for _, payload in studio.aws.calls if "task_token" in payload]
    settings = studio.gateway.settings
    secrets = [
        settings.secret_key,
        studio.hook_secret,
        *studio.identity.private_key.split("\n")[1:3],
        studio.twin.settings.webhook_secret,
        studio.twin.settings.api_token,
    ]
    assert min(len(links), len(task_tokens)) > 4
    logged = "\n".join(log)
    assert "'code': 'unknown_field'" in logged
    for canary in (token, NAME, POSE, GARMENT, LOOK, EMAIL, "Kanarienvogel", "Papage", *links, *task_tokens, *secrets):
        assert canary not in logged
