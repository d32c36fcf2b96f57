"""Photos on their way in: announced, landed once, claimed once, judged; what else lands is deleted unread."""

from typing import Any
from uuid import uuid4

import psycopg
import pytest
from psycopg.types.json import Jsonb
from sql.seats import NO_RIGHT, Connection, refused
from sql.story import Story, verdict

NOTHING = {"action": "nothing"}


def photo_of(story: Story, photo: dict[str, Any]) -> dict[str, Any]:
    ((row,),) = story.connection.execute(
        "select to_jsonb(p) from public.training_photos p where id = %s", (photo["id"],)
    ).fetchall()
    return row


def deletion(photo: dict[str, Any]) -> dict[str, str]:
    return {"action": "delete", "bucket": "photo-uploads", "path": photo["upload_path"]}


def recorded(story: Story, photo: dict[str, Any], version: str) -> bool:
    return story.worker.call("record_photo", photo=photo["id"], object_version=version, verdict=verdict(photo))


def test_an_announced_photo_gets_a_path_below_its_owner_and_job(story):
    photo = story.opened().announced(3)
    assert photo["upload_path"] == f"{story.user}/{story.job}/{photo['id']}"
    assert (photo["status"], photo["slot"]) == ("awaiting_upload", 3)


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        ({"slot": 0}, "bad_slot"),
        ({"slot": 13}, "bad_slot"),
        ({"slot": None}, "bad_slot"),
        ({"content_type": "image/gif"}, "type_not_allowed"),
        ({"content_type": "image/svg+xml"}, "type_not_allowed"),
        ({"content_type": None}, "type_not_allowed"),
        ({"bytes": 0}, "too_many_bytes"),
        ({"bytes": 25_000_001}, "too_many_bytes"),
        ({"bytes": None}, "too_many_bytes"),
    ],
)
def test_what_cannot_be_a_photo_is_refused_before_its_upload(story, wrong, code):
    good = {"slot": 1, "content_type": "image/jpeg", "bytes": 1000}
    story.opened()
    with refused(422, code):
        story.owner.call("add_photo", job=story.job, **(good | wrong))


def test_a_photo_of_which_nobody_said_what_it_is_is_announced(story):
    story.opened()
    assert story.owner.call("add_photo", job=story.job, slot=1, content_type="", bytes=1000)["content_type"] == ""


def test_a_second_photo_for_a_slot_replaces_the_first_with_a_path_of_its_own(story):
    first = story.opened().announced(1)
    second = story.announced(1)
    assert second["upload_path"] != first["upload_path"]
    assert [photo["id"] for photo in story.seen()["photos"]] == [second["id"]]
    assert story.claimed(story.landed(first["upload_path"])) == deletion(first)


def test_a_removed_photo_is_gone_for_its_owner_and_its_objects_are_found_later(story, played):
    photo = story.opened().judged(1, findings=[{"code": "soft", "severity": "advice"}])
    story.changed(photo, said={"caption": "me at home"})
    for _ in range(2):
        assert story.owner.call("remove_photo", job=story.job, photo=photo["id"])["status"] == "removed"
    assert story.seen()["photos"] == []
    assert story.worker.each("objects_of_removed_photos") == []  # a check may still be writing them
    played("update public.training_photos set updated_at = now() - interval '4 minutes' where id = %s", photo["id"])
    assert [row["id"] for row in story.worker.each("objects_of_removed_photos")] == [photo["id"]]
    story.worker.call("removed_photo_is_gone", photo=photo["id"])
    assert story.worker.each("objects_of_removed_photos") == []
    row = photo_of(story, photo)
    assert [row[name] for name in ("clean_path", "thumbnail_path", "sha256", "seen", "said")] == [None] * 4 + [{}]
    assert row["findings"]


def test_the_object_of_an_awaited_photo_is_claimed_once_and_judged_once(story):
    """JB-08: a second verdict, of whoever lost the claim, is not written."""
    photo = story.opened().announced()
    landed = story.landed(photo["upload_path"])
    claim = story.claimed(landed)
    assert (claim["action"], claim["path"], claim["size"]) == ("check", photo["upload_path"], 1000)
    assert claim["photo"]["status"] == "checking"
    assert story.claimed(landed) == NOTHING
    assert recorded(story, photo, landed[1])
    assert not recorded(story, photo, landed[1])
    story.worker.call("finish_upload", object_id=landed[0], version=landed[1])
    assert story.claimed(landed) == NOTHING
    assert photo_of(story, photo)["status"] == "accepted"


