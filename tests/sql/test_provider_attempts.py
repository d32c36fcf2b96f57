"""MO-01, MO-02, MO-12: at most one open attempt per order, one POST per attempt, and none behind a closed switch."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any
from uuid import uuid4

import psycopg
import pytest
from sql.attempts import minutes_pass, not_started, opened, ours, token_of
from sql.seats import refused
from sql.story import Story, fresh, seen


def test_the_intent_is_there_before_the_call_and_posts_once(story):
    first = story.to("preparing").attempted("a")
    assert (first["post"], first["attempt"]["state"], first["attempt"]["attempt"]) == (True, "intent", 1)
    assert "task_token" not in first["attempt"]
    assert (first["run"]["status"], first["job"]["status"], story.status()) == ("training",) * 3


def test_many_who_open_at_once_post_once(acted, committed):
    """MO-01: threads, each with a connection and a transaction of its own."""
    acted.to("preparing")
    stories = [replace(acted, connection=committed()) for _ in range(8)]
    with ThreadPoolExecutor(8) as threads:
        answers = list(threads.map(lambda it: it[1].attempted(f"token{it[0]}"), enumerate(stories)))
    assert sorted(answer["post"] for answer in answers) == [False] * 7 + [True]
    assert len({answer["attempt"]["id"] for answer in answers}) == 1


def test_who_comes_while_another_opens_waits_and_does_not_post(acted, overlapping):
    first, second = overlapping(acted.to("preparing"), lambda it: it.attempted("a"), lambda it: it.attempted("b"))
    assert (first["post"], second["post"]) == (True, False)
    assert token_of(acted) == "b"


def test_the_database_itself_refuses_a_second_open_attempt(db, story):
    """MO-02: even the superuser's own insert."""
    attempt = opened(story.to("preparing"))
    with pytest.raises(psycopg.errors.UniqueViolation, match="one_open"):
        db.execute(
            """insert into public.provider_attempts (run_id, owner_id, attempt, marker, expected_usd, look_after)
               select run_id, owner_id, 2, 'other', 1, now() from public.provider_attempts where id = %s""",
            (attempt["id"],),
        )


def test_an_attempt_cannot_have_started_without_the_providers_id(story):
    attempt = opened(story.to("preparing"))
    with pytest.raises(psycopg.errors.CheckViolation):
        story.worker.call("attempt_started", attempt_id=attempt["id"], provider_id=None)


def test_entered_again_it_only_stores_the_newer_token(story):
    """SF-10."""
    attempt = opened(story.to("preparing"), "a")
    story.started(attempt["id"], "p1")
    again = story.attempted("b")
    assert (again["post"], again["attempt"]["state"], again["attempt"]["provider_id"]) == (False, "started", "p1")
    assert token_of(story) == "b"
    story.attempted(None)  # type: ignore[arg-type]
    assert token_of(story) == "b"


def test_an_intent_left_behind_is_unknown_and_is_never_posted_again(story):
    opened(story.to("preparing"), "a")
    for token in ("b", "c"):
        again = story.attempted(token)
        assert (again["post"], again["attempt"]["state"], again["attempt"]["attempt"]) == (False, "unknown", 1)


def test_the_answer_of_a_slow_post_still_counts_after_it_became_unknown(story):
    attempt = opened(story.to("preparing"))
    story.attempted("b")
    story.started(attempt["id"], "p1")
    assert (story.attempt()["state"], story.attempt()["provider_id"]) == ("started", "p1")


def test_a_busy_provider_gets_a_new_attempt_with_a_new_marker(story):
    first = opened(story.to("preparing"))
    not_started(story, first["id"], "throttled")
    again = story.attempted("b")
    assert (again["post"], again["attempt"]["attempt"]) == (True, 2)
    assert again["attempt"]["marker"] != first["marker"]
    assert story.attempt()["id"] == again["attempt"]["id"]  # the newest is the one that is asked about


def test_a_provider_that_is_always_busy_is_not_asked_for_ever(story, played):
    first = opened(story.to("preparing"))
    not_started(story, first["id"], "throttled")
    played("update public.provider_attempts set attempt = 200 where id = %s", first["id"])
    again = story.attempted()
    assert (again["post"], again["wait"], again["attempt"]["state"]) == (False, False, "throttled")


def test_a_refused_order_is_never_made_again_and_costs_nothing(story):
    attempt = opened(story.to("preparing"))
    not_started(story, attempt["id"], "refused")
    again = story.attempted("b")
    assert (again["post"], again["attempt"]["state"], again["attempt"]["id"]) == (False, "refused", attempt["id"])
    assert story.failed() == "failed"
    assert story.money() == (0, 0)


@pytest.mark.parametrize("outcome", ["started", "ended", "intent", "", None])
def test_only_two_words_say_that_nothing_was_started(story, outcome):
    attempt = opened(story.to("preparing"))
    not_started(story, attempt["id"], outcome)
    assert story.attempt()["state"] == "intent"


def test_a_refusal_does_not_undo_what_was_seen(story):
    attempt = opened(story.to("preparing"))
    story.saw(seen("p1", "starting", **ours(attempt)))
    not_started(story, attempt["id"], "refused")
    story.worker.call("attempt_unknown", attempt_id=attempt["id"])
    assert (story.attempt()["state"], story.attempt()["provider_id"]) == ("started", "p1")


