"""JB-03: every stage of a run, and every image, has a deadline that the sweep acts on; a paid result waits."""

from datetime import timedelta

import pytest
from sql.seats import refused
from sql.story import STAGES, Story, seen

HOUR = timedelta(hours=1)


def left(story: Story) -> timedelta:
    ((found,),) = story.connection.execute(
        "select deadline_at - now() from public.training_runs where job_id = %s", (story.job,)
    ).fetchall()
    return found


def overdue(story: Story, kind: str = "runs") -> list[str]:
    return [row["id"] for row in story.worker.each(f"overdue_{kind}")]


def run_of(story: Story) -> str:
    return story.seen()["runs"][0]["id"]


def late(story: Story, played) -> None:
    played("update public.training_runs set deadline_at = now() - interval '1 s' where job_id = %s", story.job)


@pytest.mark.parametrize(
    ("stage", "time"),
    [
        ("queued", 3 * HOUR), ("preparing", 3 * HOUR), ("training", timedelta(minutes=115)),
        ("ingesting", 24 * HOUR), ("previewing", 2 * HOUR),
    ],
)  # fmt: skip
def test_each_stage_gives_the_run_the_time_that_it_may_take(story, stage, time):
    assert left(story.to(stage)) == time


@pytest.mark.parametrize("stage", STAGES[1:-1])
def test_a_run_past_its_deadline_is_found_whatever_the_provider_does(story, played, stage):
    """No job hangs: an attempt that is still open stays so, and is the sweep's."""
    story.to(stage)
    assert overdue(story) == []
    late(story, played)
    assert overdue(story) == [run_of(story)]


def test_a_job_ends_though_what_it_ordered_does_not_and_its_money_stays_reserved(story, played):
    attempt = story.to("training").attempt()
    reserved = story.money()
    late(story, played)
    story.failed("timed_out")
    assert (story.status(), story.attempt()["state"], story.money()) == ("failed", "started", reserved)
    assert story.saw(seen(attempt["provider_id"], "processing"))["cancel"]
    story.ended(attempt["id"], "canceled")
    assert story.money() == (0, 0)


@pytest.mark.parametrize("stage", ["queued", "training", "ingesting", "previewing"])
def test_a_cancel_leaves_a_job_ten_minutes_to_end(story, stage):
    """MO-09: also where the provider ignores it."""
    story.to(stage).owner.call("cancel_training", job=story.job)
    assert left(story) == timedelta(minutes=10)


@pytest.mark.parametrize("over", ["in_review", "approved", "rejected", "failed"])
def test_one_that_is_over_is_not_found(story, played, over):
    story.to(over)
    late(story, played)
    assert overdue(story) == []


@pytest.mark.parametrize("state", ["started", "lost"])
def test_what_the_provider_ended_well_has_a_day_from_then_however_late_it_came(story, played, state):
    """A training that succeeded waits for its workflow, and is given up only when its day is over."""
    attempt = story.to("training").attempt()["id"]
    played("update public.provider_attempts set state = %s::public.attempt_state where id = %s", state, attempt)
    late(story, played)
    story.ended(attempt)
    assert (overdue(story), left(story)) == ([], 24 * HOUR)
    with refused(409, "result_waits"):
        story.failed("timed_out")
    late(story, played)
    assert overdue(story) == [run_of(story)]


@pytest.mark.parametrize("end", ["failed", "canceled"])
def test_what_ended_badly_has_no_more_time(story, played, end):
    story.to("training")
    story.ended(story.attempt()["id"], end)
    late(story, played)
    assert overdue(story) == [run_of(story)]


def test_one_whose_order_was_throttled_until_its_deadline_is_found(story, played):
    attempt = story.to("preparing").attempted()["attempt"]["id"]
    story.worker.call("attempt_not_started", attempt_id=attempt, outcome="throttled", reason="busy")
    late(story, played)
    assert overdue(story) == [run_of(story)]


@pytest.mark.parametrize("kind", ["preview", "generation"])
def test_an_image_past_its_deadline_is_found_until_it_is_done(story, played, kind):
    story.to("previewing")
    if kind == "generation":
        story.step("in_review")
        story.reviewed("approve")
        story.ordered()
    query = "select id::text from public.images where status = 'queued' and kind = %s::public.image_kind order by id"
    images = [image for (image,) in story.connection.execute(query, (kind,))]
    assert overdue(story, "images") == []
    played("update public.images set deadline_at = now() - interval '1 s' where owner_id = %s", story.user)
    assert overdue(story, "images") == images
    for image in images:
        story.worker.call("fail_image", image=image, code="x", sentence="x", hint="x")
    assert overdue(story, "images") == []


def test_pages_go_on_after_the_last_id(story, played):
    runs = set()
    for _ in range(3):
        other = Story(story.connection).to("queued")
        late(other, played)
        runs.add(run_of(other))
    first = story.worker.each("overdue_runs", most=2)
    rest = story.worker.each("overdue_runs", most=2, after=first[-1]["id"])
    assert {row["id"] for row in [*first, *rest]} == runs
