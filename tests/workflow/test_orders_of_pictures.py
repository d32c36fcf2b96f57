"""What is wished of pictures reaches the engine as it was wished, and is shown with them."""

import uuid
from collections.abc import Iterator
from typing import Any

import pytest
from doors.exchange import changes_nothing
from scenes import account, approved
from studio import Studio, User
from waiting import until


@pytest.fixture(scope="module")
def owner(studio: Studio) -> User:
    return studio.user()


@pytest.fixture(scope="module")
def model(owner: User) -> str:
    """An active model, for all tests here."""
    return approved(owner)


def ordered(user: User, path: str, **body: Any) -> dict[str, Any]:
    """The order when nothing is written of its pictures any more."""
    answer = user.post(path, body, key=str(uuid.uuid4()))
    assert answer.status_code == 202, answer.text
    return done(user, answer.json()["id"])


def done(user: User, order: str) -> dict[str, Any]:
    def read() -> Any:
        found = user.http.get(f"/v1/image-orders/{order}").raise_for_status().json()
        return all(it["status"] == "failed" or it["checks"] for it in found["images"]) and found

    return until(read)


def generated(user: User, model: str, **wishes: Any) -> dict[str, Any]:
    return ordered(user, f"/v1/models/{model}/generations", **wishes)


def inputs(studio: Studio, prompt: str) -> list[dict[str, Any]]:
    """Of the predictions that were paid with this prompt."""
    return [it.input for it in studio.twin.ledger if it.input.get("prompt") == prompt]


def test_what_is_wished_is_what_the_engine_is_asked_for_and_what_is_shown(
    studio: Studio, owner: User, model: str
) -> None:
    wishes = {"prompt": "waving on a pier", "size": "1:1", "seed": 7, "lora_scale": 0.8, "guidance": 2.5, "count": 2}
    images = generated(owner, model, **wishes)["images"]
    trigger = owner.http.get(f"/v1/models/{model}").json()["trigger_word"]
    for image, seed in zip(images, (7, 8), strict=True):
        shown = {"prompt": f"{trigger} woman, waving on a pier", "lora_scale": 0.8, "guidance": 2.5, "seed": seed}
        assert image | shown == image
        assert (image["width"], image["height"]) == (image["asked_width"], image["asked_height"]) == (1024, 1024)
        run = studio.row(
            "select r.* from training_runs r join images i using (job_id, run) where i.id = %s", image["id"]
        )
        assert image["provider_version"] == run["provider_version"]
    told = sorted(inputs(studio, images[0]["prompt"]), key=lambda it: it["seed"])
    assert [it["seed"] for it in told] == [7, 8]
    asked = {"lora_scale": 0.8, "guidance_scale": 2.5, "width": 1024, "height": 1024}
    assert all(it | asked == it for it in told)


def test_a_seed_that_was_drawn_is_shown_and_is_the_one_that_was_used(studio: Studio, owner: User, model: str) -> None:
    images = generated(owner, model, pose="sitting on a drawn chair", count=2)["images"]
    used = inputs(studio, images[0]["prompt"])
    assert {it["seed"] for it in images} == {it["seed"] for it in used}
    assert len({it["seed"] for it in images}) == 2
    for image in images:
        assert (
            studio.row("select seed from provider_attempts where image_id = %s", image["id"])["seed"] == image["seed"]
        )


def tried(studio: Studio, user: User, path: str, **body: Any) -> dict[str, Any]:
    """What a dry run answers, after which every row is what it was; no key is needed."""
    answer = changes_nothing(studio, lambda: user.post(path, {**body, "dry_run": True}))
    assert answer.status_code == 200, answer.text
    return answer.json()


def test_a_dry_run_of_pictures_is_what_the_order_then_is(studio: Studio, owner: User, model: str) -> None:
    path, paid = f"/v1/models/{model}/generations", len(studio.twin.ledger)
    wishes = {"pose": "waving on a dry pier", "size": "9:16", "seed": 7, "lora_scale": 0.9, "count": 2}
    told = tried(studio, owner, path, **wishes)
    assert (told["expected_usd"], told["refusals"], len(studio.twin.ledger)) == ("0.04", [], paid)
    order = generated(owner, model, **wishes)
    images = order["images"]
    assert (order["expected_usd"], order["expected_minutes"]) == (told["expected_usd"], told["minutes"]["expected"])
    query = "select sum(spent_usd) as usd from ledger_entries where image_id = any(%s::uuid[])"
    assert float(order["actual_usd"]) == float(studio.row(query, [it["id"] for it in images])["usd"]) > 0
    assert order["actual_minutes"] >= 0
    sent = sorted(inputs(studio, images[0]["prompt"]), key=lambda it: it["seed"])
    drawn = {"prompt_strength": "(drawn when it is ordered)"}
    assert told["inputs"] == [it | drawn for it in sent]
    assert tried(studio, owner, path, pose="x")["inputs"][0]["seed"] == "(drawn when it is ordered)"
    advised = tried(studio, owner, path, pose="x", lora_scale=0.5)["advice"]
    assert [it["code"] for it in advised] == ["weak_likeness", "judged_in_a_sandbox"]


