"""The zip that the trainer reads is what its owner was shown, and a trainer that saw something else is told apart."""

import hashlib
import io
import zipfile
from typing import Any

from PIL import Image
from scenes import account, draft, ended, held, objects, small_photos, submitted, trainings_paid
from studio import Studio, User, invoke

from croquis import wiring


def zip_of(user: User, job: str, run: int = 1) -> bytes:
    return wiring.croquis().files.read("datasets", f"{user.id}/{job}/{run}/dataset.zip", limit=500_000_000)


def shown(user: User, job: str) -> list[dict[str, Any]]:
    photos = user.http.get(f"/v1/trainings/{job}/dataset").raise_for_status().json()["photos"]
    return [picture for photo in photos for picture in photo["pictures"]]


def test_the_zip_holds_exactly_what_was_shown(studio: Studio, maya: User) -> None:
    """FI-05: a flat zip with neutral names, of real photos, each picture with its caption."""
    job = maya.ready()
    pictures = shown(maya, job)
    maya.submit(job).raise_for_status()
    view = ended(maya, job)
    assert view["status"] == "in_review", view["runs"]
    data = zip_of(maya, job)
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        assert archive.namelist() == [f"{it['name']}.{kind}" for it in pictures for kind in ("jpg", "txt")]
        for picture in pictures:
            with Image.open(archive.open(f"{picture['name']}.jpg")) as image:
                assert image.size == (picture["width"], picture["height"])
            assert archive.read(f"{picture['name']}.txt").decode() == picture["caption"]
    run = view["runs"][0]
    assert (run["dataset_images"], run["dataset_sha256"]) == (len(pictures), hashlib.sha256(data).hexdigest())


def test_the_same_photos_and_captions_give_the_same_bytes(studio: Studio, maya: User) -> None:
    job = submitted(maya)
    first = ended(maya, job)["runs"][0]["dataset_sha256"]
    maya.post(f"/v1/trainings/{job}/review", {"decision": "retry"}, key="again-and-again").raise_for_status()
    second = ended(maya, job)["runs"][1]["dataset_sha256"]
    assert first == second
    # a word more is another dataset
    photo = maya.read(job)["photos"][0]["id"]
    maya.http.patch(f"/v1/trainings/{job}/photos/{photo}", json={"clothes": "a coat"}).raise_for_status()
    maya.post(f"/v1/trainings/{job}/review", {"decision": "retry"}, key="and-once-more").raise_for_status()
    assert ended(maya, job)["runs"][2]["dataset_sha256"] != first


def test_a_trainer_that_found_fewer_pictures_fails_the_run_clearly(studio: Studio, maya: User) -> None:
    studio.faults(images_lost=1)
    job = submitted(maya)
    view = ended(maya, job)
    assert (view["status"], view["runs"][0]["problem"]["code"]) == ("failed", "images_missing")
    assert "weights" not in "".join(objects(studio, "lora-weights", job))
    # what was paid is booked, to the operator; nothing stays reserved
    run = view["runs"][0]
    assert (run["borne_by"], float(run["actual_usd"]) > 0, trainings_paid(studio, job)) == ("operator", True, 1)
    assert account(studio, maya) == (0, 0)
    # and the next try may be whole
    studio.faults()
    maya.post(f"/v1/trainings/{job}/review", {"decision": "retry"}, key="whole-this-time").raise_for_status()
    assert ended(maya, job)["status"] == "in_review"


def test_a_photo_that_is_not_the_one_that_was_checked_stops_the_run_before_it_costs(studio: Studio, maya: User) -> None:
    job = draft(maya)
    path = studio.row("select clean_path from training_photos where job_id = %s and slot = 3", job)["clean_path"]
    wiring.croquis().files.write("training-photos", path, small_photos()[0], content_type="image/jpeg")
    maya.submit(job).raise_for_status()
    assert (ended(maya, job)["status"], trainings_paid(studio, job)) == ("failed", 0)


def test_a_dataset_that_is_built_again_changes_nothing(studio: Studio, maya: User) -> None:
    """SF-13, JB-06."""
    with held(studio, "StartTraining") as state:
        job = submitted(maya)
        state.reached()
        before, run = zip_of(maya, job), maya.read(job)["runs"][0]
        path = studio.row("select clean_path from training_photos where job_id = %s and slot = 1", job)["clean_path"]
        photos, kept = wiring.croquis().files, small_photos()
        photos.write("training-photos", path, kept[1], content_type="image/jpeg")
        invoke("BuildDataset", {"job_id": job, "run": 1})  # what is recorded is not made again
        photos.write("training-photos", path, kept[0], content_type="image/jpeg")
        studio.rows("update training_runs set dataset_path = null where job_id = %s", job)  # died before its record
        invoke("BuildDataset", {"job_id": job, "run": 1})
        assert (zip_of(maya, job), maya.read(job)["runs"][0]["dataset_sha256"]) == (before, run["dataset_sha256"])
        state.go()
    assert ended(maya, job)["status"] == "in_review"
