"""Garments on their way in and out: announced, landed once, claimed once, judged; removed, and deleted by the sweep."""

from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest
from sql.seats import NO_RIGHT, Connection, refused
from sql.story import WISH, Story
from sql.wardrobe import Wardrobe

GOOD = {"name": "Blue shirt", "category": "upper", "content_type": "image/jpeg", "bytes": 1000}


@pytest.fixture
def wardrobe(db: Connection) -> Wardrobe:
    return Wardrobe(db)


@pytest.fixture
def another(db: Connection) -> Wardrobe:
    """A second owner's."""
    return Wardrobe(db)


def deletion(garment: dict[str, Any]) -> dict[str, str]:
    return {"action": "delete", "bucket": "garment-uploads", "path": garment["upload_path"]}


def removed_ones(wardrobe: Wardrobe) -> list[str]:
    return [it["id"] for it in wardrobe.worker.each("garments_to_forget")]


def put(wardrobe: Wardrobe, path: str, bucket: str = "garment-uploads") -> None:
    """As the storage does it for the signed-in user."""
    query = "insert into storage.objects (bucket_id, name, version) values (%s, %s, 'v')"
    wardrobe.owner.sql(query, (bucket, path))


def test_an_announced_garment_gets_a_path_below_its_owner(wardrobe):
    garment = wardrobe.announced()
    assert garment["upload_path"] == f"{wardrobe.user}/{garment['id']}"
    assert (garment["status"], garment["name"], garment["category"]) == ("awaiting_upload", "Blue shirt", "upper")


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        ({"name": None}, "bad_name"),
        ({"name": " "}, "bad_name"),
        ({"name": "x" * 81}, "bad_name"),
        ({"name": "two\nlines"}, "bad_name"),
        ({"category": None}, "bad_category"),
        ({"category": "sock"}, "bad_category"),
        ({"content_type": "image/gif"}, "type_not_allowed"),
        ({"content_type": None}, "type_not_allowed"),
        ({"bytes": 0}, "too_many_bytes"),
        ({"bytes": 25_000_001}, "too_many_bytes"),
        ({"bytes": None}, "too_many_bytes"),
    ],
)
def test_what_cannot_be_a_garment_is_refused_before_its_upload(wardrobe, wrong, code):
    with refused(422, code):
        wardrobe.owner.call("add_garment", **(GOOD | wrong))


def test_the_storage_takes_one_object_exactly_where_the_row_says(wardrobe, another):
    garment = wardrobe.announced()
    for owner, path, bucket in (
        (another, garment["upload_path"], "garment-uploads"),
        (wardrobe, f"{garment['upload_path']}/x", "garment-uploads"),
        (wardrobe, f"{wardrobe.user}/{uuid4()}", "garment-uploads"),
        (wardrobe, garment["upload_path"], "photo-uploads"),
        (wardrobe, garment["upload_path"], "garments"),
    ):
        with pytest.raises(NO_RIGHT):
            put(owner, path, bucket)
    put(wardrobe, garment["upload_path"])
    assert wardrobe.row(garment["id"])["status"] == "uploaded"
    assert wardrobe.owner.sql("select from storage.objects where bucket_id = 'garment-uploads'") == []
    assert wardrobe.owner.sql("update storage.objects set version = 'w'") == []
    removed = wardrobe.announced()
    wardrobe.removed(removed["id"])
    for awaited_no_more in (garment, removed):
        with pytest.raises(NO_RIGHT):
            put(wardrobe, awaited_no_more["upload_path"])


def test_a_landed_picture_is_claimed_once_and_its_verdict_recorded_once(wardrobe):
    garment = wardrobe.announced()
    landed = wardrobe.landed(garment)
    claim = wardrobe.claimed(landed)
    assert (claim["action"], claim["garment"]["id"], claim["size"]) == ("check", garment["id"], 1000)
    assert claim["garment"]["status"] == "checking"
    assert wardrobe.claimed(landed) == {"action": "nothing"}
    assert wardrobe.judged(garment, landed) is True
    assert wardrobe.judged(garment, landed, status="unreadable") is False
    assert wardrobe.row(garment["id"])["status"] == "ready"
    assert wardrobe.claimed(landed) == {"action": "nothing"}


