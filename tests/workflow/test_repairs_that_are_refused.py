"""Before anything is paid: what cannot be repaired, told with the reason, and what a repair would be."""

import io
import json
import uuid
from collections.abc import Iterator
from typing import Any

import pytest
from doors.exchange import changes_nothing
from PIL import Image
from scenes import account, approved, held
from studio import Studio, User
from waiting import until

from croquis import wiring

WISH = {"pose": "walking", "expression": "a smile"}


@pytest.fixture(scope="module")
def owner(studio: Studio) -> User:
    return studio.user()


@pytest.fixture(scope="module")
def model(owner: User) -> str:
    return approved(owner)


def image_of(user: User, order: str) -> dict[str, Any]:
    def read() -> Any:
        [found] = user.http.get(f"/v1/image-orders/{order}").raise_for_status().json()["images"]
        return (found["status"] == "failed" or found["checks"]) and found

    return until(read)


def pictured(user: User, model: str, **wishes: Any) -> dict[str, Any]:
    order = user.post(f"/v1/models/{model}/generations", WISH | wishes, key=str(uuid.uuid4()))
    return image_of(user, order.json()["id"])


@pytest.fixture(scope="module")
def picture(owner: User, model: str) -> dict[str, Any]:
    """Full length, of a photo that is much like a photo: nobody looks whether it really shows a face."""
    return pictured(owner, model)


def asked(user: User, image: str, **body: Any) -> Any:
    return user.post(f"/v1/images/{image}/repairs", body, key=None if body.get("dry_run") else str(uuid.uuid4()))


def refused(studio: Studio, user: User, image: str, status: int, code: str, **body: Any) -> None:
    """When it is ordered, and told by a dry run as well where one can be had."""
    answer, dry = changes_nothing(
        studio, lambda: (asked(user, image, **body), asked(user, image, dry_run=True, **body))
    )
    assert (answer.status_code, answer.json()["code"]) == (status, code), answer.text
    assert answer.json()["hint"]
    told = [it["code"] for it in dry.json()["refusals"]] if dry.status_code == 200 else [dry.json()["code"]]
    assert code in told


@pytest.fixture
def changed(studio: Studio, picture: dict[str, Any]) -> Iterator[Any]:
    """Plays what became of the picture, and takes it back."""
    before = studio.row("select framing, shown_decision, removed_at from images where id = %s", picture["id"])

    def change(column: str, value: str) -> None:
        studio.rows(f"update images set {column} = {value} where id = %s", picture["id"])

    yield change
    studio.rows(
        "update images set framing = %s, shown_decision = %s, removed_at = %s, checks = null where id = %s",
        *(before["framing"], before["shown_decision"], before["removed_at"], picture["id"]),
    )


def seen(**more: Any) -> str:
    found = {**dict.fromkeys(("head_to_toe", "face", "not_copied")), "one_person": "cannot_tell", **more}
    return f"'{json.dumps(found)}'"


CHANGES = {
    "half a body": ("framing", "'half_body'", 409, "not_full_length"),
    "a portrait": ("framing", "'portrait'", 409, "not_full_length"),
    "removed": ("removed_at", "now()", 404, "no_such_image"),
    "refused": ("shown_decision", "'refuse'", 409, "refused_by_shown_person"),
    "not one person": ("checks", seen(codes=["several_people"]), 409, "no_face_found"),
    "no head": ("checks", seen(codes=["head_cut"]), 409, "no_face_found"),
    "a large face": ("checks", seen(face_pixels=641), 409, "face_large_enough"),
}


@pytest.mark.parametrize("what", CHANGES)
def test_a_picture_that_cannot_be_repaired_is_refused_with_the_reason(
    studio: Studio, owner: User, picture: dict[str, Any], changed: Any, what: str
) -> None:
    column, value, status, code = CHANGES[what]
    changed(column, value)
    refused(studio, owner, picture["id"], status, code)


def test_a_repair_is_not_repaired_again(studio: Studio, owner: User, picture: dict[str, Any]) -> None:
    made = image_of(owner, asked(owner, picture["id"]).json()["id"])["id"]  # judged, so that nothing moves later
    studio.rows(
        "update images set status = 'saved', path = id::text, sha256 = 'x', bytes = 1, content_type = 'image/png',"
        " width = 1, height = 1, signed = true where id = %s",
        made,
    )
    refused(studio, owner, made, 409, "repaired_already")
    again = owner.post(f"/v1/images/{made}/repeats", {}, key=str(uuid.uuid4()))
    assert (again.status_code, again.json()["code"]) == (409, "not_repeatable")


