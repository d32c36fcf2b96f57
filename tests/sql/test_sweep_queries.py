"""JB-03, JB-04: what the clock looks for is found when it is late and not before, by one sweep, past any page."""

from contextlib import suppress
from dataclasses import replace
from typing import Any

import pytest
from sql.seats import NO_RIGHT, Connection, Seat
from sql.story import Story

WORKING = ("preparing", "training", "ingesting", "previewing")


def ids(story: Story, function: str, **arguments: Any) -> list[str]:
    """What a sweep of this function finds."""
    return [row if isinstance(row, str) else row["id"] for row in story.worker.each(function, **arguments)]


@pytest.fixture
def idle(played):
    """Make a row look as if nothing had touched it for so long."""

    def age(table: str, row_id: str, seconds: int, column: str = "updated_at") -> None:
        statement = f"update public.{table} set {column} = now() - make_interval(secs => %s) where id = %s"
        played(statement, seconds, row_id)

    return age


@pytest.mark.parametrize(("status", "patience"), [("queued", 60), *((status, 600) for status in WORKING)])
def test_a_run_that_nobody_moves_is_found_after_its_patience(story, idle, status, patience):
    run = story.to(status).seen()["runs"][0]["id"]
    for age, found in ((0, []), (patience - 1, []), (patience + 1, [run])):
        idle("training_runs", run, age)
        assert ids(story, "runs_to_start") == found
        assert ids(story, "runs_to_start", at_once=True) == [run]  # after a start that forgot what ran


@pytest.mark.parametrize("status", ["in_review", "approved", "rejected", "failed"])
def test_a_run_that_waits_for_a_person_or_is_over_is_never_started(story, idle, status):
    run = story.to(status).seen()["runs"][0]["id"]
    idle("training_runs", run, 10**7)
    assert ids(story, "runs_to_start") == ids(story, "runs_to_start", at_once=True) == []


def many_runs(story: Story, played: Any, count: int) -> None:
    """Copies of the story's run, all of them long idle; rows that no job has."""
    played(
        """insert into public.training_runs select (jsonb_populate_record(r, jsonb_build_object('id', gen_random_uuid(),
             'run', n, 'updated_at', now() - interval '1 hour'))).*
           from public.training_runs r, generate_series(2, %s) n where r.job_id = %s""",
        count,
        story.job,
    )
    played("update public.training_runs set updated_at = now() - interval '1 hour' where job_id = %s", story.job)


def test_paging_finds_every_late_run_once_past_a_thousand_rows(story, played):
    """JB-04."""
    story.to("queued")
    many_runs(story, played, 1234)
    found: list[str] = []
    for _ in range(13):
        found += ids(story, "runs_to_start", most=100, after=found[-1] if found else None)
    assert len(found) == len(set(found)) == 1234
    assert ids(story, "runs_to_start", most=100, after=found[-1]) == []


def picture(story: Story) -> str:
    order = story.to("approved").ordered()["id"]
    return story.owner.call("read_image_order", image_order=order)["images"][0]["id"]


def test_a_picture_that_nobody_moves_is_found_and_previews_are_left_to_their_run(story, idle):
    image = picture(story)
    for preview in story.seen()["previews"]:
        idle("images", preview["id"], 10**6)
    for status, patience in (("queued", 60), ("running", 300)):
        for age, found in ((patience - 1, []), (patience + 1, [image])):
            idle("images", image, age)
            assert ids(story, "images_to_start") == found
            assert ids(story, "images_to_start", at_once=True) == [image]
        if status == "queued":
            story.opened_image(image)
    attempt = story.worker.call("attempt_of_image", image=image)["attempt"]["id"]
    story.started(attempt)
    story.ended(attempt)
    story.worker.call("fail_image", image=image, code="x", sentence="x", hint="x")
    idle("images", image, 10**6)
    assert ids(story, "images_to_start") == ids(story, "images_to_start", at_once=True) == []


def test_an_upload_is_found_when_nobody_claimed_it_or_its_claimer_died_and_then_not_for_five_minutes(story, played):
    landed = story.landed(story.opened().announced()["upload_path"])

    def found(created: int, claimed: int | None, looked_for: int | None = None) -> bool:
        played(
            """update public.storage_outbox set created_at = now() - make_interval(secs => %s),
               claimed_at = now() - make_interval(secs => %s),
               looked_for_at = now() - make_interval(secs => %s) where object_id = %s""",
            *(created, claimed, looked_for, landed[0]),
        )
        rows = story.worker.each("claim_uploads_to_check")
        assert [(row["object_id"], row["version"]) for row in rows] in ([], [landed])
        return bool(rows)

    assert [found(*ages) for ages in ((9, None), (11, None), (400, 299), (400, 301))] == [False, True, False, True]
    assert story.worker.each("claim_uploads_to_check") == []
    assert [found(400, None, looked_for) for looked_for in (299, 301)] == [False, True]
    assert len(story.worker.each("claim_uploads_to_check", at_once=True)) == 1
    story.worker.call("finish_upload", object_id=landed[0], version=landed[1])
    assert not found(400, 301)
    assert story.worker.each("claim_uploads_to_check", at_once=True) == []


def test_an_upload_whose_check_a_stop_interrupted_is_checked_at_once_however_often(story):
    """JB-03: after a start that forgot what ran; it says nothing about the photo."""
    landed = story.landed(story.opened().announced()["upload_path"])
    for _ in range(6):
        assert story.claimed(landed)["action"] == "check"
        assert story.claimed(landed)["action"] == "nothing"
        assert len(story.worker.each("claim_uploads_to_check", at_once=True)) == 1


