"""The same outfit is recognised in another pose, place and light, and another one is told from it; so are places."""

from collections.abc import Callable
from dataclasses import replace
from itertools import combinations

import numpy as np
import pytest
from photo_cases import good_photo, jpeg
from PIL import Image
from vision.looking import Look

from croquis.domain.photos.colours import alike_colours
from croquis.domain.photos.features import Box, PhotoFeatures
from croquis_pictures import open_photo
from croquis_vision import PhotoReport, check_photo
from croquis_vision.colours import background_colours, clothes_colours
from croquis_vision.landmarks import ELBOWS, HIPS, INDEX_FINGERS, KNEES, SHOULDERS, WRISTS, Landmarks

# white and jeans, black, ochre and black, stripes and beige, red dress, yellow and blue
OUTFITS = [{"01", "06"}, {"02", "11"}, {"03", "08"}, {"04", "10"}, {"05", "07"}, {"09", "12"}]
ONE_PLACE = {"01", "07"}  # both before a plain light grey wall on a floor of the same grey
Change = Callable[[Image.Image], Image.Image]
CHANGES: dict[str, Change] = {
    "a fifth darker": lambda photo: photo.point(lambda it: it * 0.8),
    "a fifth brighter": lambda photo: photo.point(lambda it: min(255, it * 1.2)),
    "cropped": lambda photo: photo.crop((60, 45, photo.width - 60, photo.height - 45)),
    "moved to the side": lambda photo: photo.crop((150, 0, *photo.size)),
    "mirrored": lambda photo: photo.transpose(Image.Transpose.FLIP_LEFT_RIGHT),
    "small": lambda photo: photo.resize((640, 960), Image.Resampling.LANCZOS),
}
RED, BLUE, SKIN = (180, 30, 40), (40, 60, 150), (200, 160, 140)


def seen(reports: dict[str, PhotoReport]) -> dict[str, PhotoFeatures]:
    return {name: report.features for name, report in reports.items()}


def one_outfit(one: str, other: str) -> bool:
    return any({one, other} <= outfit for outfit in OUTFITS)


def test_each_place_is_told_from_the_others(reports: dict[str, PhotoReport]) -> None:
    photos = seen(reports)
    alike = [set(it) for it in combinations(photos, 2) if alike_colours(*(photos[name].background for name in it))]
    assert alike == [ONE_PLACE]


@pytest.mark.parametrize("change", CHANGES)
@pytest.mark.parametrize("name", ["01", "04", "06", "09", "11"])
def test_light_crop_and_size_change_neither_outfit_nor_place(
    look: Look, reports: dict[str, PhotoReport], name: str, change: str
) -> None:
    photos, changed = seen(reports), look(CHANGES[change](good_photo(name))).features
    for other, features in photos.items():
        assert alike_colours(features.clothes, changed.clothes) is one_outfit(name, other), other
    assert alike_colours(photos[name].background, changed.background)


@pytest.mark.parametrize("name", ["03", "05", "12"])
def test_compression_changes_neither_outfit_nor_place(reports: dict[str, PhotoReport], name: str) -> None:
    before, after = reports[name].features, check_photo(open_photo(jpeg(good_photo(name), quality=50))).features
    assert alike_colours(before.clothes, after.clothes)
    assert alike_colours(before.background, after.background)


