"""MO-01, MO-02: at most one open attempt per order, one POST per attempt, and what is known only by looking."""

import secrets
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from decimal import Decimal
from typing import Any
from uuid import uuid4

import psycopg
import pytest
from sql.seats import refused
from sql.story import Story, fresh, seen

PRICE = Decimal("1.769")


def operators_cost(story: Story) -> Decimal:
    """What the operator bears of this owner's runs."""
    query = (
        "select coalesce(sum(spent_usd), 0) from public.ledger_entries where owner_id = %s and borne_by = 'operator'"
    )
    return story.connection.execute(query, (story.user,)).fetchone()[0]  # type: ignore[index]


def opened(story: Story, token: str = "token") -> dict[str, Any]:
    return story.attempted(token)["attempt"]


def token_of(story: Story) -> str | None:
    return story.attempt()["task_token"]


def not_started(story: Story, attempt_id: str, outcome: str) -> None:
    story.worker.call("attempt_not_started", attempt_id=attempt_id, outcome=outcome, reason="busy")


def hooked(
    story: Story,
    attempt: dict[str, Any],
    provider_id: str,
    status: str = "succeeded",
    webhook_id: str = "w1",
    **more: Any,
) -> dict[str, Any]:
    """A webhook arrives; its body says nothing of the order unless `more` does."""
    run = seen(provider_id, status, **more)
    return story.worker.call("receive_webhook", webhook_id=webhook_id, marker=attempt["marker"], seen=run)


def ours(attempt: dict[str, Any]) -> dict[str, Any]:
    """What a body holds that is really about the attempt's order."""
    return {"markers": [attempt["listed_as"]], "address": attempt["marker"]}


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


def test_a_webhook_before_the_answer_of_the_post_is_adopted_when_the_provider_itself_shows_the_order(story):
    """WH-14, WH-16."""
    attempt = opened(story.to("preparing"))
    answer = hooked(story, attempt, "p1", **ours(attempt))
    assert answer == {"outcome": "unconfirmed", "attempt_id": attempt["id"], "kind": "training", "look": True}
    assert (story.attempt()["state"], inbox(story)) == ("intent", [("w1", "succeeded", False)])
    story.saw(seen("p1", "processing", **ours(attempt)))
    story.started(attempt["id"], "p1")
    assert (story.attempt()["state"], story.attempt()["provider_id"]) == ("started", "p1")
    assert inbox(story) == [("w1", "succeeded", True)]


@pytest.mark.parametrize("lacking", ["markers", "address"])
def test_a_webhook_whose_signed_body_lacks_the_marker_is_unmatched_whatever_its_url_says(story, lacking):
    """WH-15: the URL is not covered by the signature."""
    attempt = opened(story.to("preparing"))
    body = ours(attempt) | {lacking: None if lacking == "address" else ["cq" + "0" * 32]}
    answer = hooked(story, attempt, "p1", **body)
    assert (answer["outcome"], answer["look"]) == ("unmatched", False)
    story.saw(seen("p1", **(body | {"markers": []})))
    assert story.attempt()["state"] == "intent"


def test_a_run_that_is_known_elsewhere_is_unmatched_and_no_error(story, other):
    """WH-15."""
    other.started(opened(other.to("preparing"))["id"], "p1")
    attempt = opened(story.to("preparing"))
    assert hooked(story, attempt, "p1", **ours(attempt))["outcome"] == "unmatched"


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
    logs = {"status": "processing"}
    assert hooked(story, attempt, "p1", **logs)["look"] is False
    assert inbox(story) == []
    story.failed()
    assert hooked(story, attempt, "p1", **logs)["look"] is True


def missed(story: Story) -> str:
    """The provider neither knows nor lists its run."""
    return story.worker.call("attempt_missing", attempt_id=story.attempt()["id"])["state"]


def minutes_pass(story: Story, played: Any, minutes: int) -> None:
    played(
        """update public.provider_attempts set posted_at = posted_at - make_interval(mins => %s),
           missing_since = missing_since - make_interval(mins => %s) where owner_id = %s""",
        *(minutes, minutes, story.user),
    )


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
    """MO-12: all of the deployment; what was refused, or is older, does not count."""
    first = opened(other.to("preparing"))
    story.to("preparing").connection.execute(
        "update croquis.limits set usd_per_day = 1.76 + (select sum(expected_usd) from public.provider_attempts)"
    )
    assert story.attempted()["wait"] is True
    not_started(other, first["id"], "refused")
    assert story.attempted()["post"] is True
    minutes_pass(story, played, 24 * 60 + 1)
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
