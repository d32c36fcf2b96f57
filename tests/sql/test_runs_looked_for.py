"""MO-05, MO-06: what is not known of a run is found out by looking, and no answer that decides nothing is final."""

from decimal import Decimal
from typing import Any

import pytest
from sql.attempts import PRICE, minutes_pass, not_started, opened, operators_cost, ours
from sql.story import Story, seen


def missed(story: Story) -> str:
    """The provider neither knows nor lists its run."""
    return story.worker.call("attempt_missing", attempt_id=story.attempt()["id"])["state"]


def test_a_training_that_never_ran_is_gone_half_an_hour_after_its_order_and_a_second_look(story, played):
    """SF-04."""
    story.to("training")
    assert missed(story) == "started"
    minutes_pass(story, played, 29)
    assert missed(story) == "started"
    minutes_pass(story, played, 2)
    assert missed(story) == "ended"
    assert (story.attempt()["provider_status"], story.attempt()["task_token"]) == ("aborted", "token")
    assert story.failed() == "failed"
    assert story.money() == (0, 0)


def test_a_training_that_was_seen_at_work_is_looked_for_until_it_is_lost_and_then_still_booked(story, played):
    """SF-04, JB-03: two 404s are no end; what becomes known later is one more entry."""
    story.to("training")
    provider_id = story.attempt()["provider_id"]
    story.saw(seen(provider_id, "processing"))
    for minutes in (35, 60, 22):
        assert missed(story) == "started"
        minutes_pass(story, played, minutes)
    assert story.failed() == "failed"  # the job ended at its deadline, and the money stayed reserved
    assert story.money() == (PRICE, 0)
    minutes_pass(story, played, 2)
    assert missed(story) == "lost"
    assert story.money() == (0, 0)
    story.saw(seen(provider_id, "succeeded", seconds=1200))
    assert (story.money(), operators_cost(story)) == ((0, 0), Decimal("1.83"))


def test_a_404_that_heals_is_forgotten(story, played):
    """SF-04, MO-01."""
    story.to("training")
    missed(story)
    minutes_pass(story, played, 31)
    story.saw(seen(story.attempt()["provider_id"], "starting"))
    assert missed(story) == "started"


# An order whose answer was lost.


def unknown(story: Story) -> dict[str, Any]:
    attempt = opened(story.to("preparing"))
    story.worker.call("attempt_unknown", attempt_id=attempt["id"])
    return attempt


def absent(story: Story) -> str:
    """The provider's whole list does not show it."""
    return story.worker.call("attempt_absent", attempt_id=story.attempt()["id"])["state"]


def test_an_order_that_the_list_does_not_show_is_absent_only_after_its_quarantine(story, played):
    """MO-06."""
    unknown(story)
    assert absent(story) == "unknown"
    minutes_pass(story, played, 9)
    assert absent(story) == "unknown"
    minutes_pass(story, played, 2)
    assert absent(story) == "absent"
    attempt = story.attempt()
    assert attempt["callback_due"]
    assert attempt["task_token"] == "token"


def test_two_attempts_may_have_been_posted_and_no_third_follows(story, played):
    """MO-06: counted by their POSTs; one that was throttled does not count."""
    first = opened(story.to("preparing"))
    not_started(story, first["id"], "throttled")
    for number in (2, 3):
        again = story.attempted()
        assert (again["post"], again["attempt"]["attempt"]) == (True, number)
        minutes_pass(story, played, 11)
        assert absent(story) == "absent"
    last = story.attempted()
    assert (last["post"], last["wait"], last["attempt"]["attempt"]) == (False, False, 3)
    assert story.failed() == "failed"
    assert story.money() == (0, 0)


def test_an_order_that_the_list_shows_is_adopted_and_a_second_run_of_it_is_stopped_and_booked(story):
    """MO-05: the oldest is kept, whatever the order of the list."""
    attempt = unknown(story)
    newest_first = [
        seen("p2", "processing", created_at="2026-11-30T10:00:09Z", **ours(attempt)),
        seen("p1", "processing", created_at="2026-11-30T10:00:01Z", **ours(attempt)),
    ]
    told = story.worker.call("saw_runs", kind="training", seen=newest_first)
    assert [(it["id"], it["cancel"]) for it in told] == [("p1", False), ("p2", True)]
    assert (story.attempt()["state"], story.attempt()["provider_id"]) == ("started", "p1")
    story.saw(seen("p2", "canceled", seconds=100, **ours(attempt)))
    assert story.attempt()["state"] == "started"
    story.ended(attempt["id"])
    story.entered("ingesting")
    story.registered()
    assert (story.money(), operators_cost(story)) == ((0, Decimal("1.525")), Decimal("0.1525"))


def test_an_order_that_took_effect_after_it_was_called_absent_is_stopped_and_booked(story, played):
    """MO-08."""
    attempt = unknown(story)
    minutes_pass(story, played, 11)
    absent(story)
    again = story.attempted()["attempt"]
    assert story.saw(seen("late", "processing", **ours(attempt)))["cancel"] is True
    story.saw(seen("late", "canceled", seconds=10, **ours(attempt)))
    assert (story.attempt()["id"], story.attempt()["state"]) == (again["id"], "intent")
    story.started(again["id"], "p1")
    story.ended(again["id"], "failed", 0)
    story.failed()
    assert (story.money(), operators_cost(story)) == ((0, 0), Decimal("0.01525"))


@pytest.mark.parametrize(("status", "patience"), [("succeeded", 600), ("vanished", 60)])
def test_an_end_that_leaves_doubts_counts_when_it_is_still_seen_later(story, played, status, patience):
    """A success without its output, and a word that nobody knows with an end time."""
    story.to("training")
    provider_id = story.attempt()["provider_id"]
    end = {"patience_seconds": patience, "end": "succeeded" if status == "succeeded" else "failed"}

    def state(**more: Any) -> str:
        answer = story.saw(seen(provider_id, status, **(end | more)))
        assert answer["look"] is (answer["attempt"]["state"] == "started")
        return answer["attempt"]["state"]

    assert state() == "started"
    played("update public.provider_runs set doubted_since = now() - make_interval(secs => %s)", patience - 5)
    assert state() == "started"
    played("update public.provider_runs set doubted_since = now() - make_interval(secs => %s)", patience + 1)
    assert state() == "ended"


def test_an_end_that_was_doubted_and_then_not_seen_is_forgotten(story, played):
    story.to("training")
    provider_id = story.attempt()["provider_id"]
    for status in ("vanished", "processing"):
        story.saw(seen(provider_id, status, patience_seconds=60))
        played("update public.provider_runs set doubted_since = doubted_since - interval '2 minutes'")
    assert story.saw(seen(provider_id, "vanished", patience_seconds=60))["attempt"]["state"] == "started"
