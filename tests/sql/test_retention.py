"""PR-03: what is past its time is found, not before; and what the consent text promises is what the numbers say."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sql.seats import Connection, refused
from sql.story import STAGES, Story, key

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
PURGE_TAKES = HOUR
Play = Callable[..., None]


def number(db: Connection, function: str) -> timedelta:
    ((found,),) = db.execute(f"select croquis.{function}()").fetchall()  # type: ignore[arg-type]
    return found


def left(story: Story) -> timedelta:
    """Until the photos begin to be deleted."""
    query = "select photos_purge_after - now() from public.lora_training_jobs where id = %s"
    ((found,),) = story.connection.execute(query, (story.job,)).fetchall()
    return found


def due(story: Story) -> bool:
    return story.job in [job["id"] for job in story.worker.each("jobs_to_purge")]


def past_its_time(story: Story, played: Play) -> None:
    played("update public.lora_training_jobs set photos_purge_after = now() - interval '1 s' where id = %s", story.job)


def objects_are_deleted(story: Story, played: Play) -> None:
    """As the sweep does with what was removed minutes ago."""
    played("update public.training_photos set updated_at = now() - interval '4 minutes' where job_id = %s", story.job)
    for photo in story.worker.each("objects_of_removed_photos"):
        story.worker.call("removed_photo_is_gone", photo=photo["id"])


def test_the_consent_text_promises_what_the_numbers_say(db):
    (words,) = [text for (text,) in db.execute("select body from public.consent_texts where version = '2026-11'")]
    after_close, at_most = number(db, "photos_kept_after_close"), number(db, "photos_kept_at_most")
    hours, days = after_close // HOUR, at_most // DAY
    assert (
        f"Original photos and the training archive are deleted within {hours} hours after the model is approved or the "
        f"job is closed, and within {days} days in any case."
    ) in words
    assert (after_close, at_most) == (timedelta(hours=24), timedelta(days=7))


def test_a_log_is_kept_for_no_more_than_thirty_days_after_the_last_word(db, story):
    assert number(db, "logs_kept") == 30 * DAY
    story.to("training").printed(10)
    ((kept,),) = story.worker.sql("select purge_after - now() from public.training_logs")
    assert 30 * DAY - PURGE_TAKES <= kept <= 30 * DAY


@pytest.mark.parametrize("status", ["draft", "queued", "in_review", "failed"])
def test_a_job_that_may_go_on_keeps_its_photos_for_seven_days_less_the_hour_that_deleting_takes(story, status):
    assert left(story.to(status)) == 7 * DAY - PURGE_TAKES


@pytest.mark.parametrize("status", ["approved", "rejected", "canceled"])
def test_one_that_is_over_for_good_keeps_them_for_a_day_less_that_hour(story, status):
    assert left(story.to(status)) == DAY - PURGE_TAKES


def test_what_ends_late_gains_no_time(story, played):
    played("update public.lora_training_jobs set photos_purge_after = now() + interval '2 hours' where id = %s",
           story.to("in_review").job)  # fmt: skip
    story.reviewed("approve")
    assert left(story) == 2 * HOUR


def test_the_seven_days_begin_with_the_first_photo_and_no_later_one(story, played):
    story.opened()
    for days_ago, expected in ((6, 7 * DAY - PURGE_TAKES), (2, 5 * DAY - PURGE_TAKES)):
        played("update public.lora_training_jobs j set photos_purge_after = j.photos_purge_after"
               " - make_interval(days => %s) where id = %s", days_ago, story.job)  # fmt: skip
        story.announced(days_ago)
        assert left(story) == expected


def test_a_run_is_not_paid_for_when_its_photos_would_go_before_it_could_be_over(story, played):
    story.to("draft")
    played("update public.lora_training_jobs set photos_purge_after = now() + interval '2 hours 59 minutes'"
           " where id = %s", story.job)  # fmt: skip
    with refused(409, "photos_expire"):
        story.submitted()
    assert {quote["refusal"]["code"] for quote in story.seen()["quotes"]} == {"photos_expire"}
    played("update public.lora_training_jobs set photos_purge_after = now() + interval '3 hours' where id = %s",
           story.job)  # fmt: skip
    assert story.submitted()["status"] == "queued"


def test_no_job_is_purged_before_its_time(story, played):
    story.to("approved")
    assert not due(story)
    assert story.worker.each("begin_purge", job=story.job) == []
    assert not story.worker.call("end_purge", job=story.job)
    assert len(story.seen()["photos"]) == 8


@pytest.mark.parametrize("status", [*STAGES, "approved", "rejected", "failed", "canceled"])
def test_whatever_became_of_a_job_all_its_photos_go_and_then_its_row_says_so(story, played, status):
    story.to(status)
    past_its_time(story, played)
    assert due(story)
    runs = story.worker.each("begin_purge", job=story.job)
    assert [run["run"] for run in runs] == [run["run"] for run in story.seen()["runs"]]
    assert story.seen()["photos"] == []
    assert not story.worker.call("end_purge", job=story.job)  # their objects are still there
    assert due(story)

    objects_are_deleted(story, played)

    gone = story.worker.call("end_purge", job=story.job)
    assert gone == (status not in ("queued", "preparing"))  # such a run may still write its archive
    assert (story.seen()["job"]["photos_purged_at"] is not None) == gone
    assert due(story) != gone
    assert story.status() == ("canceled" if status == "draft" else status)
    kept = story.connection.execute(
        "select count(*) from public.training_photos where job_id = %s and num_nonnulls(seen, sha256, clean_path) > 0",
        (story.job,),
    ).fetchone()
    assert kept == (0,)


def test_a_purged_job_cannot_be_tried_again_and_costs_nothing(story, played):
    story.to("failed")
    past_its_time(story, played)
    with refused(409, "photos_expire"):
        story.reviewed("retry", idempotency_key=key())
    story.worker.each("begin_purge", job=story.job)
    objects_are_deleted(story, played)
    assert story.worker.call("end_purge", job=story.job)
    with refused(409, "no_retry"):
        story.reviewed("retry", idempotency_key=key())
    assert story.seen()["quotes"] == []
    assert story.money()[0] == 0


def test_a_photo_that_lands_after_the_purge_is_deleted_unread(story, played):
    photo = story.opened().announced()
    past_its_time(story, played)
    story.worker.each("begin_purge", job=story.job)
    assert story.claimed(story.landed(photo["upload_path"]))["action"] == "delete"


def test_two_sweeps_may_purge_one_job_at_once(acted, overlapping):
    acted.to("approved")
    acted.connection.execute(
        "update public.lora_training_jobs set photos_purge_after = now() - interval '1 s' where id = %s", (acted.job,)
    )
    first, second = overlapping(acted, *[lambda story: story.worker.each("begin_purge", job=story.job)] * 2)
    assert [run["id"] for run in first] == [run["id"] for run in second]
    assert acted.seen()["photos"] == []


def test_logs_are_deleted_after_their_time_page_by_page(story, played):
    stories = [Story(story.connection).to("training") for _ in range(3)]
    for it in stories:
        it.printed(10)
    assert story.worker.call("purge_logs") == 0
    played("update public.training_logs set purge_after = now() - interval '1 s' where owner_id = any (%s::uuid[])",
           [it.user for it in stories])  # fmt: skip
    assert [story.worker.call("purge_logs", most=2) for _ in range(3)] == [2, 1, 0]
    assert stories[0].seen()["runs"][0]["step"] == 10
    assert log_of(stories[0])["lines"] == []


def log_of(story: Story) -> dict[str, Any]:
    return story.owner.call("read_training_log", job=story.job, run_no=0, line=0, step=-1)


def test_every_row_that_may_be_purged_says_when(db):
    """PR-03: and none without."""
    query = """select table_name || '.' || column_name from information_schema.columns
      where table_schema = 'public' and column_name like '%%purge_after' and is_nullable = 'NO'"""
    assert {name for (name,) in db.execute(query)} == {
        "lora_training_jobs.photos_purge_after", "training_logs.purge_after"
    }  # fmt: skip
