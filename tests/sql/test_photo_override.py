"""change_photo: where a photo stands, and "use it anyway" for what only a rule about the body blocks."""

from typing import Any

import psycopg
import pytest
from sql.seats import NO_RIGHT, Connection, refused
from sql.story import Story, verdict

FEET = {"code": "feet_cut", "severity": "blocking", "sentence": "The feet are cut.", "hint": "x"}
BLUR = {"code": "blurred", "severity": "blocking", "sentence": "It is blurred.", "hint": "x"}
NOBODY = {"code": "no_person", "severity": "blocking", "sentence": "Nobody is there.", "hint": "x"}
CROWD = {"code": "several_people", "severity": "blocking", "sentence": "Two are there.", "hint": "Crop it."}
SOFT = {"code": "soft", "severity": "advice", "sentence": "It is soft.", "hint": "x"}
SIZE = {"code": "size_differs", "severity": "blocking", "sentence": "Half of it arrived.", "hint": "x"}
NO_COPY = dict.fromkeys(("width", "height", "bytes", "sha256", "clean_path", "thumbnail_path", "seen"))


@pytest.fixture
def blocked(story: Story) -> dict[str, Any]:
    """The photo that only rules about the body keep out of the draft."""
    return story.opened().judged(1, status="rejected", findings=[SOFT, FEET, BLUR])


def row(story: Story, photo: dict[str, Any]) -> dict[str, Any]:
    """The photo as its owner reads it, without when and how often it changed."""
    (found,) = (it for it in story.seen()["photos"] if it["id"] == photo["id"])
    return {name: value for name, value in found.items() if name not in ("updated_at", "version")}


def slots(story: Story) -> dict[int, str]:
    return {photo["slot"]: photo["id"] for photo in story.seen()["photos"]}


def test_two_photos_of_a_full_draft_change_places(story):
    before = slots(story.with_photos(12))
    assert story.changed({"id": before[1]}, slot=12)["slot"] == 12
    assert slots(story) == before | {1: before[12], 12: before[1]}


def test_a_photo_goes_to_a_free_slot_and_stays_where_it_is_put_again(story):
    first, removed = story.opened().accepted(1), story.accepted(2)
    story.owner.call("remove_photo", job=story.job, photo=removed["id"])
    for _ in range(2):
        assert story.changed(first, slot=2)["slot"] == 2
        assert slots(story) == {2: first["id"]}
    assert story.announced(1)["slot"] == 1
    assert story.owner.sql("select slot from public.training_photos where id = %s", (removed["id"],)) == [(2,)]


def test_two_photos_change_places_in_one_update_and_are_never_in_one_slot(db: Connection, story):
    before = slots(story.with_photos(3))
    db.execute("update public.training_photos set slot = 3 - slot where job_id = %s and slot < 3", (story.job,))
    assert slots(story) == {1: before[2], 2: before[1], 3: before[3]}
    with pytest.raises(psycopg.errors.ExclusionViolation):
        db.execute("update public.training_photos set slot = 3 where id = %s", (before[1],))


@pytest.mark.parametrize("wrong", [-1, 0, 13, 2**31 - 1])
def test_there_are_twelve_slots(story, wrong):
    photo = story.opened().accepted(1)
    with refused(422, "bad_slot"):
        story.changed(photo, slot=wrong)


@pytest.mark.parametrize("nothing", [{}, {"said": {}}, {"slot": None, "override": None, "said": None}])
def test_a_change_of_nothing_is_refused(story, nothing):
    photo = story.opened().accepted(1)
    with refused(422, "nothing_to_change"):
        story.changed(photo, **nothing)


def test_an_override_accepts_the_photo_and_is_written_down_with_each_blocking_finding(story, blocked):
    changed = story.changed(blocked, override=True)
    at = changed["overridden_at"]
    assert (changed["status"], bool(at)) == ("accepted", True)
    findings = row(story, blocked)["findings"]
    assert [{**it} for it in findings] == [SOFT, *({**it, "overridden_at": at} for it in (FEET, BLUR))]


def test_an_override_is_taken_back_without_a_trace(story, blocked):
    before = row(story, blocked)
    story.changed(blocked, override=True)
    for _ in range(2):
        story.changed(blocked, override=False)
        assert row(story, blocked) == before


def test_an_override_said_again_keeps_its_first_hour(story, blocked, played):
    story.changed(blocked, override=True)
    played("update public.training_photos set overridden_at = '2026-11-01' where id = %s", blocked["id"])
    before = row(story, blocked)
    story.changed(blocked, override=True)
    assert row(story, blocked) == before


