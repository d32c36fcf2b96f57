"""What is worn together: the same table in SQL as in Python, refused and named; and looks, kept by name."""

from itertools import combinations_with_replacement
from typing import Any
from uuid import uuid4

import pytest
from sql.seats import Connection, Seat, refused
from sql.wardrobe import Wardrobe, ids

from croquis.domain.garments.garment import GarmentCategory
from croquis.domain.garments.wearing import COVERS, MOST_GARMENTS, shared_parts


@pytest.fixture
def wardrobe(db: Connection) -> Wardrobe:
    return Wardrobe(db)


@pytest.fixture
def another(db: Connection) -> Wardrobe:
    """A second owner's."""
    return Wardrobe(db)


def against(wardrobe: Wardrobe, *garments: Any) -> list[str]:
    """The codes of all that stands against wearing them together, for this owner."""
    inside = Seat(wardrobe.connection, "none", wardrobe.user)
    found = inside.sql("select code from croquis.refusals_to_wear(%s::uuid[], auth.uid())", (ids(garments),))
    return [code for (code,) in found]


def test_sql_and_python_know_the_same_of_what_a_garment_covers(db):
    assert db.execute("select croquis.most_garments()").fetchone() == (MOST_GARMENTS,)
    for category in GarmentCategory:
        assert db.execute("select croquis.covers(%s)", (category,)).fetchone() == (list(COVERS[category]),)


@pytest.mark.parametrize(("one", "other"), [*combinations_with_replacement(GarmentCategory, 2)])
def test_two_garments_are_worn_together_unless_they_share_a_part(wardrobe, one, other):
    found = against(wardrobe, wardrobe.ready(one), wardrobe.ready(other))
    assert found == (["not_worn_together"] if shared_parts(one, other) else [])


def test_a_whole_outfit_is_worn_together(wardrobe):
    outfit = ("upper", "lower", "outerwear", "shoes", "bag", "hat")
    assert against(wardrobe, *map(wardrobe.ready, outfit)) == []
    assert against(wardrobe, *map(wardrobe.ready, ("dress", "outerwear", *["accessory"] * 4))) == []


def test_the_garments_that_are_not_worn_together_are_named(wardrobe):
    dress, upper = wardrobe.ready("dress"), wardrobe.ready("upper")
    with refused(422, "not_worn_together", f"{dress} .dress. and {upper} .upper. .* both take up the torso"):
        wardrobe.look(dress, upper)


def test_none_and_seven_and_one_twice_are_refused(wardrobe):
    many = [wardrobe.ready("accessory") for _ in range(7)]
    for wrong in ([], many, many * 1000):
        with refused(422, "bad_number_of_garments", f"not {len(wrong)}"):
            wardrobe.look(*wrong)
    with refused(422, "bad_number_of_garments"):
        wardrobe.owner.call("add_look", name="x", garments=None)
    with refused(422, "garment_twice", many[0]):
        wardrobe.look(many[0], many[1], many[0])


def test_anothers_garment_in_any_position_is_refused_like_one_that_does_not_exist(wardrobe, another):
    """AS-07."""
    mine, theirs = [wardrobe.ready("accessory") for _ in range(5)], another.ready("accessory")
    for missing in (theirs, str(uuid4())):
        for place in range(6):
            with refused(404, "no_such_garment", f"There is no garment {missing}"):
                wardrobe.look(*mine[:place], missing, *mine[place:])
    with refused(404, "no_such_garment"):
        wardrobe.look(mine[0], None)


@pytest.mark.parametrize("status", ["awaiting_upload", "uploaded", "checking", "unreadable", "removed"])
def test_a_garment_that_is_not_ready_is_refused_and_named(wardrobe, status):
    ready, wrong = wardrobe.ready("lower"), wardrobe.announced()
    steps = ["awaiting_upload", "uploaded", "checking", "unreadable"]
    landed = wardrobe.landed(wrong) if status in steps[1:] else None
    if landed and status in steps[2:]:
        wardrobe.claimed(landed)
    if landed and status == "unreadable":
        wardrobe.judged(wrong, landed, status="unreadable")
    if status == "removed":
        wardrobe.removed(wrong["id"])
    assert wardrobe.row(wrong["id"])["status"] == status
    with refused(409, "garment_removed" if status == "removed" else "garment_not_ready", wrong["id"]):
        wardrobe.look(ready, wrong["id"])


def test_all_that_stands_against_a_look_is_told_what_is_most_basic_first(wardrobe):
    removed, announced = wardrobe.ready("hat"), wardrobe.announced("hat")["id"]
    wardrobe.removed(removed)
    found = against(wardrobe, removed, announced, uuid4(), announced)
    twice, missing, apart = ["garment_twice"], ["garment_removed", "garment_not_ready", "no_such_garment"], 3
    assert found == [*twice, *missing, "garment_not_ready", *["not_worn_together"] * (apart - 1)]


