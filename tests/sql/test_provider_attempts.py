"""MO-01, MO-02: at most one open attempt per order, one POST per attempt, and what is known only by looking."""

import secrets
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any
from uuid import uuid4

import psycopg
import pytest
from sql.seats import refused
from sql.story import Story


def opened(story: Story, token: str = "token") -> dict[str, Any]:
    return story.attempted(token)["attempt"]


def token_of(story: Story) -> str | None:
    return story.attempt()["task_token"]


def not_started(story: Story, attempt_id: str, outcome: str) -> None:
    story.worker.call("attempt_not_started", attempt_id=attempt_id, outcome=outcome, reason="busy")


def hooked(story: Story, attempt: dict[str, Any], provider_id: str, **changed: Any) -> dict[str, Any]:
    event = {"webhook_id": "w1", "marker": attempt["marker"], "provider_id": provider_id, "status": "succeeded"}
    return story.worker.call("receive_webhook", **(event | {"terminal": True} | changed))


def inbox(story: Story) -> list[tuple[Any, ...]]:
    """The stored webhooks about this story's run."""
    return story.connection.execute(
        """select i.webhook_id, i.status, i.matched from public.webhook_inbox i
           join public.provider_attempts a on a.id = i.attempt_id where a.owner_id = %s order by 1""",
        (story.user,),
    ).fetchall()


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


def test_a_provider_that_is_always_busy_is_not_asked_for_ever(story):
    story.to("preparing")
    for _ in range(20):
        not_started(story, opened(story)["id"], "throttled")
    with refused(410, "too_many_attempts"):
        story.attempted()


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


def test_a_refusal_does_not_undo_what_the_webhook_proved(story):
    attempt = opened(story.to("preparing"))
    hooked(story, attempt, "p1", status="starting", terminal=False)
    not_started(story, attempt["id"], "refused")
    story.worker.call("attempt_unknown", attempt_id=attempt["id"])
    assert (story.attempt()["state"], story.attempt()["provider_id"]) == ("started", "p1")


def test_a_webhook_before_the_answer_of_the_post_is_adopted(story):
    """WH-16."""
    attempt = opened(story.to("preparing"))
    assert hooked(story, attempt, "p1") == {"outcome": "stored", "attempt_id": attempt["id"], "look": True}
    assert (story.attempt()["state"], story.attempt()["provider_id"]) == ("started", "p1")
    story.started(attempt["id"], "p1")
    assert story.attempt()["provider_id"] == "p1"
    assert inbox(story) == [("w1", "succeeded", True)]


def test_a_wrong_marker_is_unknown_and_stores_nothing(story):
    """WH-15, WH-16."""
    opened(story.to("preparing"))
    for marker in ("cq0", "", None):
        assert hooked(story, {"marker": marker}, "p1") == {"outcome": "unknown_marker"}
    assert inbox(story) == []


def test_an_other_id_under_the_right_marker_is_kept_as_unmatched_and_followed_by_nothing(story):
    """WH-15."""
    attempt = opened(story.to("preparing"))
    story.started(attempt["id"], "p1")
    answer = hooked(story, attempt, "p2")
    assert (answer["outcome"], answer["look"]) == ("unmatched", False)
    assert inbox(story) == [("w1", "succeeded", False)]
    assert story.attempt()["provider_id"] == "p1"


@pytest.mark.parametrize("outcome", ["throttled", "refused"])
def test_a_webhook_for_an_order_that_was_not_started_is_unmatched(story, outcome):
    attempt = opened(story.to("preparing"))
    not_started(story, attempt["id"], outcome)
    assert hooked(story, attempt, "p1")["outcome"] == "unmatched"
    assert story.attempt()["state"] == outcome


def test_the_same_webhook_twice_is_stored_once(story):
    """WH-12."""
    attempt = opened(story.to("preparing"))
    story.started(attempt["id"], "p1")
    assert hooked(story, attempt, "p1") == hooked(story, attempt, "p1")
    hooked(story, attempt, "p1", webhook_id="w2")
    assert [webhook_id for webhook_id, *_ in inbox(story)] == ["w1", "w2"]
    story.ended(attempt["id"])
    assert hooked(story, attempt, "p1", webhook_id="w3")["look"] is False


def test_the_same_webhook_twice_at_once_is_stored_once(acted, overlapping):
    """WH-12."""
    attempt = opened(acted.to("preparing"))
    provider_id, once = acted.started(attempt["id"]), {"webhook_id": secrets.token_hex(8)}
    answers = overlapping(
        acted,
        lambda story: hooked(story, attempt, provider_id, **once),
        lambda story: hooked(story, attempt, provider_id, **once),
    )
    assert [answer["outcome"] for answer in answers] == ["stored", "stored"]
    assert [row[0] for row in inbox(acted)].count(once["webhook_id"]) == 1


def test_only_an_end_is_kept_and_looked_at(story):
    """WH-19: starts and logs are no news, unless the run is over here: then the provider must be stopped (WH-20)."""
    attempt = opened(story.to("preparing"))
    story.started(attempt["id"], "p1")
    logs = {"status": "processing", "terminal": False}
    assert hooked(story, attempt, "p1", **logs)["look"] is False
    assert inbox(story) == []
    story.failed()
    assert hooked(story, attempt, "p1", **logs)["look"] is True


def test_a_404_counts_only_when_a_second_look_a_minute_later_says_the_same(story, played):
    """SF-04."""
    attempt = story.to("training").attempt()["id"]

    def missing() -> bool:
        return story.worker.call("attempt_missing", attempt_id=attempt)

    def a_minute_later() -> None:
        played(
            "update public.provider_attempts set missing_since = missing_since - interval '61 s' where id = %s", attempt
        )

    assert [missing(), missing()] == [False, False]
    a_minute_later()
    story.worker.call("attempt_found", attempt_id=attempt)
    assert missing() is False
    a_minute_later()
    assert missing() is True


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
