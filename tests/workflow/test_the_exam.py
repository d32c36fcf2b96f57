"""The exam of a run: its previews judged before the review opens, told honestly, and in nobody's way."""

import io
from collections.abc import Callable
from typing import Any

import fetch_models
import pytest
from agreements import AGREES_TO_FACES
from PIL import Image
from scenes import approved, crash, ended, submitted
from studio import PHOTOS, Studio, User, invoke
from waiting import until

from sandbox.replicate import pictures as twin_pictures


def photo_of(name: str) -> Image.Image:
    with Image.open(next(path for path in PHOTOS if path.stem == name)) as photo:
        return photo.convert("RGB")


def doubled(photo: Image.Image) -> Image.Image:
    twice = Image.new("RGB", (photo.width * 2, photo.height))
    twice.paste(photo, (0, 0))
    twice.paste(photo, (photo.width, 0))
    return twice


def cropped(photo: Image.Image) -> Image.Image:
    return photo.crop((0, 0, photo.width, round(photo.height * 0.6)))


@pytest.fixture
def plant(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """From now on the stand-in paints these pictures, one after the other, over and over."""

    def planted(*pictures: Image.Image) -> None:
        paint = iter(pictures * 20)
        monkeypatch.setattr(twin_pictures, "encode", lambda _, form, __: encoded(next(paint), form))

    return planted


def encoded(picture: Image.Image, form: str) -> bytes:
    buffer = io.BytesIO()
    picture.save(buffer, twin_pictures.PIL_FORMATS[form])
    return buffer.getvalue()


def graded(user: User, job: str) -> dict[str, Any]:
    """The exam of its only run, which is in review."""
    view = ended(user, job)
    assert view["status"] == "in_review", view["runs"]
    return view["runs"][0]["exam"]


def test_a_run_of_real_photos_ends_in_review_with_a_report(studio: Studio, maya: User, plant: Any) -> None:
    """Of the previews two are new pictures of one person, one is a training photo again, one shows two people."""
    plant(photo_of("09"), photo_of("12"), photo_of("01"), doubled(photo_of("01")))
    job = maya.ready(8)
    assert maya.submit(job).status_code == 202

    exam = graded(maya, job)

    assert (exam["sandbox"], exam["pictures"]) == (True, 4)
    rates = {part: (exam[part]["passed"], exam[part]["failed"]) for part in ("one_person", "not_copied")}
    assert rates == {"one_person": (3, 1), "not_copied": (3, 1)}
    assert exam["one_person"]["interval"]["low"] == pytest.approx(0.3006, abs=1e-4)
    assert exam["head_to_toe"]["failed"] == 0
    assert {exam[part]["photos"] for part in ("legs", "hips", "head")} != {0}
    assert exam["face"] is None
    assert [(it["part"], it["code"]) for it in exam["not_measured"]] == [("face", "no_consent")]
    assert "not agreed" in exam["not_measured"][0]["sentence"]
    checks = [it["checks"] for it in maya.read(job)["previews"]]
    assert sorted(it["one_person"] for it in checks) == ["fails", "passes", "passes", "passes"]
    assert ["More than one person is in the picture."] in [it["why"] for it in checks]
    assert (
        studio.rows("select from face_references f join training_runs r on r.id = f.run_id and job_id = %s", job) == []
    )


def test_a_figure_that_is_cut_fails_and_says_so(studio: Studio, maya: User, plant: Any) -> None:
    plant(cropped(photo_of("01")))
    job = submitted(maya)
    assert graded(maya, job)["head_to_toe"]["failed"] == 4
    previews = maya.read(job)["previews"]
    assert {tuple(it["checks"]["why"]) for it in previews} == {("The feet are cut off, or cannot be seen.",)}


def test_with_consent_the_face_is_measured_and_one_reference_kept(studio: Studio, maya: User, plant: Any) -> None:
    """It serves the pictures that are ordered later, and goes when the consent is taken back."""
    fetch_models.fetch(lock=fetch_models.FACES)
    plant(photo_of("02"))
    job = maya.ready(8)
    studio.rows(AGREES_TO_FACES, job)
    assert maya.submit(job).status_code == 202

    exam = graded(maya, job)

    assert (exam["face"]["passed"], exam["face"]["failed"], exam["not_measured"]) == (4, 0, [])
    kept = "select jsonb_array_length(embeddings) many from face_references f join training_runs r on r.id = f.run_id"
    assert 1 <= studio.row(f"{kept} where job_id = %s", job)["many"] <= 12
    approval = maya.post(f"/v1/trainings/{job}/review", {"decision": "approve"}).json()
    assert checked(maya, order(maya, approval["model"]["id"]))["face"] == "passes"
    maya.http.delete(f"/v1/consents/{maya.read(job)['consent']['id']}").raise_for_status()
    assert studio.rows(f"{kept} where job_id = %s", job) == []


def test_faces_that_cannot_be_measured_leave_the_rest_of_the_exam(studio: Studio, maya: User) -> None:
    job = submitted(maya)
    studio.rows(AGREES_TO_FACES, job)
    with crash(studio, "MeasureFaces", when="before", times=9):
        exam = graded(maya, job)
    assert exam["one_person"]["passed"] == 4
    assert {it["part"]: it["code"] for it in exam["not_measured"]}["face"] == "broken"


@pytest.mark.parametrize("error", ["Runtime.ExitError", "Sandbox.Timedout", "KeyError"])
def test_grading_that_breaks_opens_the_review_ungraded(studio: Studio, maya: User, error: str) -> None:
    job = submitted(maya)
    with crash(studio, "GradePreviews", when="before", error=error, times=9) as crashes:
        assert graded(maya, job) is None
    assert len(crashes) == (4 if error == "Runtime.ExitError" else 1)  # only what may pass is tried again
    assert {it["checks"] for it in maya.read(job)["previews"]} == {None}


def test_a_run_that_is_graded_twice_keeps_its_first_exam(studio: Studio, maya: User) -> None:
    job = submitted(maya)
    with crash(studio, "GradePreviews", when="after"):
        exam = graded(maya, job)
    assert exam["pictures"] == 4
    assert invoke("GradePreviews", {"job_id": job, "run": 1}) is None
    assert maya.read(job)["runs"][0]["exam"] == exam


def test_without_a_preview_there_is_nothing_to_judge(studio: Studio, maya: User) -> None:
    studio.faults(prediction_ends="failed")
    exam = graded(maya, submitted(maya))
    assert exam["pictures"] == 0
    assert {it["part"]: it["code"] for it in exam["not_measured"]} == {
        **dict.fromkeys(("one_person", "head_to_toe", "legs", "hips", "head", "not_copied"), "no_pictures"),
        "face": "no_consent",
    }


def order(user: User, model: str, **choices: Any) -> str:
    answer = user.post(f"/v1/models/{model}/generations", {"pose": "walking", **choices}, key="k" * 8 + model)
    return str(answer.json()["id"])


def checked(user: User, order_id: str) -> dict[str, Any]:
    """The checks of an order's only picture, when it has some."""
    read = f"/v1/image-orders/{order_id}"
    return until(lambda: user.http.get(read).raise_for_status().json()["images"][0]["checks"])


def test_every_picture_that_is_ordered_is_checked(studio: Studio, maya: User, plant: Any) -> None:
    model = approved(maya)
    plant(cropped(photo_of("01")))
    checks = checked(maya, order(maya, model))
    assert (checks["one_person"], checks["head_to_toe"], checks["face"]) == ("passes", "fails", None)


def test_a_close_up_need_not_show_feet(studio: Studio, maya: User, plant: Any) -> None:
    model = approved(maya)
    plant(cropped(photo_of("01")))
    checks = checked(maya, order(maya, model, framing="half_body"))
    assert (checks["one_person"], checks["head_to_toe"], checks["why"]) == ("passes", None, [])


def test_a_check_that_breaks_leaves_the_picture_saved(studio: Studio, maya: User) -> None:
    model = approved(maya)
    with crash(studio, "CheckImage", when="before", error="KeyError", times=9) as crashes:
        placed = order(maya, model)
        until(lambda: crashes)
        image = maya.http.get(f"/v1/image-orders/{placed}").json()["images"][0]
    assert (image["status"], image["checks"]) == ("saved", None)
    assert image["url"]