@pytest.mark.parametrize(
    "body",
    [{"strength": 0.09}, {"strength": 0.81}, {"strength": "x"}, {"strength": None}, {"seed": -1}, {"mask": "face"}],
)
def test_what_cannot_be_asked_for_is_named(studio: Studio, owner: User, picture: Any, body: dict[str, Any]) -> None:
    answer = changes_nothing(studio, lambda: asked(owner, picture["id"], **body))
    assert answer.status_code == (400 if "mask" in body else 422)
    assert next(iter(body)) in answer.json()["detail"]


def test_somebody_elses_picture_is_like_none(studio: Studio, picture: dict[str, Any]) -> None:
    refused(studio, studio.user(), picture["id"], 404, "no_such_image")
    refused(studio, studio.user(), str(uuid.uuid4()), 404, "no_such_image")


def test_an_archived_model_makes_no_repairs(studio: Studio, owner: User, model: str, picture: dict[str, Any]) -> None:
    owner.http.patch(f"/v1/models/{model}", json={"archived": True}).raise_for_status()
    refused(studio, owner, picture["id"], 409, "model_not_active")
    owner.http.patch(f"/v1/models/{model}", json={"archived": False}).raise_for_status()


def test_without_a_key_nothing_is_ordered(studio: Studio, owner: User, picture: dict[str, Any]) -> None:
    answer = changes_nothing(studio, lambda: owner.post(f"/v1/images/{picture['id']}/repairs", {}))
    assert answer.json()["code"] == "no_idempotency_key"


def test_a_dry_run_tells_price_minutes_and_what_the_engine_would_get(
    studio: Studio, owner: User, model: str, picture: dict[str, Any]
) -> None:
    told = changes_nothing(studio, lambda: asked(owner, picture["id"], dry_run=True, strength=0.3).json())
    assert (float(told["expected_usd"]), told["refusals"]) == (0.02, [])
    assert told["minutes"]["expected"] > 0
    trigger = owner.http.get(f"/v1/models/{model}").json()["trigger_word"]
    [order] = told["inputs"]
    assert order["prompt"] == f"{trigger} woman, close-up portrait photo of head and shoulders, a smile"
    assert order["prompt_strength"] == 0.3
    assert (order["image"], order["mask"]) == ("(a link to the picture)", "(a link to the mask)")
    assert order["seed"] == "(drawn when it is ordered)"


def test_the_same_key_is_the_same_repair(owner: User, picture: dict[str, Any]) -> None:
    path, key = f"/v1/images/{picture['id']}/repairs", str(uuid.uuid4())
    first, again = (owner.post(path, {"seed": 3}, key=key).json() for _ in range(2))
    assert first["id"] == again["id"]
    assert owner.post(path, {"seed": 4}, key=key).status_code in (409, 422)


def without_a_face(studio: Studio, owner: User, model: str) -> dict[str, Any]:
    """Unchecked, and its file shows a wall."""
    image = pictured(owner, model)
    row = studio.row("update images set checks = null where id = %s returning path, width, height", image["id"])
    Image.new("RGB", (row["width"], row["height"]), "grey").save(wall := io.BytesIO(), "PNG")
    wiring.croquis().files.write("images", row["path"], wall.getvalue(), content_type="image/png")
    return image


def test_a_face_that_nobody_finds_costs_nothing(studio: Studio, owner: User, model: str) -> None:
    image, paid = without_a_face(studio, owner, model), studio.paid("prediction")
    made = image_of(owner, asked(owner, image["id"]).json()["id"])
    assert (made["status"], made["problem"]["code"]) == ("failed", "no_face_found")
    assert studio.paid("prediction") == paid
    until(lambda: account(studio, owner)[0] == 0)  # the pictures of before are settled by their own webhooks


def test_a_picture_that_goes_while_its_repair_waits_is_shown_to_nobody(studio: Studio, owner: User, model: str) -> None:
    image, paid = pictured(owner, model), studio.paid("prediction")
    with held(studio, "StartImage") as hold:
        order = asked(owner, image["id"]).json()["id"]
        hold.reached()
        owner.http.delete(f"/v1/images/{image['id']}").raise_for_status()
        hold.go()
        made = image_of(owner, order)
    assert (made["status"], made["problem"]["code"]) == ("failed", "source_gone")
    assert studio.paid("prediction") == paid