def test_whatever_else_lands_is_deleted_unread(wardrobe):
    garment = wardrobe.announced()
    first = wardrobe.landed(garment)
    wardrobe.connection.execute("update storage.objects set version = 'again' where id = %s", (first[0],))
    assert wardrobe.claimed((first[0], "again")) == deletion(garment)  # a replayed upload
    assert wardrobe.claimed(first)["action"] == "check"
    nobodys = {"upload_path": f"{wardrobe.user}/{uuid4()}"}
    assert wardrobe.claimed(wardrobe.landed(nobodys)) == deletion(nobodys)
    removed = wardrobe.announced()
    wardrobe.removed(removed["id"])
    assert wardrobe.claimed(wardrobe.landed(removed)) == deletion(removed)


def test_a_garments_path_in_another_bucket_moves_no_garment_and_a_photos_path_here_no_photo(wardrobe, story):
    garment, photo = wardrobe.announced(), story.opened().announced()
    wardrobe.landed(garment, "photo-uploads")
    story.landed(photo["upload_path"], "garment-uploads")
    assert wardrobe.row(garment["id"])["status"] == "awaiting_upload"
    assert story.seen()["photos"][0]["status"] == "awaiting_upload"


def test_a_garment_removed_while_it_is_checked_stays_removed(wardrobe):
    garment = wardrobe.announced()
    landed = wardrobe.landed(garment)
    wardrobe.claimed(landed)
    wardrobe.removed(garment["id"])
    assert wardrobe.judged(garment, landed) is False
    assert wardrobe.row(garment["id"])["status"] == "removed"


def test_a_garment_is_unreadable_after_three_checks_that_never_came_back(wardrobe):
    garment = wardrobe.announced()
    landed = wardrobe.landed(garment)
    for _ in range(3):
        assert wardrobe.claimed(landed)["action"] == "check"
        wardrobe.connection.execute("update public.storage_outbox set claimed_at = now() - interval '3 minutes'")
    assert wardrobe.claimed(landed) == deletion(garment)
    row = wardrobe.row(garment["id"])
    assert (row["status"], [it["code"] for it in row["findings"]]) == ("unreadable", ["unreadable"])


def test_an_upload_whose_kick_was_lost_is_found_by_the_sweep(wardrobe):
    landed = wardrobe.landed(wardrobe.announced())
    wardrobe.connection.execute("update public.storage_outbox set created_at = now() - interval '11 seconds'")
    found = wardrobe.worker.each("claim_uploads_to_check")
    assert [(it["object_id"], it["version"]) for it in found] == [landed]


def test_a_garment_whose_picture_never_came_is_removed_after_its_link_ended(wardrobe):
    late, fresh, landed = wardrobe.announced(), wardrobe.announced(), wardrobe.announced()
    wardrobe.landed(landed)
    aged = "update public.garments set created_at = now() - interval '3 hours 1 second' where id = any(%s::uuid[])"
    wardrobe.connection.execute(aged, ([late["id"], landed["id"]],))
    assert wardrobe.worker.call("remove_unsent_garments") == 1
    assert wardrobe.worker.call("remove_unsent_garments") == 0
    found = [wardrobe.row(it["id"])["status"] for it in (late, fresh, landed)]
    assert found == ["removed", "awaiting_upload", "uploaded"]


