"""A retry is trained on the photos and captions as they are when it is ordered; those of a running run never change."""

from typing import Any

import pytest
from sql.seats import refused
from sql.story import Story, key

OPEN = ["draft", "in_review", "failed"]
CLOSED = ["queued", "preparing", "training", "ingesting", "previewing", "approved", "rejected", "canceled"]
CHANGES = [{"slot": 2}, {"override": True}, {"said": {"pose": "walking"}}]


def retried(story: Story, **parameters: Any) -> list[dict[str, Any]]:
    """The photos that the next run begins with."""
    story.reviewed("retry", idempotency_key=key(), parameters=parameters)
    story.run += 1
    return story.entered("preparing")["photos"]


def removed(story: Story, photo: dict[str, Any]) -> dict[str, Any]:
    return story.owner.call("remove_photo", job=story.job, photo=photo["id"])


@pytest.mark.parametrize("status", OPEN[1:])
def test_a_retry_takes_the_set_as_it_is_then_without_uploading_the_others_again(story: Story, status: str):
    first, second, *kept = story.to(status).seen()["photos"]
    replaced, added = story.accepted(first["slot"]), story.accepted(9)
    removed(story, second)
    story.changed(kept[0], said={"clothes": "a grey coat"})

    photos = retried(story, preset="compact", steps=500)

    assert {it["id"] for it in photos} == {replaced["id"], added["id"], *(it["id"] for it in kept)}
    assert next(it for it in photos if it["id"] == kept[0]["id"])["said"] == {"clothes": "a grey coat"}
    run = story.seen()["runs"][-1]
    assert (run["run"], run["preset"], run["steps"], run["lora_rank"]) == (2, "compact", 500, 48)


@pytest.mark.parametrize("status", OPEN)
@pytest.mark.parametrize("change", CHANGES)
def test_photos_may_change_as_long_as_another_run_may_follow(story: Story, status: str, change: dict[str, Any]):
    photo = story.to(status).seen()["photos"][0]
    changed = story.changed(photo, **change)
    assert changed["status"] == "accepted"
    assert changed["said"] == change.get("said", {})
    assert changed["slot"] == change.get("slot", photo["slot"])


@pytest.mark.parametrize("status", CLOSED)
def test_photos_of_a_run_that_works_and_of_a_job_that_is_over_are_final(story: Story, status: str):
    photo = story.to(status).seen()["photos"][0]
    with refused(409, "photos_are_final", status):
        story.announced(9)
    with refused(409, "photos_are_final", status):
        removed(story, photo)
    for change in CHANGES:
        with refused(409, "photos_are_final", status):
            story.changed(photo, **change)
    assert story.seen()["photos"][0] == photo


@pytest.mark.parametrize("status", OPEN[1:])
def test_a_retry_needs_as_many_photos_as_a_first_run_and_waits_for_those_on_their_way(story: Story, status: str):
    photos = story.to(status).seen()["photos"]
    coming = story.announced(9)
    for code in ("photos_not_uploaded", "photos_being_checked"):
        with refused(409, code):
            retried(story)
        assert {it["refusal"]["code"] for it in story.seen()["quotes"]} == {code}
        if code == "photos_not_uploaded":
            story.landed(coming["upload_path"])
    removed(story, coming)
    removed(story, photos[0])
    with refused(409, "wrong_number_of_photos", "this job has 7"):
        retried(story)
    assert story.status() == status
    assert story.money()[0] == 0


def test_what_lands_while_a_run_works_is_no_photo_of_it(story: Story):
    """A signed upload lives two hours: longer than a review may."""
    late = story.to("failed").announced(9)
    removed(story, late)
    photos = retried(story)
    assert story.claimed(story.landed(late["upload_path"]))["action"] == "delete"
    assert len(story.entered("preparing")["photos"]) == len(photos) == 8


def test_a_photo_that_comes_with_an_approval_is_never_looked_at(story: Story):
    photo = story.to("in_review").announced(9)
    landed = story.landed(photo["upload_path"])
    story.reviewed("approve")
    assert story.claimed(landed)["action"] == "delete"


def test_no_photo_is_added_after_the_consent_was_withdrawn(story: Story):
    """PR-01."""
    story.to("failed").withdrawn()
    with refused(403, "consent_withdrawn"):
        story.announced(9)


def test_no_photo_is_added_that_would_be_deleted_before_a_run_could_be_over(story: Story):
    """PR-03: the seven days began with the first photo, and go on."""
    ends = story.to("failed").seen()["job"]["photos_purge_after"]
    story.accepted(9)
    assert story.seen()["job"]["photos_purge_after"] == ends
    story.connection.execute("update public.lora_training_jobs set photos_purge_after = now() + interval '2 hours'")
    with refused(409, "photos_expire"):
        story.announced(10)


def test_a_photo_that_comes_while_a_retry_is_ordered_is_waited_for_or_too_late(acted: Story, overlapping: Any):
    acted.to("failed")
    _, refusal = overlapping(acted, lambda story: story.announced(9), retried)
    assert refusal.diag.message_detail == "photos_not_uploaded"
    removed(acted, next(it for it in acted.seen()["photos"] if it["slot"] == 9))
    acted.run = 1
    _, refusal = overlapping(acted, retried, lambda story: story.announced(10))
    assert refusal.diag.message_detail == "photos_are_final"