def test_whoever_did_not_hear_that_it_may_post_asks_again_and_may(story):
    """MO-02: the id is made by the caller; anybody else still may not."""
    story.to("preparing")
    mine = {"job": story.job, "run_no": 1, "token": "token", **fresh()}
    answers = [story.worker.call("open_training_attempt", **mine)["post"] for _ in range(2)]
    assert answers == [True, True]
    assert story.attempted()["post"] is False
    assert story.worker.call("open_training_attempt", **mine)["post"] is False


# The switch and the caps.


@pytest.mark.parametrize(
    "limits",
    [
        "accept_jobs = false",
        "closed_until = now() + interval '1 minute'",
        "usd_per_day = 1.76 + (select coalesce(sum(expected_usd), 0) from public.provider_attempts)",
        "owner_usd_per_day = 1.76",
    ],
)
def test_a_queued_job_behind_a_closed_switch_or_a_cap_waits_and_posts_later(story, played, limits):
    """MO-12: asked right before the POST, and its deadline does not pass meanwhile."""
    story.to("preparing")
    story.connection.execute(f"update croquis.limits set {limits}")
    played("update public.training_runs set deadline_at = now() where job_id = %s", story.job)
    waiting = story.attempted()
    assert (waiting["post"], waiting["wait"], waiting["attempt"]) == (False, True, None)
    assert waiting["run"]["deadline_at"] > waiting["job"]["created_at"]
    story.connection.execute(
        "update croquis.limits set accept_jobs = true, closed_until = now(), usd_per_day = 1000, owner_usd_per_day = 2"
    )
    assert story.attempted()["post"] is True


def test_a_preview_waits_no_longer_than_its_deadline_and_an_ordered_image_longer(story, played):
    """A review is not kept from its owner."""
    image = story.to("approved").ordered()["id"]
    ordered = story.owner.call("read_image_order", image_order=image)["images"][0]["id"]
    other = Story(story.connection).to("previewing")
    preview = other.seen()["previews"][0]["id"]
    story.connection.execute("update croquis.limits set accept_jobs = false")
    assert [it.opened_image(of)["wait"] for it, of in ((story, ordered), (other, preview))] == [True, True]
    played("update public.images set deadline_at = now() - interval '1 s'")
    assert story.opened_image(ordered)["wait"] is True
    with refused(410, "canceled"):
        other.opened_image(preview)


def test_a_cap_counts_what_was_posted_in_a_day_and_no_more(story, other, played):
    """MO-12: all of the deployment; what was refused, or is older by ten minutes, does not count."""
    first = opened(other.to("preparing"))
    story.to("preparing").connection.execute(
        "update croquis.limits set usd_per_day = 1.76 + (select sum(expected_usd) from public.provider_attempts)"
    )
    assert story.attempted()["wait"] is True
    not_started(other, first["id"], "refused")
    assert story.attempted()["post"] is True
    minutes_pass(story, played, 24 * 60 + 11)
    played("update croquis.usd_posted set since = since - interval '24 hours 11 minutes'")
    assert Story(story.connection).to("preparing").attempted()["post"] is True


def test_a_lack_of_credit_lets_paid_work_wait_for_a_while(story, other):
    """MO-12: the circuit opens."""
    first = opened(story.to("preparing"))
    arguments = {"outcome": "throttled", "reason": "no_credit: 402 no credit"}
    story.worker.call("attempt_not_started", attempt_id=first["id"], **arguments)
    assert other.to("preparing").attempted()["wait"] is True
    assert story.attempted()["wait"] is True


def test_the_switch_is_not_closed_until_those_who_are_posting_are_through(acted, overlapping):
    """MO-12: after `update croquis.limits` has returned, nobody posts any more."""
    acted.to("preparing")

    def closed(story: Story) -> None:
        story.connection.execute("update croquis.limits set accept_jobs = false")

    try:
        _, answer = overlapping(acted, closed, lambda story: story.attempted())
    finally:
        acted.connection.execute("update croquis.limits set accept_jobs = true")
    assert (answer["post"], answer["wait"]) == (False, True)


# An end that leaves doubts.


def started(attempt: dict[str, Any]) -> Any:
    """The step that brings the POST's answer; its id at the provider is the marker."""
    given = {"attempt_id": attempt["id"], "provider_id": attempt["marker"]}
    return lambda story: story.worker.call("attempt_started", **given)


def canceled(story: Story) -> Any:
    return story.owner.call("cancel_training", job=story.job)


def test_a_cancel_before_the_posts_answer_is_told_to_whoever_brings_the_answer(acted, overlapping):
    """MO-09: the answer waits for the cancel to be committed."""
    attempt = opened(acted.to("preparing"))
    _, unwanted = overlapping(acted, canceled, started(attempt))
    assert unwanted is True


def test_a_cancel_after_the_posts_answer_finds_the_run_to_stop(acted, overlapping):
    """MO-09: the cancel waits for the answer to be committed."""
    attempt = opened(acted.to("preparing"))
    unwanted, cancel = overlapping(acted, started(attempt), canceled)
    assert unwanted is False
    assert cancel["attempt_id"] == attempt["id"]


def test_the_answer_about_an_attempt_that_does_not_exist_changes_nothing(story):
    assert story.worker.call("attempt_started", attempt_id=str(uuid4()), provider_id="p1") is False