def test_a_dry_run_of_a_training_is_what_the_training_then_is(studio: Studio, maya: User) -> None:
    job, asked = maya.ready(), {"preset": "compact", "steps": 20, "learning_rate": 4e-4}
    told = tried(studio, maya, f"/v1/trainings/{job}/submit", **asked)
    assert told["refusals"] == told["advice"] == []
    maya.submit(job, **asked).raise_for_status()
    run = maya.until(job, "in_review", "failed")["runs"][0]
    assert run["expected_usd"] == told["expected_usd"]
    assert run["expected_minutes"] == told["minutes"]["expected"]
    assert 0 <= run["actual_minutes"] < run["expected_minutes"]
    [sent] = [it.input for it in studio.twin.ledger if it.kind == "training" and job in str(it.input)]
    assert told["inputs"] == [sent | {"input_images": "(a link to the dataset)"}]
    warped = tried(studio, maya, f"/v1/trainings/{job}/submit", steps=2000, learning_rate=4e-4)
    assert [it["code"] for it in warped["advice"]] == ["likely_to_warp"]
    assert [it["code"] for it in warped["refusals"]] == ["already_submitted"]
    again = {"decision": "retry", "parameters": {"preset": "compact"}}
    assert tried(studio, maya, f"/v1/trainings/{job}/review", **again)["refusals"] == []
    approving = maya.post(f"/v1/trainings/{job}/review", {"decision": "approve", "dry_run": True})
    assert (approving.status_code, approving.json()["code"]) == (422, "invalid_request")


def test_without_dry_run_a_key_is_needed(studio: Studio, owner: User, model: str) -> None:
    """MO-11."""
    answer = changes_nothing(studio, lambda: owner.post(f"/v1/models/{model}/generations", {"dry_run": False}))
    assert (answer.status_code, answer.json()["code"]) == (400, "no_idempotency_key")


def test_a_picture_is_repeated_with_its_own_settings_and_seed(studio: Studio, owner: User, model: str) -> None:
    wishes = {"scene": "beach", "outfit": "a linen suit", "size": "9:16", "seed": 7, "lora_scale": 0.9, "guidance": 2}
    [image] = generated(owner, model, **wishes)["images"]
    path = f"/v1/images/{image['id']}/repeats"
    same = ordered(owner, path, same_seed=True, count=2)["images"]
    again = ("prompt", "engine", "provider_version", "lora_scale", "guidance", "framing", "asked_width", "asked_height")
    assert [{name: it[name] for name in again} for it in same] == [{name: image[name] for name in again}] * 2
    assert [it["seed"] for it in same] == [7, 8]
    assert same[0]["width"] == image["width"]
    told = tried(studio, owner, path, same_seed=True)
    assert (told["inputs"][0]["prompt"], told["inputs"][0]["seed"]) == (image["prompt"], 7)
    assert ordered(owner, path)["images"][0]["seed"] not in (7, 8)


def test_a_variation_is_the_picture_with_what_is_changed(owner: User, model: str) -> None:
    [image] = generated(owner, model, pose="standing on one leg", outfit="a linen suit")["images"]
    changes = {"outfit": "a red coat", "framing": "portrait"}
    [varied] = ordered(owner, f"/v1/images/{image['id']}/repeats", changes=changes)["images"]
    assert "standing on one leg" in varied["prompt"]
    assert "wearing a red coat" in varied["prompt"]
    assert "linen" not in varied["prompt"]
    assert varied["framing"] == "portrait"
    [back] = ordered(owner, f"/v1/images/{varied['id']}/repeats", changes={"framing": "full_body", "outfit": None})[
        "images"
    ]
    assert "wearing" not in back["prompt"]
    assert "head to toe" in back["prompt"]


