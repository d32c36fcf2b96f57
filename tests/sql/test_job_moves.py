"""JB-01, JB-02: the one published graph of a job, its history, and what is final."""

import itertools
from contextlib import suppress
from typing import Any

import psycopg
import pytest
from psycopg.sql import SQL, Identifier
from sql.seats import NO_RIGHT, Connection, Seat, refused
from sql.story import Story, key

from croquis.domain.runs.training import JobStatus, RunStatus

FINAL_JOBS = {"approved", "rejected", "canceled"}
FINAL_RUNS = {"approved", "rejected", "canceled", "failed", "retried"}
PAIRS = list(itertools.permutations(JobStatus, 2))


def moves(db: Connection) -> set[tuple[str, str]]:
    return {(a, b) for a, b in db.execute("select from_status, to_status from public.training_moves()")}


def test_the_graph_is_the_published_one(db):
    way = ["draft", "queued", "preparing", "training", "ingesting", "previewing", "in_review", "approved"]
    working = way[1:6]
    expected = set(itertools.pairwise(way)) | {("draft", "canceled"), ("in_review", "rejected")}
    expected |= {("in_review", "canceled"), ("in_review", "queued"), ("failed", "queued")}
    expected |= {(status, "canceled") for status in working}
    expected |= {(status, "failed") for status in working if status != "previewing"}
    assert moves(db) == expected


def test_final_jobs_are_final_and_a_previewing_job_cannot_fail(db):
    assert not {move for move in moves(db) if move[0] in FINAL_JOBS}
    assert ("previewing", "failed") not in moves(db)


def put_at(played: Any, table: str, job: str, status: str) -> None:
    column = "id" if table == "lora_training_jobs" else "job_id"
    played(f"update public.{table} set status = %s where {column} = %s", status, job)


def moved(db: Connection, table: str, job: str, status: str) -> bool:
    """Whether a direct UPDATE of the superuser, past all functions and rights, succeeds."""
    column = "id" if table == "lora_training_jobs" else "job_id"
    change = SQL("update {} set status = %s where {} = %s").format(Identifier("public", table), Identifier(column))
    with suppress(psycopg.DatabaseError), db.transaction():
        db.execute(change, (status, job))
        return True
    return False


def test_every_other_move_of_a_job_is_refused_even_to_the_superuser(db, story, played):
    story.opened()
    done = set()
    for before, after in PAIRS:
        put_at(played, "lora_training_jobs", story.job, before)
        if moved(db, "lora_training_jobs", story.job, after):
            done.add((before, after))
    assert done == moves(db)


def test_a_forbidden_move_is_told_in_the_way_of_the_house(db, story):
    story.to("approved")
    with refused(409, "forbidden_move"), db.transaction():
        db.execute("update public.lora_training_jobs set status = 'draft' where id = %s", (story.job,))
    with refused(409, "forbidden_move"), db.transaction():
        db.execute("update public.training_runs set status = 'queued' where job_id = %s", (story.job,))


def test_a_run_follows_the_graph_but_is_never_queued_again(db, story, played):
    story.to("queued")
    done = set()
    for before, after in itertools.permutations(RunStatus, 2):
        put_at(played, "training_runs", story.job, before)
        if moved(db, "training_runs", story.job, after):
            done.add((before, after))
    assert done == {(a, b) for a, b in moves(db) if "draft" not in (a, b) and b != "queued"} | {
        ("in_review", "retried")
    }
    assert not {move for move in done if move[0] in FINAL_RUNS}


def events(db: Connection, job: str) -> list[tuple[Any, ...]]:
    return db.execute(
        "select run, from_status, to_status from public.job_events where job_id = %s order by id", (job,)
    ).fetchall()


def test_every_change_is_written_down_in_its_own_transaction_and_counted(db, story):
    story.to("approved")
    way = [None, *("draft", "queued", "preparing", "training", "ingesting", "previewing", "in_review", "approved")]
    runs = [None, *[1] * 7]
    assert events(db, story.job) == [(run, *pair) for run, pair in zip(runs, itertools.pairwise(way), strict=True)]
    assert story.seen()["job"]["version"] == 7


def test_a_change_that_is_rolled_back_leaves_no_history(db, story):
    story.to("queued")
    with db.transaction(force_rollback=True):
        story.entered("preparing")
    assert [event[2] for event in events(db, story.job)] == ["draft", "queued"]


def test_an_update_without_a_change_of_status_writes_nothing(db, story):
    story.to("queued")
    before = events(db, story.job), story.seen()["job"]["version"]
    db.execute("update public.lora_training_jobs set status = status where id = %s", (story.job,))
    assert (events(db, story.job), story.seen()["job"]["version"]) == before


@pytest.mark.parametrize("table", ["job_events", "consents", "consent_texts"])
@pytest.mark.parametrize("statement", ["update public.{0} set {1} = {1}", "delete from public.{0}"])
def test_history_and_consents_are_append_only_even_for_the_superuser(db, story, table, statement):
    """PR-02."""
    story.to("draft")
    column = {"job_events": "to_status", "consents": "owner_id", "consent_texts": "body"}[table]
    with pytest.raises(NO_RIGHT, match="never changed or deleted"):
        db.execute(statement.format(table, column))