@pytest.mark.parametrize("override", [True, False])
def test_an_accepted_photo_has_nothing_to_override(story, override):
    photo = story.opened().judged(1, findings=[SOFT])
    before = row(story, photo)
    story.changed(photo, override=override)
    assert row(story, photo) == before


@pytest.mark.parametrize(
    ("verdict", "why"),
    [
        ({"status": "unreadable", "findings": [SIZE], **NO_COPY}, "Half of it arrived."),
        ({"status": "unreadable", "findings": [FEET]}, "No clean copy"),
        ({"status": "rejected", "findings": [SIZE], **NO_COPY}, "Half of it arrived."),
        ({"status": "rejected", "findings": [FEET, SIZE]}, "anyway. Half of it arrived."),
        ({"status": "rejected", "findings": [FEET, {"severity": "blocking"}]}, "cannot be used"),
        ({"status": "rejected", "findings": [CROWD]}, "Two are there."),
        ({"status": "rejected", "findings": [NOBODY, CROWD]}, "Two are there."),
        ({"status": "rejected", "findings": [{**CROWD, "overridable": True, "override": "click"}]}, "Two are there."),
        ({"status": "rejected", "findings": [{**FEET, "code": "new_here"}]}, "The feet are cut."),
        ({"status": "rejected", "findings": [SOFT]}, "cannot be used"),
        ({"status": "rejected", "findings": []}, "cannot be used"),
        *(({"status": "rejected", "findings": [FEET], name: None}, "No clean copy") for name in NO_COPY),
    ],
)
def test_only_a_clean_copy_that_only_body_rules_block_can_be_used_anyway(story, verdict, why):
    photo = story.opened().judged(1, **verdict)
    before = row(story, photo)
    for declared in (None, True):
        with refused(409, "not_overridable", why):
            story.changed(photo, override=True, shows_only_the_person=declared)
    story.changed(photo, override=False)
    assert row(story, photo) == before
    assert declarations(story) == []


def declarations(story: Story) -> list[tuple[Any, ...]]:
    """As their owner reads them."""
    return story.owner.sql("select photo_id::text, declared_by::text, declares from photo_declarations order by id")


def test_a_photo_of_several_people_is_cropped_or_replaced_but_never_waved_through(story):
    photo = story.opened().judged(1, status="rejected", findings=[CROWD])
    with pytest.raises(psycopg.Error) as caught:
        story.changed(photo, override=True, shows_only_the_person=True)
    assert caught.value.diag.message_hint == "Crop it."


def test_where_nobody_was_made_out_it_takes_a_declaration_that_is_kept(story):
    photo = story.opened().judged(1, status="rejected", findings=[NOBODY, FEET])
    before = row(story, photo)
    for declared in (None, False):
        with refused(409, "declaration_needed", "nobody else"):
            story.changed(photo, override=True, shows_only_the_person=declared)
    assert (row(story, photo), declarations(story)) == (before, [])
    once = (photo["id"], story.user, "shows_only_the_person")
    for _ in range(2):  # said twice, declared once
        assert story.changed(photo, override=True, shows_only_the_person=True)["status"] == "accepted"
        assert declarations(story) == [once]
    story.changed(photo, override=False)
    with refused(409, "declaration_needed"):
        story.changed(photo, override=True)
    story.changed(photo, override=True, shows_only_the_person=True)
    assert declarations(story) == [once] * 2


def test_a_declaration_is_final_and_nobody_elses(db: Connection, story, other):
    photo = story.opened().judged(1, status="rejected", findings=[NOBODY])
    story.changed(photo, override=True, shows_only_the_person=True)
    assert declarations(other) == []
    for change in ("update public.photo_declarations set at = now()", "delete from public.photo_declarations"):
        with pytest.raises(psycopg.Error, match="never changed"), db.transaction():
            db.execute(change)
    with pytest.raises(NO_RIGHT):
        story.owner.sql("delete from public.photo_declarations")
    assert len(declarations(story)) == 1


@pytest.mark.parametrize("change", [{}, {"override": False}, {"slot": 2}, {"said": {"pose": "standing"}}])
@pytest.mark.parametrize("declared", [True, False])
def test_a_declaration_for_nothing_is_refused(story, change, declared):
    photo = story.opened().judged(1, status="rejected", findings=[NOBODY])
    before = row(story, photo)
    with refused(422, "declaration_alone"):
        story.changed(photo, **change, shows_only_the_person=declared)
    assert (row(story, photo), declarations(story)) == (before, [])


def test_a_photo_that_is_not_checked_yet_is_not_overridden(story):
    photo = story.opened().announced()
    for step in (lambda: None, lambda: story.claimed(story.landed(photo["upload_path"]))):
        step()
        with refused(409, "not_overridable", "not been checked yet"):
            story.changed(photo, override=True)