def test_a_preview_is_repeated_as_it_was_planned(studio: Studio, owner: User, model: str) -> None:
    query = "select id, prompt, asked_height from images where model_id = %s and kind = 'preview' and position = 2"
    preview = studio.row(query, model)
    [image] = ordered(owner, f"/v1/images/{preview['id']}/repeats")["images"]
    assert (
        (image["prompt"], image["asked_height"])
        == (preview["prompt"], preview["asked_height"])
        == (image["prompt"], 1344)
    )


def test_choices_for_a_picture_of_a_prompt_are_refused_with_what_to_send(
    studio: Studio, owner: User, model: str
) -> None:
    [image] = generated(owner, model, prompt="on a pier")["images"]
    path = f"/v1/images/{image['id']}/repeats"
    body = {"changes": {"outfit": "a coat"}}
    answer = changes_nothing(studio, lambda: owner.post(path, body, key=str(uuid.uuid4())))
    assert (answer.status_code, answer.json()["code"]) == (422, "made_from_a_prompt")
    studio.rows("""update images set wishes = '{"scene": "atlantis"}' where id = %s""", image["id"])
    answer = changes_nothing(studio, lambda: owner.post(path, {}, key=str(uuid.uuid4())))
    assert (answer.status_code, answer.json()["code"]) == (409, "not_repeatable")


def test_only_ones_own_pictures_of_an_active_model_are_repeated(studio: Studio, owner: User, model: str) -> None:
    """AS-07."""
    [image] = generated(owner, model, pose="waiting")["images"]
    path, key = f"/v1/images/{image['id']}/repeats", str(uuid.uuid4())
    stranger = studio.user()
    for body in ({}, {"dry_run": True}):
        answer = changes_nothing(studio, lambda body=body: stranger.post(path, body, key=key))
        assert (answer.status_code, answer.json()["code"]) == (404, "no_such_image")
    first = owner.post(path, {}, key=key).json()["id"]
    assert owner.post(path, {}, key=key).json()["id"] == first
    done(owner, first)
    [other] = generated(owner, model, pose="waiting")["images"]
    taken = owner.post(f"/v1/images/{other['id']}/repeats", {}, key=key)
    assert (taken.status_code, taken.json()["code"]) == (409, "idempotency_key_reused")
    studio.rows("update ai_models set status = 'archived' where id = %s", model)
    try:
        answer = changes_nothing(studio, lambda: owner.post(path, {}, key=str(uuid.uuid4())))
        told = tried(studio, owner, path)["refusals"]
    finally:
        studio.rows("update ai_models set status = 'active' where id = %s", model)
    assert (answer.status_code, answer.json()["code"]) == (409, "model_not_active")
    assert [it["code"] for it in told] == ["model_not_active"]


def test_scenes_are_listed(owner: User) -> None:
    listed = owner.http.get("/v1/scenes").raise_for_status().json()["scenes"]
    assert "beach" in [scene["name"] for scene in listed]
    assert all(scene["title"] and scene["pose"] for scene in listed)


@pytest.fixture
def bad_day(studio: Studio) -> Iterator[None]:
    """Ends with the test."""
    yield
    studio.faults()


@pytest.mark.usefixtures("bad_day")
def test_fewer_pictures_than_were_asked_for_are_a_partial_success_that_says_why(
    studio: Studio, owner: User, model: str
) -> None:
    before = account(studio, owner)
    studio.faults(create_answers=("normal", "422", "422"))
    order = generated(owner, model, pose="partly", count=3)
    assert (order["status"], sorted(it["status"] for it in order["images"])) == (
        "partial",
        ["failed", "failed", "saved"],
    )
    [missing] = order["missing"]
    assert (missing["code"], missing["count"]) == ("provider_refused", 2)
    assert float(order["actual_usd"]) == pytest.approx(float(account(studio, owner)[1] - before[1]))


@pytest.mark.usefixtures("bad_day")
def test_a_safety_refusal_is_told_as_such_and_costs_nothing(studio: Studio, owner: User, model: str) -> None:
    studio.faults(prediction_ends="nsfw")
    order = generated(owner, model, outfit="a swimsuit", count=2)
    assert (order["status"], float(order["actual_usd"])) == ("failed", 0)
    [missing] = order["missing"]
    assert (missing["code"], missing["count"]) == ("safety_filter", 2)
    assert "in other words" in missing["hint"]


def test_an_order_is_working_until_it_is_done(owner: User, model: str) -> None:
    path = f"/v1/models/{model}/generations"
    begun = owner.post(path, {"pose": "beginning"}, key=str(uuid.uuid4())).json()
    assert (begun["status"], begun["actual_usd"], begun["actual_minutes"]) == ("working", None, None)
    assert generated(owner, model, pose="beginning")["status"] == "done"
