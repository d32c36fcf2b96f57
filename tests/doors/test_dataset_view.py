"""What the trainer would see, shown before anything is paid; and what the set as a whole lacks."""

from typing import Any

import pytest
from doors.drafts import draft
from doors.exchange import event, send
from studio import PHOTOS, Studio, User

BUCKETS = {(832, 1216), (768, 1344), (896, 1152)}


@pytest.fixture(scope="module")
def job(maya: User) -> str:
    """A draft with three real photos, checked: front, three-quarter, back."""
    job = maya.open()
    for slot, name in enumerate(("01", "06", "12"), 1):
        maya.upload(job, slot, next(path for path in PHOTOS if path.stem == name).read_bytes())
    assert maya.checked(job)["accepted_photos"] == 3
    return job


@pytest.fixture(scope="module")
def dataset(token: str, job: str) -> dict[str, Any]:
    answer = send(event("read_dataset", token=token, job_id=job))
    assert answer.status == 200
    return answer.json


def test_every_photo_is_trained_whole_in_an_exact_bucket(dataset: dict[str, Any]) -> None:
    assert [photo["slot"] for photo in dataset["photos"]] == [1, 2, 3]
    for photo in dataset["photos"]:
        whole = photo["pictures"][0]
        assert (whole["framing"], (whole["width"], whole["height"]) in BUCKETS) == ("full_body", True)
        left, top, right, bottom = whole["region"]
        assert left < right
        assert top < bottom
        assert photo["thumbnail_url"]


def test_the_view_counts_and_names_every_picture(dataset: dict[str, Any]) -> None:
    names = [picture["name"] for photo in dataset["photos"] for picture in photo["pictures"]]
    assert dataset["images"] == len(names) == len(set(names)) >= 3


def test_the_face_is_measured_where_there_is_one(dataset: dict[str, Any]) -> None:
    front, _, back = (photo["pictures"][0]["face_height"] for photo in dataset["photos"])
    assert 60 < front < 160
    assert back is None


def test_captions_say_what_was_seen_and_not_what_the_slot_asked_for(dataset: dict[str, Any]) -> None:
    """Slot 2 asks for three-quarter left, slot 3 for three-quarter right; the third photo shows the back."""
    captions = [photo["pictures"][0]["caption"] for photo in dataset["photos"]]
    assert all(dataset["trigger_word"] in caption for caption in captions)
    assert ["from behind" in caption for caption in captions] == [False, False, True]


def test_the_caption_of_the_whole_figure_is_the_photos(maya: User, job: str, dataset: dict[str, Any]) -> None:
    shown = {photo["id"]: photo["caption"] for photo in maya.read(job)["photos"]}
    assert {it["photo_id"]: it["pictures"][0]["caption"] for it in dataset["photos"]} == shown


def test_the_set_is_told_what_it_lacks(maya: User, job: str) -> None:
    found = {it["code"]: it for it in maya.read(job)["set_findings"]}
    assert found["too_few_photos"]["severity"] == "blocking"
    assert found["missing_view"]["severity"] == "advice"
    assert all(it["sentence"] and it["hint"] for it in found.values())


def test_a_draft_without_photos_has_an_empty_dataset(studio: Studio, maya: User, token: str) -> None:
    empty = send(event("read_dataset", token=token, job_id=draft(studio, maya))).json
    assert (empty["images"], empty["photos"]) == (0, [])