def test_two_sweeps_at_once_are_given_an_upload_once(acted, overlapping):
    """JB-04."""
    landed = acted.landed(acted.opened().announced()["upload_path"])
    acted.connection.execute("update public.storage_outbox set created_at = now() - interval '1 minute'")
    first, second = overlapping(acted, *[lambda story: story.worker.each("claim_uploads_to_check")] * 2)
    assert ([it["object_id"] for it in first], second) == ([landed[0]], [])


def test_a_callback_is_due_a_minute_after_its_result_until_it_is_sent(story, idle):
    """SF-08."""
    attempt = story.to("training").attempt()["id"]
    story.ended(attempt)
    for age, found in ((59, []), (61, [attempt])):
        idle("provider_attempts", attempt, age, "callback_due")
        assert ids(story, "callbacks_due") == found
    story.worker.call("callback_sent", attempt_id=attempt, token="token")
    assert ids(story, "callbacks_due") == []


def test_callbacks_come_in_pages_that_go_on_after_the_last_id(story, idle):
    """JB-04: or the thousand that resist would hide all others."""
    attempts = set()
    for _ in range(3):
        attempts.add(attempt := Story(story.connection).to("training").attempt()["id"])
        Story(story.connection).ended(attempt)
        idle("provider_attempts", attempt, 61, "callback_due")
    first = story.worker.each("callbacks_due", most=2)
    rest = story.worker.each("callbacks_due", most=2, after=first[-1]["id"])
    assert [len(first), len(rest)] == [2, 1]
    assert {row["id"] for row in [*first, *rest]} == attempts


def test_a_callback_without_anybody_waiting_is_not_due(story, idle):
    attempt = story.to("training").attempt()["id"]
    story.ended(attempt)
    idle("provider_attempts", attempt, 100, "callback_due")
    story.worker.call("forget_token", attempt_id=attempt)
    assert ids(story, "callbacks_due") == []


def test_an_open_attempt_is_looked_at_every_four_minutes(story, idle):
    attempt = story.to("training").attempt()["id"]
    for age, found in ((-1, []), (1, [attempt]), (None, [])):
        if age is not None:
            idle("provider_attempts", attempt, age, "look_after")
        assert ids(story, "claim_attempts_to_ask") == found
    idle("provider_attempts", attempt, 1, "look_after")
    story.ended(attempt)
    assert ids(story, "claim_attempts_to_ask") == []


@pytest.mark.parametrize("unanswered", ["intent", "unknown"])
def test_an_order_without_an_answer_is_looked_for_too(story, idle, unanswered):
    """MO-05."""
    attempt = story.to("preparing").attempted()["attempt"]["id"]
    if unanswered == "unknown":
        story.worker.call("attempt_unknown", attempt_id=attempt)
    assert ids(story, "claim_attempts_to_ask") == []
    idle("provider_attempts", attempt, 1, "look_after")
    assert ids(story, "claim_attempts_to_ask") == [attempt]


def test_two_sweeps_at_once_share_the_attempts_and_neither_waits(acted, committed):
    """JB-04."""
    attempts = {story.to("training").attempt()["id"] for story in (acted, *(Story(acted.connection) for _ in range(5)))}
    aged(acted.connection, attempts)
    other = replace(acted, connection=committed())
    other.connection.execute("set lock_timeout = '3s'")
    with acted.connection.transaction():
        first, second = ids(acted, "claim_attempts_to_ask", most=4), ids(other, "claim_attempts_to_ask", most=4)
    assert (len(first), len(second)) == (4, 2)
    assert {*first, *second} == attempts


def aged(db: Connection, attempts: set[str]) -> None:
    db.execute(
        "update public.provider_attempts set look_after = now() - interval '1 s' where id = any (%s)", ([*attempts],)
    )


def test_three_more_executions_of_a_run_at_most_and_each_for_one_sweep(story):
    """JB-03."""
    story.to("queued")

    def following(seen: int) -> int | None:
        return story.worker.call("next_execution", job=story.job, run_no=1, seen=seen)

    assert [following(seen) for seen in (1, 1, 2, 3, 4, 4)] == [2, None, 3, 4, None, None]
    story.failed()
    assert following(4) is None


def test_three_more_executions_of_a_picture_at_most(story):
    image = picture(story)

    def following(seen: int) -> int | None:
        return story.worker.call("next_image_execution", image=image, seen=seen)

    assert [following(seen) for seen in (1, 1, 2, 3, 4)] == [2, None, 3, 4, None]


@pytest.mark.parametrize(
    ("index", "query"),
    [
        ("training_runs_open", "from public.training_runs r where croquis.is_working(r.status)"),
        ("images_open", "from public.images i where croquis.is_open(i.status)"),
        ("provider_attempts_to_ask", "from public.provider_attempts a where croquis.is_open(a.state)"),
    ],
)
@pytest.mark.parametrize("role", ["authenticated", "service_role"])
def test_an_index_of_what_is_open_serves_whichever_role_used_the_connection_before(db, role, index, query):
    """The Data API's connections are shared; a predicate that calls a function is inlined for the first role only."""
    db.execute("set local enable_seqscan = off")
    with suppress(NO_RIGHT):
        Seat(db, role).sql(f"explain select 1 {query.partition(' where ')[0]} where true")
    plan = str(db.execute(f"explain (costs off) select 1 {query} and updated_at < now()").fetchall())
    assert index in plan, plan