def test_a_removed_garment_is_gone_for_its_owner_and_its_objects_are_found_later(wardrobe, played):
    garment = wardrobe.ready()
    for _ in range(2):
        assert wardrobe.removed(garment)["status"] == "removed"
    assert removed_ones(wardrobe) == []  # a check may still be writing them
    played("update public.garments set updated_at = now() - interval '4 minutes' where id = %s", garment)
    assert removed_ones(wardrobe) == [garment]
    wardrobe.worker.call("removed_garment_is_gone", garment=garment)
    row = wardrobe.row(garment)
    assert [row[it] for it in ("clean_path", "thumbnail_path", "sha256", "seen")] == [None] * 4
    assert removed_ones(wardrobe) == []
    with refused(404, "no_such_garment"):
        wardrobe.owner.call("change_garment", garment=garment, name="Red")


def test_the_objects_of_a_garment_are_kept_while_a_picture_is_being_made_with_it(
    wardrobe: Wardrobe, played: Callable[..., None]
):
    story = Story(wardrobe.connection, wardrobe.user)
    story.to("approved").ordered(wishes=[WISH])
    garment = wardrobe.ready()
    wardrobe.connection.execute(
        "insert into public.worn_garments (image_id, position, garment_id, owner_id)"
        " select id, 1, %s, owner_id from public.images where kind = 'generation'",
        (garment,),
    )
    wardrobe.removed(garment)
    played("update public.garments set updated_at = now() - interval '4 minutes' where id = %s", garment)
    assert removed_ones(wardrobe) == []
    wardrobe.connection.execute("update public.images set status = 'running' where kind = 'generation'")
    assert removed_ones(wardrobe) == []
    wardrobe.connection.execute("update public.images set status = 'failed' where kind = 'generation'")
    assert removed_ones(wardrobe) == [garment]


def test_a_garment_is_renamed_and_put_into_another_category(wardrobe):
    garment = wardrobe.ready()
    changed = wardrobe.owner.call("change_garment", garment=garment, name=" Red coat ", category="outerwear")
    assert (changed["name"], changed["category"], changed["status"]) == ("Red coat", "outerwear", "ready")
    assert wardrobe.owner.call("change_garment", garment=garment, name="Coat")["category"] == "outerwear"
    for wrong, code in (({}, "nothing_to_change"), ({"name": ""}, "bad_name"), ({"category": "x"}, "bad_category")):
        with refused(422, code):
            wardrobe.owner.call("change_garment", garment=garment, **wrong)


def test_anothers_garment_is_refused_like_one_that_does_not_exist(wardrobe, another):
    """AS-07."""
    garment = wardrobe.ready()
    for function, more in (("change_garment", {"name": "Mine"}), ("remove_garment", {})):
        for missing in (garment, str(uuid4())):
            with refused(404, "no_such_garment", "There is no such garment."):
                another.owner.call(function, garment=missing, **more)
    assert wardrobe.row(garment)["name"] == "Blue shirt"


@pytest.mark.parametrize(
    ("limit", "code"), [("uploads_per_day", "too_many_uploads"), ("garments", "too_many_garments")]
)
def test_no_owner_announces_or_keeps_more_garments_than_are_allowed(wardrobe, another, limit, code):
    wardrobe.connection.execute(f"update croquis.limits set {limit} = 2")
    for _ in range(2):
        wardrobe.announced()
    with refused(429, code):
        wardrobe.announced()
    another.announced()


def test_an_owner_sees_the_clean_pictures_of_kept_garments_and_nobody_elses(wardrobe, another):
    garment = wardrobe.row(wardrobe.ready())
    for path in (garment["clean_path"], garment["thumbnail_path"], f"{wardrobe.user}/{uuid4()}.jpg"):
        wardrobe.landed({"upload_path": path}, "garments")
    mine = "select name from storage.objects where bucket_id = 'garments' order by name"
    assert wardrobe.owner.sql(mine) == [(garment["clean_path"],), (garment["thumbnail_path"],)]
    assert another.owner.sql(mine) == []
    wardrobe.removed(garment["id"])
    assert wardrobe.owner.sql(mine) == []
