"""How a paid run ends: token and result meet on one row, the callback is sent once, the cost is booked once."""

from decimal import Decimal
from typing import Any

import pytest
from sql.seats import refused
from sql.story import Story, seen

PRICE, COST = Decimal("1.769"), Decimal("1.525")  # 1,160 seconds expected, 1,000 taken
PICTURE = Decimal("0.02")
PICTURE_COST = 10 * Decimal("0.001525")


def sent(story: Story, token: str) -> bool:
    return story.worker.call("callback_sent", attempt_id=story.attempt()["id"], token=token)


def due(story: Story) -> bool:
    attempt = story.attempt()
    return bool(attempt["task_token"] and attempt["callback_due"] and not attempt["callback_sent_at"])


def test_the_token_first_and_then_the_result(story):
    """SF-07, SF-08."""
    attempt = story.to("training").attempt()
    assert not due(story)
    ended = story.ended(attempt["id"])
    assert (ended["task_token"], ended["provider_status"]) == ("token", "succeeded")
    assert due(story)
    assert sent(story, "token")
    assert not due(story)


def test_the_result_first_and_then_the_token(story):
    """SF-07."""
    attempt = story.to("training").attempt()
    story.worker.call("forget_token", attempt_id=attempt["id"])
    assert story.ended(attempt["id"])["callback_due"] is None
    assert not due(story)
    assert story.attempted("b")["post"] is False
    assert due(story)
    assert sent(story, "b")


def test_token_and_result_at_once_always_leave_a_callback(acted, overlapping):
    """SF-07: whichever is written first."""
    attempt = acted.to("training").attempt()["id"]
    acted.worker.call("forget_token", attempt_id=attempt)
    overlapping(acted, lambda story: story.attempted("b"), lambda story: story.ended(attempt))
    assert due(acted)
    second = Story(acted.connection).to("training")
    attempt = second.attempt()["id"]
    overlapping(second, lambda story: story.ended(attempt), lambda story: story.attempted("b"))
    assert due(second)


def test_a_callback_counts_only_for_the_token_that_is_stored_now(story):
    """SF-09, SF-10."""
    attempt = story.to("training").attempt()
    assert not sent(story, "token")  # nothing has ended yet
    story.ended(attempt["id"])
    story.attempted("newer")
    assert not sent(story, "token")
    assert due(story)
    assert sent(story, "newer")
    assert not sent(story, "newer")


def test_a_state_that_is_entered_again_after_its_callback_gets_another_one(story):
    attempt = story.to("training").attempt()
    story.ended(attempt["id"])
    sent(story, "token")
    story.attempted("again")
    assert due(story)


def test_the_first_end_wins(story):
    """WH-17."""
    attempt = story.to("training").attempt()
    first = story.ended(attempt["id"], "succeeded", 1000)
    assert story.ended(attempt["id"], "failed", 5000) == first
    assert story.saw(seen(attempt["provider_id"], "processing"))["attempt"] == first
    assert story.attempt()["provider_status"] == "succeeded"


def test_a_result_that_was_paid_fails_the_run_only_by_a_verdict_about_itself_or_a_day_later(story, played):
    """A neighbour's outage is no reason to throw it away."""
    story.to("ingesting")
    begun = story.worker.call("begin_failure", job=story.job, run_no=1)
    assert begun["result_waits"] is True
    with refused(409, "result_waits"):
        story.failed()
    played(
        "update public.training_runs set deadline_at = deadline_at - interval '23 hours' where job_id = %s", story.job
    )
    with refused(409, "result_waits"):
        story.failed()
    played("update public.training_runs set deadline_at = deadline_at - interval '61 min' where job_id = %s", story.job)
    assert story.worker.call("begin_failure", job=story.job, run_no=1)["result_waits"] is False
    assert story.failed() == "failed"


def test_its_owner_may_still_cancel_a_run_whose_result_waits(story):
    story.to("ingesting").owner.call("cancel_training", job=story.job)
    assert story.failed() == "canceled"


