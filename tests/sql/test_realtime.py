"""The hints that an owner may hear: who may listen, what is said, and that a Realtime which fails harms nothing."""

from typing import Any
from uuid import uuid4

import pytest
from sql.seats import NO_RIGHT, Connection, Seat
from sql.story import Story
from sql.wardrobe import Wardrobe

RAISING = """
    create or replace function realtime.send(payload jsonb, event text, topic text, private boolean default true)
    returns void language plpgsql as $$ begin raise exception 'realtime is down'; end $$;
"""
PROBE = "insert into realtime.messages (topic, extension) values (%s, %s) returning id"
FEET = {"code": "feet_cut", "severity": "blocking", "sentence": "The feet are cut.", "hint": "x", "overridable": True}


def sent(db: Connection, event: str) -> list[tuple[Any, ...]]:
    """What a commit now would have sent so far, without the id that Realtime gives each message."""
    db.execute("set constraints all immediate")
    query = "select payload - 'id', topic, private from realtime.messages where event = %s order by inserted_at, ctid"
    rows = db.execute(query, (event,)).fetchall()
    db.execute("set constraints all deferred")
    return rows


def hears(seat: Seat, topic: str, extension: str = "broadcast") -> bool:
    """Ask as Realtime does: is a message that was just written to the topic visible to the seat?"""
    ((message,),) = seat.connection.execute(PROBE, (topic, extension)).fetchall()
    seat.connection.execute("select set_config('realtime.topic', %s, true)", (topic,))
    ((seen,),) = seat.sql("select count(*) from realtime.messages where id = %s", (message,))
    return seen == 1


def test_an_owner_hears_the_channel_with_their_own_id(story):
    assert hears(story.owner, f"owner:{story.user}")


@pytest.mark.parametrize(
    "topic", ["owner:{other}", "owner:{own} ", "owner:{own}:x", "OWNER:{own}", "x:{own}", "owner:", "owner:me", "{own}"]
)
def test_an_owner_hears_no_other_channel_and_a_strange_name_is_no_error(story, topic):
    assert not hears(story.owner, topic.format(own=story.user, other=uuid4()))


def test_the_owners_presence_is_not_shown(story):
    assert not hears(story.owner, f"owner:{story.user}", extension="presence")


def test_nobody_without_a_user_hears_anything(db, story):
    assert not hears(Seat(db, "anon"), f"owner:{story.user}")
    assert not hears(Seat(db, "authenticated"), f"owner:{story.user}")


def test_no_client_may_say_anything_even_on_their_own_channel(story):
    topic = f"owner:{story.user}"
    with pytest.raises(NO_RIGHT, match="row-level security"):
        story.owner.sql("insert into realtime.messages (topic, extension) values (%s, 'broadcast')", (topic,))


def test_of_a_run_these_seven_things_are_said_and_nothing_else_on_the_owners_private_channel(story):
    story.to("training")
    story.printed(250, lines=["of the log nothing"], points=[[250, 0.25]])
    payload, *address = sent(story.connection, "training")[-1]
    assert payload == {
        "job_id": story.job, "run": 1, "status": "training", "step": 250, "total": 1000, "eta": 60, "version": 3,
    }  # fmt: skip
    assert address == [f"owner:{story.user}", True]


def test_of_a_garment_its_id_status_and_version_are_said_and_nothing_of_what_it_is(db):
    wardrobe = Wardrobe(db)
    garment = wardrobe.announced(name="A secret")["id"]
    wardrobe.owner.call("change_garment", garment=garment, category="hat")  # no news
    said = sent(db, "garment")
    wardrobe.removed(garment)
    assert [it[0] for it in [*said, *sent(db, "garment")[1:]]] == [
        {"garment_id": garment, "status": "awaiting_upload", "version": 0},
        {"garment_id": garment, "status": "removed", "version": 1},
    ]
    assert said[0][1:] == (f"owner:{wardrobe.user}", True)


@pytest.mark.parametrize(
    "status", ["queued", "preparing", "training", "ingesting", "previewing", "in_review", "approved"]
)
def test_its_version_is_the_one_that_a_reader_then_finds(db, story, status):
    story.to(status)
    told = sent(db, "training")[-1][0]
    assert (told["status"], told["version"]) == (status, story.seen()["job"]["version"])


def test_of_a_photo_each_change_of_status_is_said_with_its_ids_and_version_and_nothing_else(db, story):
    photo = story.opened().accepted(1)
    about = {"job_id": story.job, "photo_id": photo["id"]}
    assert sent(db, "photo") == [
        (about | {"status": status, "version": version}, f"owner:{story.user}", True)
        for version, status in enumerate(("awaiting_upload", "uploaded", "checking", "accepted"))
    ]


def test_a_photo_that_is_only_described_anew_is_no_news(db, story):
    photo = story.opened().accepted(1)
    before = sent(db, "photo")
    story.changed(photo, said={"clothes": "a red coat"})
    assert sent(db, "photo") == before


def test_a_photo_that_was_overridden_or_replaced_is_news(db, story):
    photo = story.opened().judged(1, status="rejected", findings=[FEET])
    story.changed(photo, override=True)
    story.announced(1)
    told = [(hint["status"], hint["version"]) for hint, *_ in sent(db, "photo") if hint["photo_id"] == photo["id"]]
    assert told[-3:] == [("rejected", 3), ("accepted", 4), ("removed", 5)]


def test_of_an_image_each_change_of_status_is_said_with_its_ids_and_version_and_nothing_else(db, story):
    story.to("approved").ordered()
    ((image, order),) = story.worker.sql("select id, order_id from public.images where kind = 'generation'")
    story.opened_image(image)
    about = {"kind": "generation", "job_id": story.job, "order_id": str(order), "image_id": str(image)}
    told = [hint for hint in sent(db, "image") if hint[0]["image_id"] == str(image)]
    assert told == [
        (about | {"status": status, "version": version}, f"owner:{story.user}", True)
        for version, status in enumerate(("queued", "running"))
    ]


def test_the_version_of_a_hint_is_the_one_in_the_row(db, story):
    story.to("in_review")
    for event, table in (("photo", "training_photos"), ("image", "images")):
        newest = {hint[f"{event}_id"]: (hint["status"], hint["version"]) for hint, *_ in sent(db, event)}
        rows = db.execute(f"select id::text, status::text, version from public.{table}").fetchall()
        assert newest == {row: (status, version) for row, status, version in rows if row in newest}
        assert newest


def test_a_project_without_realtime_is_told_nothing(db, story):
    db.execute("drop schema realtime cascade")
    story.to("approved")
    db.execute("set constraints all immediate")


def test_a_realtime_that_fails_harms_nothing(db, story):
    db.execute(RAISING)
    story.to("approved").ordered()
    db.execute("set constraints all immediate")
    assert story.status() == "approved"


def test_it_is_sent_with_the_commit(acted: Story, committed):
    """The default outside of this file's transactions."""
    acted.to("queued")
    query = "select payload -> 'status', payload -> 'version' from realtime.messages where topic = %s and event = %s"
    assert committed().execute(query, (f"owner:{acted.user}", "training")).fetchall() == [("queued", 1)]