def test_each_half_holds_shares_to_three_digits_that_sum_to_one(reports: dict[str, PhotoReport]) -> None:
    for features in seen(reports).values():
        for shares, count in ((features.clothes, 28), (features.background, 30)):
            assert len(shares) == count
            for half in (shares[: count // 2], shares[count // 2 :]):
                assert sum(half) == pytest.approx(1, abs=0.01)
                assert all(0 <= share <= 1 and share == round(share, 3) for share in half)


def figure(**moved: tuple[float, float]) -> Landmarks:
    """Upright in a picture of 200 x 400: shoulders at 100, hips at 200, knees at 290; arms hang beside."""
    points = np.zeros((33, 2), np.float32)
    for pair, x, y in (
        (SHOULDERS, 30, 100), (HIPS, 18, 200), (KNEES, 18, 290), (ELBOWS, 50, 150), (WRISTS, 52, 200),
        (INDEX_FINGERS, 52, 215),
    ):  # fmt: skip
        points[list(pair)] = [(100 + x, y), (100 - x, y)]
    points[WRISTS[0]], points[INDEX_FINGERS[0]] = moved.get("wrist", (152, 200)), moved.get("finger", (152, 215))
    return Landmarks(1, points, np.ones(33, np.float32), np.zeros((33, 3), np.float32))


def dressed() -> Image.Image:
    """Red above the hips, blue below, and skin wherever nothing is worn."""
    image = Image.new("RGB", (200, 400), SKIN)
    image.paste(RED, (65, 90, 135, 205))
    image.paste(BLUE, (65, 205, 135, 300))
    return image


def plain(colour: tuple[int, int, int]) -> tuple[float, ...]:
    """The shares of clothes of this one colour, above and below."""
    return clothes_colours(np.asarray(Image.new("RGB", (200, 400), colour)), figure())


def test_clothes_are_looked_at_above_and_below_the_hips_and_not_beside_them() -> None:
    shares = clothes_colours(np.asarray(dressed()), figure())
    assert shares == (*plain(RED)[:14], *plain(BLUE)[14:])


def test_a_hand_before_the_body_is_no_part_of_the_clothes() -> None:
    image, person = dressed(), figure(wrist=(100, 165), finger=(88, 165))
    image.paste(SKIN, (74, 155, 112, 175))
    assert clothes_colours(np.asarray(image), person) == (*plain(RED)[:14], *plain(BLUE)[14:])
    assert clothes_colours(np.asarray(image), figure()) != (*plain(RED)[:14], *plain(BLUE)[14:])


def test_seen_from_the_side_there_is_still_a_torso() -> None:
    person = figure()
    person.points[[*SHOULDERS, *HIPS], 0] = 100
    assert clothes_colours(np.asarray(dressed()), person)[:14] == plain(RED)[:14]


def test_seen_from_the_side_a_torso_is_wider_than_its_middle_line() -> None:
    person, image = figure(), dressed()
    person.points[[*SHOULDERS, *HIPS], 0] = 100
    image.paste(SKIN, (98, 90, 103, 205))
    assert alike_colours(clothes_colours(np.asarray(image), person), (*plain(RED)[:14], *plain(BLUE)[14:]))


def test_clothes_outside_the_picture_are_unknown() -> None:
    person = replace(figure(), points=figure().points + np.array([0, 200], np.float32))
    assert clothes_colours(np.asarray(dressed()), person) == ()


def test_the_background_is_what_lies_around_the_person_and_its_floor_begins_at_the_shins() -> None:
    box = Box(0.4, 0.2, 0.6, 0.8)
    image = Image.new("RGB", (100, 100), RED)
    image.paste(BLUE, (0, 65, 100, 100))
    before = background_colours(np.asarray(image), box)
    assert before[:15] == background_colours(np.asarray(Image.new("RGB", (100, 100), RED)), box)[:15]
    assert before[15:] == background_colours(np.asarray(Image.new("RGB", (100, 100), BLUE)), box)[15:]
    image.paste(SKIN, (40, 20, 60, 80))
    assert background_colours(np.asarray(image), box) == before
    image.paste(SKIN, (40, 0, 60, 20))
    assert background_colours(np.asarray(image), box)[:15] != before[:15]


def test_a_person_who_fills_the_photo_has_no_background() -> None:
    assert background_colours(np.zeros((60, 40, 3), np.uint8), Box(0, 0, 1, 1)) == ()


@pytest.mark.parametrize("colour", [(0, 0, 0), (255, 255, 255), (1, 0, 0), (255, 0, 254), (30, 30, 29)])
def test_every_colour_has_a_place(colour: tuple[int, int, int]) -> None:
    assert sum(plain(colour)) == pytest.approx(2, abs=0.01)


def test_black_has_no_hue() -> None:
    assert alike_colours(plain((14, 14, 14)), plain((16, 13, 11)))


def test_between_blue_and_red_lies_another_hue() -> None:
    assert not alike_colours(plain((200, 20, 160)), plain((200, 20, 20)))


def test_neighbouring_colours_are_told_apart_by_degrees() -> None:
    """No small step of light or hue, wherever it is made, moves more than a small share."""
    for steps in ([(it, it, it) for it in range(20, 256, 4)], [(200, it, 60) for it in range(60, 200, 4)]):
        rows = np.array([plain(colour) for colour in steps])
        assert np.abs(np.diff(rows, axis=0)).sum(axis=1).max() / 4 < 0.12
