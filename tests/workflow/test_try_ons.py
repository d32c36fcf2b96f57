"""A try-on from order to picture: each engine, what it is told, what comes of it; refusals, and one more try."""

import io
import uuid

import httpx
import pytest
from doors.exchange import changes_nothing
from dressing_room import agreed, done, dressed_model, garment, ordered, paid, picture, read
from PIL import Image
from scenes import account, minutes_pass
from studio import Studio, User, invoke
from waiting import until

from croquis import wiring
from croquis.domain.images.provenance import COMPOSITE

PRUNA, BANANA, IDM = "prunaai/p-image-try-on", "google/nano-banana-pro", "cuuupid/idm-vton"


@pytest.fixture(scope="module")
def owner(studio: Studio) -> User:
    return studio.user()


@pytest.fixture(scope="module")
def model(owner: User) -> str:
    return dressed_model(owner)


@pytest.fixture(scope="module")
def before(owner: User, model: str) -> str:
    return picture(owner, model)


@pytest.fixture(scope="module")
def worn(owner: User) -> dict[str, str]:
    return {name: garment(owner, name) for name in ("upper", "lower", "shoes")}


def shown(url: str) -> Image.Image:
    return Image.open(io.BytesIO(httpx.get(url).content))


def test_a_look_is_put_on_a_preview_and_both_are_kept(
    studio: Studio, owner: User, before: str, worn: dict[str, str]
) -> None:
    look = owner.post("/v1/looks", {"name": "For town", "garment_ids": list(worn.values())}).json()["id"]
    order = ordered(owner, image_id=before, look_id=look, seed=7)
    [image] = order["images"]
    assert (order["kind"], order["status"], order["expected_usd"]) == ("try_on", "done", order["actual_usd"])
    assert (image["engine"], image["seed"], image["source_image_id"]) == (PRUNA, 7, before)
    assert image["source"]["id"] == before
    after = shown(image["url"])
    assert after.size == shown(image["source"]["url"]).size
    assert COMPOSITE in str(after.info)
    assert image["signed"] is True
    checks = image["checks"]
    assert [checks[it] for it in ("one_person", "body", "garments")] == ["passes", "passes", "passes"], checks
    assert checks["why"] == []
    sent = paid(studio)[-1]
    assert sent.cost == 0.031
    [attempt] = studio.rows("select * from provider_attempts where image_id = %s", image["id"])
    assert attempt["marker"] in sent.input["person_image"]


@pytest.mark.parametrize("engine", [BANANA, IDM])
def test_every_other_engine_is_sent_what_the_dry_run_told(
    studio: Studio, owner: User, before: str, worn: dict[str, str], engine: str
) -> None:
    studio.rows("update croquis.limits set noncommercial = true")
    asked = {"image_id": before, "garment_ids": [worn["upper"]], "engine": engine}
    told = changes_nothing(studio, lambda: owner.post("/v1/try-ons", {**asked, "dry_run": True})).json()
    assert told["refusals"] == []
    order = ordered(owner, **asked)
    [expected] = told["inputs"]
    sent = paid(studio)[-1].input
    plain = {name for name, value in expected.items() if "(" not in str(value)}
    assert sent.keys() == expected.keys()
    assert {name: sent[name] for name in plain} == {name: expected[name] for name in plain}
    assert (order["images"][0]["provider_version"] == engine) is (engine == BANANA)
    studio.rows("update croquis.limits set noncommercial = default")


def test_the_quick_way_puts_the_newest_garments_on_the_best_picture(
    owner: User, model: str, before: str, worn: dict[str, str]
) -> None:
    order = ordered(owner, f"/v1/models/{model}/try-ons", newest=True)
    assert {it["id"] for it in order["images"][0]["garments"]} == set(worn.values())


def test_the_same_key_is_the_same_order_and_is_paid_once(
    studio: Studio, owner: User, before: str, worn: dict[str, str]
) -> None:
    key, body = str(uuid.uuid4()), {"image_id": before, "garment_ids": [worn["upper"]]}
    many = len(paid(studio))
    orders = [owner.post("/v1/try-ons", body, key=key).json()["id"] for _ in range(2)]
    assert orders[0] == orders[1]
    done(owner, orders[0])
    assert len(paid(studio)) == many + 1


def test_a_try_on_comes_in_a_download_although_its_engine_has_no_scales(
    owner: User, before: str, worn: dict[str, str]
) -> None:
    [made] = ordered(owner, image_id=before, garment_ids=[worn["upper"]], engine=BANANA)["images"]
    assert (made["seed"], made["lora_scale"]) == (None, None)
    asked = owner.post("/v1/downloads", {"image_ids": [made["id"]]}, key=str(uuid.uuid4())).json()["id"]
    read = lambda: owner.http.get(f"/v1/downloads/{asked}").json()["status"]  # noqa: E731
    assert until(lambda: (status := read()) != "working" and status) == "ready"


