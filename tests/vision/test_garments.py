"""What is measured of a garment on its ground: the drawn samples, what is drawn here, and photos of people."""

from io import BytesIO
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageDraw

from croquis.domain.garments.findings import findings_on
from croquis.domain.garments.garment import GarmentCategory, GarmentFeatures
from croquis_pictures import PhotoRefused
from croquis_vision import examine_garment
from croquis_vision.garments import garment_in
from sandbox import ROOT

SAMPLES = {path.stem: path for path in sorted((ROOT / "sandbox/demo_garments").glob("*.png"))}
CATEGORIES = {"coat": GarmentCategory.OUTERWEAR}
COLOURS = {
    "upper": (196, 52, 46),
    "lower": (44, 78, 136),
    "shoes": (120, 72, 40),
    "dress": (30, 122, 96),
    "coat": (190, 146, 88),
    "bag": (132, 40, 76),
    "hat": (216, 176, 60),
}
SIZE = (600, 800)
TOP = (150, 200, 450, 600)
RED = (190, 40, 40)


def drawn(*boxes: tuple[int, int, int, int], ground: tuple[int, int, int] = (235, 235, 235)) -> Image.Image:
    picture = Image.new("RGB", SIZE, ground)
    for box in boxes:
        ImageDraw.Draw(picture).rectangle(box, fill=RED)
    return picture


def codes(seen: GarmentFeatures) -> list[str]:
    return [it.code for it in findings_on(seen, GarmentCategory.UPPER)]


def test_there_is_a_sample_of_every_kind_and_each_is_small() -> None:
    assert {*SAMPLES} == {*COLOURS}
    for path in SAMPLES.values():
        assert path.stat().st_size <= 60_000
        with Image.open(path) as picture:
            assert picture.size == (576, 768)


@pytest.mark.parametrize("name", COLOURS)
def test_a_sample_passes_without_advice_and_has_its_colour(name: str) -> None:
    seen = examine_garment(SAMPLES[name].read_bytes()).features
    assert findings_on(seen, CATEGORIES.get(name) or GarmentCategory(name)) == ()
    assert seen.colour is not None
    assert max(abs(a - b) for a, b in zip(seen.colour, COLOURS[name], strict=True)) <= 16
    assert seen.pieces == (2 if name == "shoes" else 1)


def test_a_garment_has_its_place_its_share_and_its_colour() -> None:
    seen = garment_in(drawn(TOP))
    assert seen.place == pytest.approx((0.25, 0.25, 0.75, 0.75), abs=0.01)
    assert seen.covered == pytest.approx(0.25, abs=0.01)
    assert (seen.colour, seen.ground, seen.plain, seen.pieces) == (RED, (235, 235, 235), 1, 1)


def test_light_that_falls_off_and_grain_are_still_one_ground() -> None:
    light = np.linspace(250, 190, SIZE[1])[:, np.newaxis] - np.linspace(0, 40, SIZE[0])
    grain = np.random.default_rng(1).normal(0, 12, (SIZE[1], SIZE[0], 3))
    ground = Image.fromarray(np.clip(light[..., np.newaxis] + grain, 0, 255).astype(np.uint8))
    ImageDraw.Draw(ground).rectangle(TOP, fill=RED)
    seen = garment_in(ground)
    assert codes(seen) == []
    assert seen.covered == pytest.approx(0.25, abs=0.02)


def test_a_checked_ground_is_not_plain() -> None:
    tiles = (np.indices((SIZE[1], SIZE[0])) // 40).sum(axis=0) % 2
    ground = Image.fromarray((tiles[..., np.newaxis] * np.array([170, 150, 130]) + 60).astype(np.uint8))
    ImageDraw.Draw(ground).rectangle(TOP, fill=RED)
    assert codes(garment_in(ground)) == ["ground_not_plain"]


def test_a_sleeve_that_leaves_the_picture_is_no_ground_and_half_a_garment_is() -> None:
    assert codes(garment_in(drawn(TOP, (0, 250, 200, 320)))) == []
    assert codes(garment_in(drawn((0, 0, 600, 500)))) == ["ground_not_plain"]


def test_two_things_are_two_pieces_and_a_label_is_none() -> None:
    assert codes(garment_in(drawn((60, 100, 260, 700), (340, 100, 540, 700)))) == ["several_pieces"]
    assert codes(garment_in(drawn(TOP, (500, 700, 530, 730)))) == []


def test_what_is_of_the_colour_of_its_ground_or_tiny_can_hardly_be_seen() -> None:
    white = garment_in(drawn(TOP, ground=(188, 44, 42)))
    assert (white.colour, white.place, white.pieces) == (None, None, 0)
    assert codes(white) == codes(garment_in(drawn((280, 380, 340, 420)))) == ["hardly_seen"]


@pytest.mark.parametrize("photo", sorted((ROOT / "sandbox/demo_photos/good").glob("*.jpg")), ids=lambda it: it.stem)
def test_somebody_who_wears_it_is_told(photo: Path) -> None:
    assert "person_seen" in codes(examine_garment(photo.read_bytes()).features)


def test_what_is_no_picture_or_too_small_is_refused() -> None:
    drawn(TOP).resize((300, 400)).save(small := BytesIO(), "PNG")
    for data, code in ((b"%PDF-1.7", "type_not_allowed"), (small.getvalue(), "too_small"), (b"", "empty")):
        with pytest.raises(PhotoRefused) as caught:
            examine_garment(data)
        assert caught.value.code == code


def test_the_copies_that_are_kept_are_jpegs_without_metadata() -> None:
    picture = drawn(TOP)
    exif = Image.Exif()
    exif[0x010E] = "the secret of the seamstress"
    picture.save(out := BytesIO(), "JPEG", exif=exif, comment=b"the secret of the seamstress")
    examined = examine_garment(out.getvalue())
    assert (examined.content_type, examined.width, examined.height) == ("image/jpeg", *SIZE)
    for copy in (examined.clean_copy, examined.thumbnail):
        assert b"seamstress" not in copy
        with Image.open(BytesIO(copy)) as kept:
            assert (kept.format, kept.size) == ("JPEG", SIZE)
