"""The message that tells an owner how far a run is: seven keys, which harm nothing when it fails."""

from typing import Any

import psycopg
import pytest
from sql.seats import Connection
from sql.story import Story

FAKE = """
    create schema realtime;
    create table realtime.sent (
      id bigint generated always as identity, payload jsonb, event text, topic text, private boolean
    );
    create function realtime.send(payload jsonb, event text, topic text, private boolean) returns void
    language sql as $$
      insert into realtime.sent (payload, event, topic, private) values (payload, event, topic, private)
    $$;
"""
RAISING = """
    create schema realtime;
    create function realtime.send(payload jsonb, event text, topic text, private boolean) returns void language plpgsql
    as $$ begin raise exception 'realtime is down'; end $$;
"""


def sent(db: Connection) -> list[tuple[Any, ...]]:
    """What a commit now would have sent so far."""
    db.execute("set constraints all immediate")
    rows = db.execute("select payload, event, topic, private from realtime.sent order by id").fetchall()
    db.execute("set constraints all deferred")
    return rows


def test_it_says_these_seven_things_and_nothing_else_on_the_owners_private_channel(db, story):
    db.execute(FAKE)
    story.to("training")
    story.worker.call(
        "record_progress", marker=story.attempt()["marker"], provider_id=story.attempt()["provider_id"],
        step=250, total_steps=1000, loss=0.5, eta_seconds=90,
    )  # fmt: skip
    payload, *address = sent(db)[-1]
    assert payload == {
        "job_id": story.job, "run": 1, "status": "training", "step": 250, "total": 1000, "eta": 90, "version": 3,
    }  # fmt: skip
    assert address == ["training", f"owner:{story.user}", True]


@pytest.mark.parametrize(
    "status", ["queued", "preparing", "training", "ingesting", "previewing", "in_review", "approved"]
)
def test_its_version_is_the_one_that_a_reader_then_finds(db, story, status):
    db.execute(FAKE)
    story.to(status)
    told = sent(db)[-1][0]
    assert (told["status"], told["version"]) == (status, story.seen()["job"]["version"])


def test_a_project_without_realtime_is_told_nothing(db, story):
    assert db.execute("select to_regnamespace('realtime')").fetchone() == (None,)
    story.to("approved")
    db.execute("set constraints all immediate")


def test_a_realtime_that_fails_harms_nothing(db, story):
    db.execute(RAISING)
    story.to("approved")
    db.execute("set constraints all immediate")
    assert story.status() == "approved"


def test_it_is_sent_with_the_commit(acted: Story, committed):
    """The default outside of this file's transactions."""
    watcher = committed()
    watcher.execute(FAKE)
    try:
        acted.to("queued")
        rows = watcher.execute("select payload -> 'status', payload -> 'version' from realtime.sent").fetchall()
        assert rows == [("queued", 1)]
    finally:
        with psycopg.connect(watcher.info.dsn) as connection:
            connection.execute("drop schema realtime cascade")