def test_a_consent_holds_the_declarations_and_nothing_else_that_was_sent(db, story):
    """PR-02: it outlives the account, so no name may slip into it."""
    given = dict.fromkeys(("adult", "own_photos_or_authorised", "training", "storage", "processors"), True)
    job = story.owner.call(
        "open_training", model_name="M", gender="male", consent={**given, "text_version": "2026-11", "name": "Maya"}
    )
    stored = db.execute("select declarations from public.consents where id = %s", (job["consent_id"],)).fetchone()
    assert stored == (given,)


def test_a_retry_opens_the_next_run_and_leaves_the_old_one_as_it_was(story):
    story.to("in_review").reviewed("retry", idempotency_key=key(), parameters={"steps": 500})
    job, runs = story.seen()["job"], story.seen()["runs"]
    assert (job["status"], job["current_run"]) == ("queued", 2)
    assert [(run["run"], run["status"], run["steps"]) for run in runs] == [(1, "retried", 1000), (2, "queued", 500)]
    assert runs[0]["ended_at"]


def test_a_retry_of_a_failed_job_goes_all_the_way_without_a_new_upload(story):
    story.to("failed").reviewed("retry", idempotency_key=key())
    story.run = 2
    for stage in ("preparing", "training", "ingesting", "previewing", "in_review"):
        story.step(stage)
    story.reviewed("approve")
    model = story.seen()["model"]
    assert (story.status(), model["status"], model["active_run"]) == ("approved", "active", 2)


def test_a_late_worker_of_the_run_before_is_told_that_it_is_over(story):
    story.to("in_review").reviewed("retry", idempotency_key=key())
    with refused(410, "run_over"):
        story.entered("preparing")
    with refused(410, "run_over"):
        story.attempted()
    with refused(410, "run_over"):
        story.registered()
    assert (story.reviewing(), story.failed()) == ("retried", "retried")
    assert story.status() == "queued"


@pytest.mark.parametrize("decision", ["approve", "reject"])
def test_deciding_the_same_twice_changes_nothing_and_the_contrary_is_refused(story, decision):
    story.to("in_review")
    first = story.reviewed(decision)
    assert story.reviewed(decision) == first
    with refused(409, "not_in_review"):
        story.reviewed({"approve": "reject", "reject": "approve"}[decision])
    with refused(409, "no_retry"):
        story.reviewed("retry", idempotency_key=key())
    with refused(409, "already_over"):
        story.owner.call("cancel_training", job=story.job)


@pytest.mark.parametrize("decision", [None, "", "keep"])
def test_only_the_three_decisions_exist(story, decision):
    with refused(422, "bad_decision"):
        story.to("in_review").reviewed(decision)


def test_purged_photos_end_the_retries(story, played):
    story.to("failed")
    played("update public.lora_training_jobs set photos_purged_at = now() where id = %s", story.job)
    with refused(409, "no_retry"):
        story.reviewed("retry", idempotency_key=key())


@pytest.mark.parametrize("status", ["draft", "in_review"])
def test_a_draft_or_reviewed_job_is_canceled_at_once_and_again(story, status):
    owner = story.to(status).owner
    assert owner.call("cancel_training", job=story.job)["job"]["status"] == "canceled"
    assert owner.call("cancel_training", job=story.job)["job"]["status"] == "canceled"
    assert (story.seen()["model"] or {}).get("status") in (None, "archived")


def cancel(owner: Seat, job: str) -> dict[str, Any]:
    return owner.call("cancel_training", job=job)


@pytest.mark.parametrize("status", ["queued", "preparing", "training", "ingesting"])
def test_a_working_job_is_only_marked_and_its_workflow_writes_canceled(story: Story, status):
    story.to(status)
    first = cancel(story.owner, story.job)
    assert first["job"]["status"] == status
    assert first["attempt_id"] == (story.attempt()["id"] if status == "training" else None)
    assert cancel(story.owner, story.job) == first
    with refused(410, "canceled"):
        story.entered("preparing")
    assert story.failed() == "canceled"
    assert story.status() == "canceled"


def test_a_cancel_while_previews_are_made_ends_when_they_are(story):
    cancel(story.to("previewing").owner, story.job)
    assert story.failed() == "previewing"
    assert story.reviewing() == "canceled"
    assert story.reviewing() == "canceled"
    assert (story.status(), story.seen()["model"]["status"]) == ("canceled", "archived")


@pytest.mark.parametrize("status", sorted(FINAL_RUNS - {"retried"}))
def test_no_state_enters_an_end_as_if_it_were_a_stage(story: Story, status: str):
    """An end comes with its money, its attempt and its time: only the functions that see to those write one."""
    story.to("training")
    story.entered(status)
    assert (story.status(), story.seen()["runs"][0]["status"]) == ("training", "training")