def test_an_engine_that_refuses_costs_nothing_and_is_told_in_words(
    studio: Studio, owner: User, before: str, worn: dict[str, str]
) -> None:
    spent = account(studio, owner)
    studio.twin.once("create", kind="prediction", prediction_ends="nsfw")
    order = ordered(owner, image_id=before, garment_ids=[worn["upper"]], engine=BANANA)
    assert order["images"][0]["problem"]["code"] == "refused_by_engine"
    assert account(studio, owner) == spent


def test_what_is_flagged_is_made_once_more_where_its_owner_asked_for_that(
    studio: Studio, owner: User, before: str, worn: dict[str, str]
) -> None:
    reserved, spent = account(studio, owner)
    studio.twin.once("create", kind="prediction", pictures_show="doubled")
    body = {"image_id": before, "garment_ids": [worn["upper"]], "retry_once": True}
    order = owner.post("/v1/try-ons", body, key=str(uuid.uuid4())).json()["id"]
    assert account(studio, owner)[0] - reserved == pytest.approx(0.03)
    first, second = until(lambda: len(them := read(owner, order)["images"]) == 2 and them)
    assert first["checks"]["one_person"] == "fails"
    assert "More than one person is in the picture." in first["checks"]["why"]
    assert second["status"] == "queued"
    minutes_pass(studio, 2)
    studio.sweep()
    first, second = done(owner, order)["images"]
    assert (first["status"], second["checks"]["one_person"]) == ("saved", "passes")
    left, paid_for = account(studio, owner)
    assert (left - reserved, paid_for - spent) == (pytest.approx(0), pytest.approx(0.03))


def test_an_engine_that_the_daily_look_misses_is_not_ordered(
    studio: Studio, owner: User, before: str, worn: dict[str, str]
) -> None:
    body = {"image_id": before, "garment_ids": [worn["upper"]], "engine": BANANA}
    assert invoke("Sweep", {"only": "engines"}) == {"engines": 4, "changed_engines": 0}
    looked = [it.name for it in wiring.croquis().store.engines.engines_to_look_at()]
    studio.twin.once("model", nth=looked.index(BANANA) + 1, model_answers="404")
    assert invoke("Sweep", {"only": "engines"})["changed_engines"] == 1
    answer = changes_nothing(studio, lambda: owner.post("/v1/try-ons", body, key=str(uuid.uuid4())))
    assert (answer.status_code, answer.json()["code"]) == (409, "engine_disabled")
    assert invoke("Sweep", {"only": "engines"}) == {"engines": 4, "changed_engines": 0}
    assert owner.post("/v1/try-ons", {**body, "dry_run": True}).json()["refusals"] == []


def test_bad_bodies_are_named(owner: User, before: str, model: str, worn: dict[str, str]) -> None:
    garments = [worn["upper"]]
    for body, said in (
        ({"image_id": before}, "garment_ids or look_id"),
        ({"image_id": before, "garment_ids": garments, "look_id": before}, "garment_ids or look_id"),
        ({"image_id": before, "garment_ids": ["x"]}, "garment_ids"),
        ({"image_id": "x", "garment_ids": garments}, "image_id"),
        ({"garment_ids": garments}, "image_id is missing"),
        ({"image_id": before, "garment_ids": garments, "mood": "happy"}, "mood"),
        ({"image_id": before, "garment_ids": garments, "seed": -1}, "seed"),
        ({"image_id": before, "garment_ids": garments, "engine": ""}, "engine"),
        ({"image_id": before, "garment_ids": garments, "retry_once": "yes"}, "retry_once"),
    ):
        answer = owner.post("/v1/try-ons", body, key=str(uuid.uuid4()))
        assert answer.status_code == (400 if "mood" in body else 422), answer.text
        assert said in answer.text
    for body in ({}, {"newest": True, "look_id": before}, {"newest": False}, {"garment_ids": garments}):
        assert owner.post(f"/v1/models/{model}/try-ons", body, key=str(uuid.uuid4())).status_code in (400, 422)


def test_without_consent_nothing_is_ordered(
    studio: Studio, owner: User, model: str, before: str, worn: dict[str, str]
) -> None:
    agreed(owner, model, "train", "generate")
    body = {"image_id": before, "garment_ids": [worn["upper"]]}
    answer = changes_nothing(studio, lambda: owner.post("/v1/try-ons", body, key=str(uuid.uuid4())))
    assert (answer.status_code, answer.json()["code"]) == (403, "use_not_consented")
    agreed(owner, model)