def test_a_claim_that_met_an_outage_is_given_back_and_is_none_of_the_three(story):
    landed = story.landed(story.opened().announced()["upload_path"])
    for _ in range(5):
        assert story.claimed(landed)["action"] == "check"
        for _ in range(2):  # the answer may be lost, and the call be made again
            story.worker.call("release_upload", object_id=landed[0], version=landed[1])
    assert story.claimed(landed)["action"] == "check"


def test_two_claimers_at_once_get_one_photo_between_them(acted, overlapping):
    """JB-08."""
    landed = acted.landed(acted.opened().announced()["upload_path"])
    first, second = overlapping(acted, lambda story: story.claimed(landed), lambda story: story.claimed(landed))
    assert (first["action"], second) == ("check", NOTHING)


@pytest.mark.parametrize("judged", [False, True])
def test_a_later_object_at_the_same_path_is_deleted_unread(story, judged):
    """A signed URL lives two hours and can be used again (AS-14)."""
    photo = story.opened().announced()
    first = story.landed(photo["upload_path"])
    story.claimed(first)
    if judged:
        recorded(story, photo, first[1])
    again = overwritten(story.connection, first[0])
    assert story.claimed((first[0], again)) == deletion(photo)
    assert not recorded(story, photo, again)
    assert photo_of(story, photo)["object_version"] == first[1]


def overwritten(db: Connection, object_id: str) -> str:
    version = str(uuid4())
    db.execute("update storage.objects set version = %s where id = %s", (version, object_id))
    return version


def test_a_submit_waits_for_an_object_that_lands_and_then_for_its_check(acted, overlapping):
    path = acted.with_photos().announced(9)["upload_path"]
    landed, refusal = overlapping(acted, lambda story: story.landed(path), lambda story: story.submitted())
    assert refusal.diag.message_detail == "photos_being_checked"
    assert acted.claimed(landed)["action"] == "check"
    with refused(409, "photos_being_checked"):
        acted.submitted()


def test_an_object_that_lands_makes_its_photo_uploaded_in_the_same_transaction(db, story):
    photo = story.opened().announced()
    with db.transaction(force_rollback=True):  # as the storage does when it asks whether an upload would be allowed
        story.landed(photo["upload_path"])
        assert photo_of(story, photo)["status"] == "uploaded"
    assert photo_of(story, photo)["status"] == "awaiting_upload"
    _, version = story.landed(photo["upload_path"])
    assert [photo_of(story, photo)[name] for name in ("status", "object_version")] == ["uploaded", version]
    assert story.seen()["photos"][0]["status"] == "uploaded"


def test_of_two_objects_that_land_before_anybody_looks_the_first_is_checked(story):
    """Both kicks were lost, and a signed URL was used twice."""
    photo = story.opened().announced()
    first = story.landed(photo["upload_path"])
    again = (first[0], overwritten(story.connection, first[0]))
    assert photo_of(story, photo)["object_version"] == first[1]
    assert story.claimed(again) == deletion(photo)
    assert story.claimed(first)["action"] == "check"


def test_once_a_photo_is_uploaded_its_path_takes_no_other_object(story):
    """AS-14."""
    photo = story.opened().announced()
    upload = "insert into storage.objects (bucket_id, name, version) values ('photo-uploads', %s, %s)"
    story.owner.sql(upload, (photo["upload_path"], "v1"))
    story.connection.execute("update storage.objects set name = 'elsewhere' where name = %s", (photo["upload_path"],))
    with pytest.raises(NO_RIGHT):
        story.owner.sql(upload, (photo["upload_path"], "v2"))


def test_nobody_else_makes_a_photo_uploaded(story, other):
    photo = story.opened().announced()
    upload = "insert into storage.objects (bucket_id, name, version) values ('photo-uploads', %s, 'v')"
    with pytest.raises(NO_RIGHT):
        other.opened().owner.sql(upload, (photo["upload_path"],))
    story.landed(photo["upload_path"], "images")
    assert photo_of(story, photo)["status"] == "awaiting_upload"


@pytest.mark.parametrize("first", ["landed", "removed"])
def test_an_object_of_a_removed_photo_is_deleted_unread_whichever_came_first(story, first):
    photo = story.opened().announced()
    landed = story.landed(photo["upload_path"]) if first == "landed" else None
    story.owner.call("remove_photo", job=story.job, photo=photo["id"])
    landed = landed or story.landed(photo["upload_path"])
    assert story.claimed(landed) == deletion(photo)
    assert photo_of(story, photo)["status"] == "removed"


