"""What the picture after a try-on is found to show, beside the one before."""

from datetime import UTC, datetime
from typing import Any

import pytest

from croquis.domain.garments.garment import Colour, GarmentFeatures, GarmentRow
from croquis.domain.images.exam import ImageChecks, Judgement
from croquis.domain.images.fitting import OTHER_BODY, OTHER_COLOUR, compared
from croquis.domain.photos.features import PhotoFeatures, Rgb, Worn

RED, BLUE, GREEN = (190, 40, 40), (40, 70, 140), (30, 120, 60)
GOOD = ImageChecks(one_person=Judgement.PASSES, head_to_toe=Judgement.PASSES, face=None, not_copied=None)


def garment(category: str, colour: tuple[int, int, int] | None = RED) -> GarmentRow:
    given: dict[str, Any] = {
        "id": category, "owner_id": "o", "name": category, "category": category, "status": "ready", "version": 1,
        "content_type": "image/png", "announced_bytes": 1, "upload_path": "p", "findings": (), "width": 1, "height": 1,
        "sha256": None, "clean_path": "c", "thumbnail_path": None, "created_at": datetime.now(UTC),
    }  # fmt: skip
    return GarmentRow(**given, seen=GarmentFeatures(colour=Colour(*colour) if colour else None))


def wearing(upper: Any = None, lower: Any = None, feet: Any = None) -> PhotoFeatures:
    return PhotoFeatures(worn=Worn(*(Rgb(*it) if it else None for it in (upper, lower, feet))))


def colours(after: PhotoFeatures, *garments: GarmentRow) -> Judgement | None:
    return compared(GOOD, PhotoFeatures(), after, garments).garments


@pytest.mark.parametrize(
    ("after", "garments", "judgement"),
    [
        (wearing(RED), [garment("upper")], "passes"),
        (wearing(BLUE), [garment("upper")], "fails"),
        (wearing(None), [garment("upper")], "cannot_tell"),
        (wearing(BLUE), [garment("upper", None)], "cannot_tell"),
        (wearing(RED, BLUE), [garment("upper"), garment("lower", BLUE)], "passes"),
        (wearing(RED, BLUE), [garment("upper"), garment("lower", GREEN)], "fails"),
        (wearing(RED), [garment("dress")], "passes"),
        (wearing(None, None, RED), [garment("shoes")], "passes"),
        (wearing(RED), [garment("bag", BLUE)], "cannot_tell"),
        (wearing(RED), [garment("outerwear", BLUE)], "cannot_tell"),
        (wearing(BLUE), [garment("outerwear", BLUE), garment("upper", RED)], "passes"),
    ],
)
def test_a_garments_colour_is_held_against_what_is_worn_where_it_is_seen(
    after: PhotoFeatures, garments: list[GarmentRow], judgement: str
) -> None:
    assert colours(after, *garments) == judgement


def test_what_is_flagged_says_why_and_what_nobody_can_tell_is_not_flagged() -> None:
    found = compared(GOOD, PhotoFeatures(), wearing(BLUE), [garment("upper")])
    assert (found.is_flagged, found.codes, found.body) == (True, (OTHER_COLOUR,), Judgement.CANNOT_TELL)
    assert not compared(GOOD, PhotoFeatures(), wearing(), [garment("upper")]).is_flagged
    assert found.model_copy(update={"garments": None, "body": Judgement.FAILS}).is_flagged
    assert OTHER_BODY not in found.codes