def test_a_garment_that_is_being_removed_gets_into_no_look(acted, overlapping):
    """Who comes second waits, and then sees what the first has done."""
    wardrobe = Wardrobe(acted.connection, acted.user)
    upper = wardrobe.ready()
    remove = lambda story: Wardrobe(story.connection, story.user).removed(upper)  # noqa: E731
    wear = lambda story: Wardrobe(story.connection, story.user).look(upper)  # noqa: E731
    _, refusal = overlapping(acted, remove, wear)
    assert (refusal.sqlstate, refusal.diag.message_detail) == ("PT409", "garment_removed")


def test_a_look_keeps_its_garments_in_their_order(wardrobe):
    worn = [wardrobe.ready(it) for it in ("shoes", "upper", "lower")]
    kept = wardrobe.look(*worn, name=" For rain ")
    (seen,) = wardrobe.looks()
    assert (seen["id"], seen["name"]) == (kept["id"], "For rain")
    assert [it["id"] for it in seen["garments"]] == worn


def test_a_look_whose_garment_was_removed_still_shows_which(wardrobe):
    upper, lower = wardrobe.ready("upper"), wardrobe.ready("lower")
    look = wardrobe.look(upper, lower)["id"]
    wardrobe.removed(lower)
    (seen,) = wardrobe.looks(look=look)
    assert [(it["id"], it["status"]) for it in seen["garments"]] == [(upper, "ready"), (lower, "removed")]


def test_a_look_is_renamed_and_has_other_garments(wardrobe):
    upper, lower, dress = map(wardrobe.ready, ("upper", "lower", "dress"))
    look = wardrobe.look(upper)["id"]
    changed = wardrobe.owner.call("change_look", look=look, garments=ids([dress]))
    assert (changed["name"], changed["garment_ids"]) == ("For rain", [dress])
    assert wardrobe.owner.call("change_look", look=look, name="Ball")["garment_ids"] == [dress]
    for wrong, code in (
        ({}, "nothing_to_change"),
        ({"name": "\t"}, "bad_name"),
        ({"garments": "{}"}, "bad_number_of_garments"),
        ({"name": "x", "garments": ids([dress, lower])}, "not_worn_together"),
    ):
        with refused(422, code):
            wardrobe.owner.call("change_look", look=look, **wrong)
    assert wardrobe.looks()[0]["name"] == "Ball"


def test_a_removed_look_is_nowhere_and_its_garments_stay(wardrobe):
    upper = wardrobe.ready()
    look = wardrobe.look(upper)["id"]
    for _ in range(2):
        assert wardrobe.owner.call("remove_look", look=look)["removed_at"]
    assert wardrobe.looks() == []
    assert wardrobe.row(upper)["status"] == "ready"
    with refused(404, "no_such_look"):
        wardrobe.owner.call("change_look", look=look, name="x")


def test_pages_of_looks_follow_on_each_other_although_many_are_of_one_moment(wardrobe):
    upper = wardrobe.ready()
    everything = sorted((wardrobe.look(upper)["id"] for _ in range(5)), reverse=True)  # one transaction, one moment
    pages: list[list[str]] = []
    place: dict[str, Any] = {}
    while page := wardrobe.looks(most=2, **place):
        pages.append([it["id"] for it in page])
        place = {"before_at": page[-1]["created_at"], "before_id": page[-1]["id"]}
    assert [len(page) for page in pages] == [2, 2, 1]
    assert [it for page in pages for it in page] == everything


def test_nobody_reads_or_changes_anothers_look(wardrobe, another):
    """AS-07."""
    look = wardrobe.look(wardrobe.ready())["id"]
    assert another.looks() == another.looks(look=look) == []
    for function, more in (("change_look", {"name": "Mine"}), ("remove_look", {})):
        for missing in (look, str(uuid4())):
            with refused(404, "no_such_look"):
                another.owner.call(function, look=missing, **more)


def test_no_owner_keeps_more_looks_than_are_allowed(wardrobe):
    upper = wardrobe.ready()
    wardrobe.connection.execute("update croquis.limits set looks = 1")
    kept = wardrobe.look(upper)["id"]
    with refused(429, "too_many_looks"):
        wardrobe.look(upper)
    wardrobe.owner.call("remove_look", look=kept)
    wardrobe.look(upper)


def test_a_look_of_a_nested_list_is_kept_as_a_plain_one(wardrobe):
    upper, lower = wardrobe.ready("upper"), wardrobe.ready("lower")
    kept = wardrobe.owner.call("add_look", name="x", garments=f"{{{ids([upper])},{ids([lower])}}}")
    assert kept["garment_ids"] == [upper, lower]