def test_a_preview_that_is_given_up_when_the_review_opens_is_booked_when_it_ends(story):
    """It was made for the review and came too late: the operator's cost."""
    story.to("previewing")
    image = story.seen()["previews"][0]["id"]
    attempt = story.opened_image(image)["attempt"]["id"]
    story.started(attempt)
    story.reviewing()
    assert costs(story, image) == []
    story.ended(attempt, seconds=10)
    assert costs(story, image) == [("settlement", "operator", PICTURE_COST)]


def test_a_preview_that_ended_before_it_is_given_up_is_booked_at_once(story):
    story.to("previewing")
    image = story.seen()["previews"][0]["id"]
    attempt = story.opened_image(image)["attempt"]["id"]
    story.started(attempt)
    story.ended(attempt, seconds=10)
    story.reviewing()
    assert costs(story, image) == [("settlement", "operator", PICTURE_COST)]


@pytest.mark.parametrize("state", ["intent", "unknown"])
def test_while_a_paid_run_may_exist_nothing_fails_and_no_money_is_released(story, state):
    """MO-05."""
    attempt = story.to("preparing").attempted()["attempt"]
    if state == "unknown":
        story.worker.call("attempt_unknown", attempt_id=attempt["id"])
    with refused(409, "attempt_unknown"):
        story.failed()
    assert (story.status(), story.money()) == ("training", (PRICE, 0))


def test_the_money_of_a_failed_run_stays_reserved_while_the_provider_still_runs(story):
    """MO-10: what comes later is booked once, as the operator's, and wakes nobody (SF-11)."""
    attempt = story.to("training").attempt()["id"]
    assert story.failed() == "failed"
    assert (story.money(), story.attempt()["task_token"]) == ((PRICE, 0), None)
    late = story.ended(attempt, "canceled")
    assert (late["callback_due"], late["task_token"], late["output"]) == (None, None, None)
    assert story.failed() == "failed"
    assert story.money() == (0, 0)
    assert story.seen()["runs"][0]["actual_usd"] == float(COST)


@pytest.mark.parametrize("failure_first", [True, False])
def test_a_failure_and_a_result_at_once_settle_the_money_once(acted, overlapping, failure_first):
    """MO-10: neither may miss what the other is writing."""
    attempt = acted.to("training").attempt()["id"]
    steps = [lambda story: story.failed(), lambda story: story.ended(attempt, "failed")]
    overlapping(acted, *(steps if failure_first else reversed(steps)))
    assert acted.status() == "failed"
    assert acted.money() == (0, 0)
    assert acted.seen()["runs"][0]["actual_usd"] == float(COST)


def test_throttled_attempts_cost_nothing(story):
    attempt = story.to("preparing").attempted()["attempt"]
    story.worker.call("attempt_not_started", attempt_id=attempt["id"], outcome="throttled", reason="busy")
    assert story.failed() == "failed"
    assert story.money() == (0, 0)


def told(story: Story, step: int | None, **changed: Any) -> bool:
    return story.printed(step, at_once=False, **changed)


def later(story: Story, played: Any) -> None:
    played("update public.training_runs set progress_at = progress_at - interval '2 s' where job_id = %s", story.job)


def step_of(story: Story) -> int | None:
    return story.seen()["runs"][0]["step"]


def test_progress_is_written_at_most_every_two_seconds_and_never_backwards(story, played):
    """WH-19."""
    story.to("training")
    shown = []
    for step, wait in ((10, False), (20, False), (9, True), (10, True), (None, True), (11, True), (12, False)):
        if wait:
            later(story, played)
        assert told(story, step)  # a running run's, so nothing else is to be done about it
        shown.append(step_of(story))
    assert shown == [10, 10, 10, 10, 10, 11, 11]
    run = story.seen()["runs"][0]
    assert (run["total_steps"], run["loss"], run["eta_seconds"]) == (1000, 0.25, 60)


