"""The face of a full-length picture made anew: cut out, inpainted by the person's own version, put back, judged."""

import io
import uuid
from typing import Any

import fetch_models
import httpx
import pytest
from agreements import AGREES_TO_FACES
from PIL import Image, ImageChops
from psycopg.types.json import Jsonb
from scenes import crash, minutes_pass, objects
from studio import Studio, User
from waiting import until

from croquis.domain.images.provenance import Seal, SignedClaim
from croquis_marks import read_claim


@pytest.fixture(scope="module")
def owner(studio: Studio) -> User:
    return studio.user()


@pytest.fixture(scope="module")
def job(studio: Studio, owner: User) -> str:
    """Of real photos, whose person agrees to a measurement of the face; its model is active."""
    fetch_models.fetch(lock=fetch_models.FACES)
    job = owner.ready(8)
    studio.rows(AGREES_TO_FACES, job)
    assert owner.submit(job).status_code == 202
    view = owner.until(job, "in_review", "failed")
    owner.post(f"/v1/trainings/{job}/review", {"decision": "approve"})
    assert view["status"] == "in_review"
    return job


@pytest.fixture
def picture(studio: Studio, owner: User, job: str) -> dict[str, Any]:
    """A full-length picture that was checked."""
    studio.faults()
    model = owner.read(job)["model"]["id"]
    body = {"pose": "standing facing the camera", "expression": "a smile", "lighting": "soft light", "seed": 1}
    order = owner.post(f"/v1/models/{model}/generations", body, key=str(uuid.uuid4())).json()
    return done(owner, order["id"])


def done(user: User, order: str) -> dict[str, Any]:
    """The order's only picture when nothing more is written of it."""

    def read() -> Any:
        [found] = user.http.get(f"/v1/image-orders/{order}").raise_for_status().json()["images"]
        return (found["status"] == "failed" or found["checks"]) and found

    return until(read)


def repair(user: User, image: dict[str, Any], **body: Any) -> httpx.Response:
    key = None if body.get("dry_run") else body.pop("key", str(uuid.uuid4()))
    return user.post(f"/v1/images/{image['id']}/repairs", body, key=key)


def repaired(user: User, image: dict[str, Any], **body: Any) -> dict[str, Any]:
    answer = repair(user, image, **body)
    assert answer.status_code == 202, answer.text
    return done(user, answer.json()["id"])


def pixels(image: dict[str, Any]) -> Image.Image:
    data = httpx.get(image["url"]).raise_for_status().content
    with Image.open(io.BytesIO(data)) as opened:
        return opened.convert("RGB")


def test_the_face_is_made_anew_in_a_new_picture_and_everything_else_is_the_same_to_the_bit(
    studio: Studio, owner: User, picture: dict[str, Any], job: str
) -> None:
    made = repaired(owner, picture, strength=0.5, seed=7)
    assert (made["status"], made["source_image_id"], made["strength"], made["seed"]) == (
        *("saved", picture["id"], 0.5, 7),
    )
    assert (made["width"], made["height"]) == (picture["width"], picture["height"])
    cut = studio.row("select cut_out from images where id = %s", made["id"])["cut_out"]
    left, top, right, bottom = ImageChops.difference(pixels(picture), pixels(made)).getbbox() or (0, 0, 0, 0)
    assert cut["left"] <= left < right <= cut["left"] + cut["side"]
    assert cut["top"] <= top < bottom <= cut["top"] + cut["side"]
    assert bottom < picture["height"] / 3  # the head of a whole figure
    [order] = [it.input for it in studio.twin.ledger if it.input.get("mask")]
    [attempt] = studio.rows("select marker from provider_attempts where image_id = %s", made["id"])
    assert attempt["marker"] in order["image"]  # MO-07
    assert order["prompt"].startswith(owner.read(job)["trigger_word"])
    assert "close-up portrait photo of head and shoulders, a smile, soft light" in order["prompt"]
    assert made["repair"]["body"] != "different"
    again = owner.http.get(f"/v1/models/{owner.read(job)['model']['id']}/images").json()["images"]
    assert {picture["id"], made["id"]} <= {it["id"] for it in again}
    assert pixels(next(it for it in again if it["id"] == picture["id"])) == pixels(picture)


def test_it_is_signed_as_ours_with_the_picture_before_in_it(studio: Studio, owner: User, picture: Any) -> None:
    made = repaired(owner, picture)
    data = httpx.get(made["url"]).content
    assert read_claim(data, authority=studio.identity.authority) == SignedClaim(Seal.OURS, made["id"])
    assert picture["id"].encode() in data


def test_a_face_that_is_better_is_kept(owner: User, picture: dict[str, Any]) -> None:
    made = repaired(owner, picture, seed=7)
    assert (made["repair"]["kept"], made["repair"]["reason"]) == (True, "face_better")


def test_somebody_elses_face_is_not_kept_and_can_still_be_read(studio: Studio, owner: User, picture: Any) -> None:
    studio.faults(pictures_show="stranger")
    made = repaired(owner, picture, strength=0.8)
    assert (made["repair"]["kept"], made["repair"]["reason"]) == (False, "face_not_better")
    assert made["repair"]["sentence"]
    assert pixels(made).size == (picture["width"], picture["height"])


def test_without_the_consent_to_measure_faces_it_is_a_suggestion(
    studio: Studio, owner: User, picture: dict[str, Any], job: str
) -> None:
    forgotten = (
        "delete from face_references f using training_runs r where r.id = f.run_id and r.job_id = %s returning f.*"
    )
    kept = studio.row(forgotten, job)
    made = repaired(owner, picture)
    assert (made["repair"]["kept"], made["repair"]["reason"]) == (True, "not_measured")
    assert made["checks"]["face"] is None
    studio.rows(
        "insert into face_references (run_id, owner_id, embeddings) values (%s, %s, %s)",
        *(kept["run_id"], kept["owner_id"], Jsonb(kept["embeddings"])),
    )


def test_what_was_cut_out_goes_when_the_repair_is_done(
    studio: Studio, owner: User, picture: dict[str, Any], job: str
) -> None:
    made = repaired(owner, picture)
    assert len([it for it in objects(studio, "face-cut-outs", job) if made["id"] in it]) == 2
    minutes_pass(studio, 6)
    assert studio.sweep()["cut_outs"] >= 1
    assert objects(studio, "face-cut-outs", job) == []
    assert studio.sweep()["cut_outs"] == 0


@pytest.mark.parametrize("function", ["CutOutFace", "SaveImage", "CheckImage"])
@pytest.mark.parametrize("when", ["before", "after"])
def test_a_crash_costs_nothing_and_loses_nothing(
    studio: Studio, owner: User, picture: dict[str, Any], function: str, when: Any
) -> None:
    paid = studio.paid("prediction")
    with crash(studio, function, when=when) as crashes:
        made = repaired(owner, picture)
    assert crashes == [function]
    assert (made["status"], made["repair"]["body"] != "different") == ("saved", True)
    assert studio.paid("prediction") == paid + 1