def test_a_photo_whose_check_crashed_three_times_is_not_overridden(story, played):
    photo = story.opened().announced()
    landed = story.landed(photo["upload_path"])
    for _ in range(4):
        story.claimed(landed)
        played("update public.storage_outbox set claimed_at = null where object_id = %s", landed[0])
    with refused(409, "not_overridable", "could not be checked"):
        story.changed(photo, override=True)


def test_an_overridden_photo_counts_at_the_submit_and_no_longer_when_it_is_taken_back(story):
    photo = story.with_photos(7).judged(8, status="rejected", findings=[FEET])
    for override in (True, False):
        story.changed(photo, override=override)
    with refused(409, "wrong_number_of_photos"):
        story.submitted()
    story.changed(photo, override=True)
    story.submitted()
    assert photo["id"] in {it["id"] for it in story.entered("preparing")["photos"]}


def use_anyway(photo: dict[str, Any]) -> Any:
    return lambda story: story.changed(photo, override=True)


def test_a_submit_waits_for_an_override_and_counts_it(acted, overlapping):
    photo = acted.with_photos(7).judged(8, status="rejected", findings=[FEET])
    _, job = overlapping(acted, use_anyway(photo), lambda story: story.submitted())
    assert job["status"] == "queued"


def test_an_override_that_comes_with_the_submit_is_too_late(acted, overlapping):
    photo = acted.with_photos(8).judged(9, status="rejected", findings=[FEET])
    _, refusal = overlapping(acted, lambda story: story.submitted(), use_anyway(photo))
    assert refusal.diag.message_detail == "photos_are_final"
    assert row(acted, photo)["status"] == "rejected"


def test_a_change_that_comes_with_the_verdict_does_not_undo_it(acted, overlapping):
    photo = acted.opened().announced()
    landed = acted.landed(photo["upload_path"])
    acted.claimed(landed)
    judged = {"photo": photo["id"], "object_version": landed[1], "verdict": verdict(photo)}
    _, changed = overlapping(
        acted,
        lambda story: story.worker.call("record_photo", **judged),
        lambda story: story.changed(photo, said={"pose": "sitting"}),
    )
    assert (changed["status"], changed["seen"], changed["said"]) == ("accepted", {"view": "front"}, {"pose": "sitting"})
    assert row(acted, photo)["status"] == "accepted"


def test_two_who_move_photos_at_once_take_turns(acted, overlapping):
    before = slots(acted.with_photos(3))
    overlapping(
        acted,
        lambda story: story.changed({"id": before[1]}, slot=2),
        lambda story: story.changed({"id": before[3]}, slot=2),
    )
    assert slots(acted) == {1: before[2], 2: before[3], 3: before[1]}


@pytest.mark.parametrize(
    "wrong",
    [{"slot": 13}, {"said": {"pose": 1}}, {"said": {"face": "x"}}, {"slot": 0, "said": {"light": "dim"}}],
)
def test_changes_of_one_call_happen_together_or_not_at_all(story, blocked, wrong):
    neighbour = story.accepted(2)
    before = row(story, blocked), row(story, neighbour)
    with pytest.raises(psycopg.Error):
        story.changed(blocked, **({"slot": 2, "override": True, "said": {"pose": "sitting"}} | wrong))
    assert (row(story, blocked), row(story, neighbour)) == before
    changed = story.changed(blocked, slot=2, override=True, said={"pose": "sitting"})
    assert (changed["slot"], changed["status"], changed["said"]) == (2, "accepted", {"pose": "sitting"})
    assert row(story, neighbour)["slot"] == 1


@pytest.mark.parametrize("change", [{"slot": 2}, {"override": True}, {"said": {"caption": "mine"}}])
def test_nobody_else_changes_a_photo(story, other, anon, blocked, change):
    """AS-07, AS-08: with the right ids, as another owner, from a job of one's own, without a user, as a worker."""
    before = row(story, blocked)
    theirs, mine = other.opened(), Story(story.connection, story.user).opened()
    with refused(404, "no_such_training"):
        other.owner.call("change_photo", job=story.job, photo=blocked["id"], **change)
    for seat, job in ((other.owner, theirs.job), (story.owner, mine.job)):
        with refused(404, "no_such_photo"):
            seat.call("change_photo", job=job, photo=blocked["id"], **change)
    for seat in (anon, story.worker):
        with pytest.raises(NO_RIGHT):
            seat.call("change_photo", job=story.job, photo=blocked["id"], **change)
    assert row(story, blocked) == before


def test_a_removed_photo_is_not_changed(story, blocked):
    story.owner.call("remove_photo", job=story.job, photo=blocked["id"])
    with refused(404, "no_such_photo"):
        story.changed(blocked, override=True)
