"""What an owner does with a finished model: name it, put it away, make an earlier run active, take its weights home."""

from typing import Any

import pytest
from sql.seats import refused
from sql.story import Story, key


def model_of(story: Story) -> dict[str, Any]:
    return story.seen()["model"]


def restored(story: Story, run: int = 1) -> dict[str, Any]:
    return story.owner.call("restore_run", model=model_of(story)["id"], run_no=run)


def changed(story: Story, **changes: Any) -> dict[str, Any]:
    return story.owner.call("change_model", model=model_of(story)["id"], **changes)


def weights(story: Story) -> dict[str, Any]:
    return story.owner.call("read_weights", model=model_of(story)["id"])


def retried(story: Story) -> Story:
    """A second run, queued; the first had its weights."""
    story.to("in_review").reviewed("retry", idempotency_key=key())
    story.run = 2
    return story


def second_run_ends(story: Story, end: str) -> Story:
    """What became of the run after the first."""
    retried(story)
    if end == "failed":
        story.failed()
    elif end == "canceled":
        story.owner.call("cancel_training", job=story.job)
        story.failed()
    else:
        for stage in ("preparing", "training", "ingesting", "previewing", "in_review"):
            story.step(stage)
        story.reviewed({"rejected": "reject", "approved": "approve"}[end])
    assert story.status() == end
    return story


@pytest.mark.parametrize("end", ["failed", "canceled", "rejected", "approved"])
def test_an_earlier_run_is_made_the_active_one_whatever_became_of_the_later(story: Story, end: str):
    second_run_ends(story, end)
    for _ in range(2):
        model = restored(story)
        assert (model["status"], model["active_run"]) == ("active", 1)
    assert story.status() == end
    order = story.ordered()
    images = story.owner.call("read_image_order", image_order=order["id"])["images"]
    assert [image["run"] for image in images] == [1]


def test_a_run_that_was_rejected_may_be_taken_after_all(story: Story):
    story.to("rejected")
    assert model_of(story)["status"] == "archived"
    assert restored(story)["status"] == "active"


def test_a_restored_run_stays_the_active_one_until_another_is_approved(story: Story):
    retried(story)
    assert restored(story)["active_run"] == 1
    for stage in ("preparing", "training", "ingesting", "previewing", "in_review"):
        story.step(stage)
        assert (model_of(story)["status"], model_of(story)["active_run"]) == ("active", 1)
    story.reviewed("approve")
    assert (model_of(story)["status"], model_of(story)["active_run"]) == ("active", 2)


def test_a_rejection_of_the_later_run_leaves_the_restored_one_active(story: Story):
    retried(story)
    restored(story)
    for stage in ("preparing", "training", "ingesting", "previewing", "in_review"):
        story.step(stage)
    story.reviewed("reject")
    assert (model_of(story)["status"], model_of(story)["active_run"]) == ("active", 1)


@pytest.mark.parametrize(
    ("status", "run", "code"), [("in_review", 1, 409), ("in_review", 2, 404), ("approved", 0, 404)]
)
def test_only_a_run_that_is_over_is_restored(story: Story, status: str, run: int, code: int):
    story.to(status)
    before = model_of(story)
    with refused(code, "run_not_finished" if code == 409 else "no_such_run"):
        restored(story, run)
    assert model_of(story) == before


def test_a_run_without_weights_is_not_restored(story: Story):
    second_run_ends(story, "failed")
    with refused(409, "run_not_finished", "Run 2 is failed, without weights"):
        restored(story, 2)


def test_nothing_is_made_active_without_the_consent(story: Story, other: Story):
    """PR-01: nor where a withdrawal revoked the model."""
    story.to("rejected").withdrawn()
    with refused(403, "consent_withdrawn"):
        restored(story)
    other.to("approved")
    changed(other, archived=True)
    other.owner.call("withdraw_consent", consent_id=other.seen()["consent"]["id"])
    with refused(409, "model_gone"):
        restored(other)
    with refused(409, "model_gone"):
        changed(other, archived=False)
    assert model_of(other)["status"] == "revoked"


def test_a_withdrawal_and_a_restoration_at_once_leave_no_active_model(acted: Story, overlapping: Any):
    """PR-01: whichever comes first."""
    acted.to("rejected")
    consent = acted.seen()["consent"]["id"]
    overlapping(acted, restored, lambda story: story.owner.call("withdraw_consent", consent_id=consent))
    assert model_of(acted)["status"] == "revoked"


def test_the_photos_of_a_restored_model_go_as_after_an_approval(story: Story, other: Story):
    """PR-03: but never those that a run is made of."""
    second_run_ends(story, "failed")
    approved = other.to("approved").seen()["job"]["photos_purge_after"]
    restored(story)
    assert story.seen()["job"]["photos_purge_after"] == approved
    working = retried(Story(story.connection))
    restored(working)
    assert working.seen()["job"]["photos_purge_after"] > approved


def test_an_archived_model_takes_no_orders_until_it_is_taken_out(story: Story):
    story.to("approved")
    for _ in range(2):
        assert changed(story, archived=True)["status"] == "archived"
    with refused(409, "model_not_active", "this model is archived|This model is archived"):
        story.ordered()
    for _ in range(2):
        assert changed(story, archived=False)["status"] == "active"
    assert story.ordered()


@pytest.mark.parametrize("status", ["in_review", "rejected"])
def test_a_model_that_nobody_approved_is_not_made_active_by_the_archive(story: Story, status: str):
    story.to(status)
    with refused(409, "never_approved" if status == "rejected" else "model_not_active"):
        changed(story, archived=False)
    if status == "in_review":
        with refused(409, "model_not_active"):
            changed(story, archived=True)


def test_a_model_and_its_training_are_named_anew_together(story: Story):
    story.to("approved")
    changed(story, model_name="  Maya in winter ")
    assert (model_of(story)["name"], story.seen()["job"]["model_name"]) == ("Maya in winter",) * 2
    for wrong in ("", " ", "x" * 81, "two\nlines"):
        with refused(422, "bad_model_name"):
            changed(story, model_name=wrong, archived=True)
    with refused(422, "nothing_to_change"):
        changed(story)
    assert model_of(story)["status"] == "active"


def test_weights_are_read_of_a_model_that_was_approved_and_stands(story: Story):
    story.to("in_review")
    path = f"{story.user}/{story.job}/1/lora.safetensors"
    story.landed(path, "lora-weights")
    see = "select name from storage.objects where bucket_id = 'lora-weights'"
    assert (weights(story)["path"], story.owner.sql(see)) == (None, [])
    story.reviewed("approve")
    for archived in (False, True):
        changed(story, archived=archived)
        kept = weights(story)
        assert (kept["run"], kept["path"], kept["sha256"], kept["bytes"]) == (1, path, "0" * 64, 7_000_000)
        assert story.owner.sql(see) == [(path,)]
    story.owner.call("withdraw_consent", consent_id=story.seen()["consent"]["id"])
    assert (weights(story)["path"], story.owner.sql(see)) == (None, [])


def test_nobody_keeps_anothers_model(story: Story, other: Story):
    """AS-07."""
    story.to("approved")
    story.landed(f"{story.user}/{story.job}/1/lora.safetensors", "lora-weights")
    model = model_of(story)["id"]
    for call in (
        lambda: other.owner.call("restore_run", model=model, run_no=1),
        lambda: other.owner.call("change_model", model=model, archived=True),
    ):
        with refused(404, "no_such_model"):
            call()
    assert other.owner.call("read_weights", model=model) is None
    assert other.owner.sql("select from storage.objects") == []