def test_a_photo_uploaded_to_a_draft_that_is_canceled_is_deleted_unread_and_waits_for_nothing(story):
    photo = story.opened().announced()
    landed = story.landed(photo["upload_path"])
    story.owner.call("cancel_training", job=story.job)
    assert story.claimed(landed) == deletion(photo)
    assert photo_of(story, photo)["status"] == "removed"
    assert story.claimed(landed) == NOTHING


def test_an_object_at_a_path_that_no_photo_has_is_deleted(story):
    path = f"{story.user}/{uuid4()}/{uuid4()}"
    claim = story.claimed(story.landed(path, "photo-uploads"))
    assert claim == {"action": "delete", "bucket": "photo-uploads", "path": path}


def test_a_photos_path_counts_only_in_its_own_bucket(story, played):
    photo = story.opened().announced()
    played(
        """insert into public.storage_outbox (object_id, version, bucket_id, name)
           values ('00000000-0000-4000-8000-000000000001', 'v', 'images', %s)""",
        photo["upload_path"],
    )
    assert story.claimed(("00000000-0000-4000-8000-000000000001", "v"))["action"] == "delete"
    assert story.claimed(story.landed(photo["upload_path"], "images"))["action"] == "nothing"
    assert photo_of(story, photo)["status"] == "awaiting_upload"


def lease_over(played: Any, landed: tuple[str, str]) -> None:
    played("update public.storage_outbox set claimed_at = now() - interval '3 minutes' where object_id = %s", landed[0])


def test_a_check_that_crashed_is_claimed_again_when_its_lease_is_over(story, played):
    landed = story.landed(story.opened().announced()["upload_path"])
    first = story.claimed(landed)
    lease_over(played, landed)
    assert story.claimed(landed) == first
    assert story.claimed(landed) == NOTHING


def test_a_photo_that_crashes_every_check_is_given_up_and_deleted(story, played):
    photo = story.opened().announced()
    landed = story.landed(photo["upload_path"])
    for _ in range(3):
        assert story.claimed(landed)["action"] == "check"
        lease_over(played, landed)
    assert story.claimed(landed) == deletion(photo)
    row = photo_of(story, photo)
    (finding,) = row["findings"]
    assert (row["status"], finding["code"], finding["severity"]) == ("unreadable", "unreadable", "blocking")
    lease_over(played, landed)
    assert story.claimed(landed) == deletion(photo)


def test_what_was_seen_and_where_its_copies_are_is_kept_of_a_rejected_photo_too(story):
    photo = story.opened().judged(1, status="rejected")
    kept = {name: value for name, value in verdict(photo).items() if name != "status"}
    assert photo_of(story, photo) | kept | {"status": "rejected"} == photo_of(story, photo)


@pytest.mark.parametrize("lacking", ["width", "height", "bytes", "sha256", "clean_path", "thumbnail_path", "seen"])
def test_a_photo_is_not_accepted_without_all_that_a_training_needs_of_it(story, lacking):
    with pytest.raises(psycopg.errors.CheckViolation):
        story.opened().judged(1, **{lacking: None})


@pytest.mark.parametrize("status", ["accepted", "rejected"])
def test_what_was_seen_is_an_object_or_nothing(story, status):
    with pytest.raises(psycopg.errors.CheckViolation):
        story.opened().judged(1, status=status, seen="nobody")


def test_an_unknown_object_is_nothing(story):
    assert story.claimed((str(uuid4()), "1")) == NOTHING
    assert story.worker.call("claim_upload", object_id=None, version=None) == NOTHING


def test_a_verdict_on_a_photo_that_was_removed_meanwhile_is_not_written(story):
    photo = story.opened().announced()
    landed = story.landed(photo["upload_path"])
    story.claimed(landed)
    story.owner.call("remove_photo", job=story.job, photo=photo["id"])
    assert not recorded(story, photo, landed[1])


def test_a_rejected_photo_keeps_its_findings_and_is_not_counted(story):
    photo = story.with_photos(7).announced(8)
    landed = story.landed(photo["upload_path"])
    story.claimed(landed)
    finding = {"code": "blurred", "severity": "blocking", "sentence": "It is blurred.", "hint": "Take another."}
    judged = {"status": "rejected", "findings": [finding]}
    assert story.worker.call("record_photo", photo=photo["id"], object_version=landed[1], verdict=judged)
    assert photo_of(story, photo)["findings"] == Jsonb([finding]).obj
    with refused(409, "wrong_number_of_photos"):
        story.submitted()
