"""What is said about a garment's picture, and about garments that are worn together."""

from datetime import UTC, datetime
from itertools import combinations_with_replacement
from typing import Any

import pytest

from croquis.domain.garments.findings import findings_on
from croquis.domain.garments.garment import Colour, GarmentCategory, GarmentFeatures, GarmentRow, GarmentStatus
from croquis.domain.garments.wearing import COVERS, against_wearing, shared_parts
from croquis.domain.photos.photo import Severity

GOOD = GarmentFeatures(plain=1, covered=0.3, pieces=1)


def garment(category: str, status: str = "ready", name: str = "") -> GarmentRow:
    return GarmentRow.model_validate({
        "id": f"id of the {name or category}", "owner_id": "o", "name": name or f"My {category}",
        "category": category, "status": status, "version": 1, "content_type": "image/png", "announced_bytes": 1,
        "upload_path": "p", "findings": (), "width": 1, "height": 1, "sha256": "s", "clean_path": "c",
        "thumbnail_path": "t", "seen": GOOD, "created_at": datetime(2026, 11, 30, tzinfo=UTC),
    })  # fmt: skip


def codes(category: GarmentCategory = GarmentCategory.UPPER, **seen: Any) -> list[str]:
    return [it.code for it in findings_on(GOOD.model_copy(update=seen), category)]


def test_one_garment_on_a_plain_ground_has_no_findings() -> None:
    assert codes() == []


@pytest.mark.parametrize(
    ("seen", "code"),
    [
        ({"person": True}, "person_seen"),
        ({"plain": 0.84}, "ground_not_plain"),
        ({"covered": 0.039}, "hardly_seen"),
        ({"pieces": 2}, "several_pieces"),
    ],
)
def test_what_could_be_better_is_advice_with_a_sentence_and_a_hint(seen: dict[str, Any], code: str) -> None:
    [found] = findings_on(GOOD.model_copy(update=seen), GarmentCategory.UPPER)
    assert (found.code, found.severity) == (code, Severity.ADVICE)
    assert found.sentence.endswith(".")
    assert found.hint.endswith(".")


def test_of_what_lies_on_a_busy_ground_nothing_else_is_said_but_that_a_person_is_there() -> None:
    assert codes(plain=0.5, covered=0.01, pieces=9, person=True) == ["person_seen", "ground_not_plain"]


@pytest.mark.parametrize("category", GarmentCategory)
def test_a_pair_of_shoes_or_gloves_is_two_pieces_and_all_else_is_one(category: GarmentCategory) -> None:
    pair = category in (GarmentCategory.SHOES, GarmentCategory.ACCESSORY)
    assert codes(category, pieces=2) == ([] if pair else ["several_pieces"])
    assert codes(category, pieces=3) == ["several_pieces"]


def test_every_category_says_what_it_covers() -> None:
    assert {*COVERS} == {*GarmentCategory}


def test_two_of_a_kind_are_not_worn_together_but_for_accessories_and_a_dress_takes_the_place_of_both() -> None:
    apart = {
        (one, other) for one, other in combinations_with_replacement(GarmentCategory, 2) if shared_parts(one, other)
    }
    two_of_a_kind = {(it, it) for it in GarmentCategory if it is not GarmentCategory.ACCESSORY}
    assert apart == two_of_a_kind | {("upper", "dress"), ("lower", "dress")}


def test_what_keeps_garments_from_being_worn_names_them() -> None:
    outfit = [garment("upper"), garment("dress", name="Ball gown"), garment("hat", "removed", "Top hat")]
    assert list(against_wearing(outfit)) == [
        "Top hat is missing: the garment id of the Top hat was removed.",
        "My upper (upper) and Ball gown (dress) are not worn together: both take up the torso.",
    ]
    assert list(against_wearing([garment("upper"), garment("lower"), garment("outerwear")])) == []


def test_a_garment_that_is_gone_takes_up_nothing() -> None:
    assert list(against_wearing([garment("upper"), garment("upper", "removed", "Old")])) == [
        "Old is missing: the garment id of the Old was removed."
    ]


def test_a_colour_is_written_as_style_sheets_write_it() -> None:
    assert Colour(193, 9, 255).hex == "#c109ff"


def test_copies_of_a_garment_always_have_the_same_names() -> None:
    assert garment("hat").clean_paths == ("o/id of the hat.jpg", "o/id of the hat.thumbnail.jpg")
    assert garment("hat").status is GarmentStatus.READY