def test_progress_under_another_id_or_marker_is_not_shown(story):
    """WH-15."""
    story.to("training")
    assert not told(story, 10, provider_id="other")
    assert not told(story, 10, marker="other")
    assert not told(story, 10, marker=None)
    assert step_of(story) is None


def test_progress_after_the_end_is_not_shown_and_that_of_a_run_that_is_over_is_told_so(story):
    """WH-17, WH-20: the caller then has the provider looked at."""
    story.to("training")
    story.ended(story.attempt()["id"], "failed")
    told(story, 10)
    assert step_of(story) is None
    story.failed()
    assert not told(story, 10)


def picture_started(story: Story) -> tuple[str, str]:
    """One picture of an approved model that the provider is making: its id, its attempt's."""
    order = story.to("approved").ordered()["id"]
    view = story.owner.call("read_image_order", image_order=order)
    image = view["images"][0]["id"]
    attempt = story.opened_image(image)["attempt"]["id"]
    story.started(attempt)
    return image, attempt


def test_of_the_attempts_of_an_image_the_newest_is_asked_about(story):
    order = story.to("approved").ordered()["id"]
    image = story.owner.call("read_image_order", image_order=order)["images"][0]["id"]
    for _ in range(2):
        newest = story.opened_image(image)["attempt"]["id"]
        assert story.worker.call("attempt_of_image", image=image)["attempt"]["id"] == newest
        story.worker.call("attempt_not_started", attempt_id=newest, outcome="throttled", reason="busy")


def costs(story: Story, image: str) -> list[tuple[str, str, Decimal]]:
    """What was booked for an image."""
    return story.connection.execute(
        "select kind, borne_by::text, spent_usd from public.ledger_entries where image_id = %s and spent_usd <> 0",
        (image,),
    ).fetchall()  # type: ignore[return-value]


def fail_image(story: Story, image: str) -> str:
    return story.worker.call("fail_image", image=image, code="x", sentence="It failed.", hint="Order again.")


def test_a_pictures_money_is_settled_once_when_it_is_saved(story):
    """MO-10, MO-14."""
    image, attempt = picture_started(story)
    assert story.money() == (PICTURE, COST)
    story.ended(attempt, seconds=10)
    saved = {
        "path": "p",
        "sha256": "0",
        "bytes": 1,
        "content_type": "image/png",
        "width": 1,
        "height": 1,
        "signed": True,
    }
    for _ in range(2):
        story.worker.call("save_image", image=image, saved={**saved, "signed": True})
        assert story.money() == (0, COST + PICTURE_COST)
    assert fail_image(story, image) == "saved"


def test_a_picture_that_the_provider_may_be_making_cannot_fail(story):
    order = story.to("approved").ordered()["id"]
    image = story.owner.call("read_image_order", image_order=order)["images"][0]["id"]
    first = story.opened_image(image)
    assert first["post"]
    assert 0 <= first["attempt"]["seed"] < 2**31
    assert story.opened_image(image, "u")["post"] is False
    with refused(409, "attempt_unknown"):
        fail_image(story, image)


@pytest.mark.parametrize("failure_first", [True, False])
def test_a_pictures_failure_and_result_at_once_settle_its_money_once(acted, overlapping, failure_first):
    """MO-10."""
    image, attempt = picture_started(acted)
    steps = [lambda story: fail_image(story, image), lambda story: story.ended(attempt, "failed", 10)]
    overlapping(acted, *(steps if failure_first else reversed(steps)))
    assert acted.money() == (0, COST)
    assert costs(acted, image) == [("settlement", "operator", PICTURE_COST)]


def test_two_who_open_a_picture_at_once_post_once(acted, overlapping):
    order = acted.to("approved").ordered()["id"]
    image = acted.owner.call("read_image_order", image_order=order)["images"][0]["id"]

    def opened(story: Story) -> bool:
        return story.opened_image(image)["post"]

    assert overlapping(acted, opened, opened) == (True, False)
