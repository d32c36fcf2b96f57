"""HEIC, as phones write it: read once, already turned, and nothing of its metadata kept."""

import pytest
from pictures.heic import clap, heic, imir
from pictures.heic_grid import heic_grid
from PIL import Image

from croquis_pictures import PhotoRefused, open_photo

CANARY = "CANARY-50.0755N"


def brightness(image: Image.Image, x: float, y: float) -> int:
    return image.convert("L").getpixel((int(x * image.width), int(y * image.height)))


def test_a_heic_photo_is_read() -> None:
    """FI-04, FI-06"""
    photo = open_photo(heic(512, 640))
    assert (photo.content_type, photo.width, photo.height, photo.image.mode) == ("image/heic", 512, 640, "RGB")
    assert brightness(photo.image, 0.1, 0.1) < 100 < 180 < brightness(photo.image, 0.9, 0.9)


def test_a_turned_heic_photo_is_turned_once_and_its_exif_is_gone() -> None:
    """FI-04: the box turns the picture; the EXIF orientation that stands beside it says so a second time."""
    exif = Image.Exif()
    exif[0x0112] = 6
    exif[0x010E] = CANARY
    data = heic(512, 640, rotation=3, exif=exif.tobytes())
    assert CANARY.encode() in data
    photo = open_photo(data)
    assert photo.image.size == (photo.width, photo.height) == (640, 512)
    assert brightness(photo.image, 0.9, 0.1) < 100 < 180 < brightness(photo.image, 0.1, 0.9)
    assert CANARY.encode() not in photo.clean_copy()


@pytest.mark.parametrize("announced", [(512, 512), (700, 800)])
def test_a_heic_photo_that_announces_another_size_than_it_has_is_refused(announced: tuple[int, int]) -> None:
    """FI-04: or the bound on pixels would be a bound on promises."""
    with pytest.raises(PhotoRefused) as refusal:
        open_photo(heic(512, 640, announced=announced))
    assert refusal.value.code == "not_decodable"


def test_a_heic_photo_cut_short_is_refused() -> None:
    with pytest.raises(PhotoRefused) as refusal:
        open_photo(heic(512, 640)[:200_000])
    assert refusal.value.code == "not_decodable"


def test_a_heic_photo_of_a_48_megapixel_phone_is_read() -> None:
    """FI-04: a grid of tiles, shrunk to what is kept."""
    photo = open_photo(heic_grid(8064, 6048))
    assert (photo.width, photo.height, photo.image.size) == (8064, 6048, (4608, 3456))


@pytest.mark.parametrize("rotation", [0, 1, 2, 3])
@pytest.mark.parametrize("mirrored", [(), (0,), (1,)])
def test_a_heic_shows_what_its_clean_aperture_leaves_however_much_it_cuts(
    rotation: int, mirrored: tuple[int, ...]
) -> None:
    """A corner is cut off so that the dark quarter takes three tenths of each side; it lies where it lies uncut."""
    turned = tuple(imir(axis) for axis in mirrored)
    whole = open_photo(heic(1024, 1280, rotation=rotation, properties=turned)).image
    cut = open_photo(heic(1024, 1280, rotation=rotation, properties=(clap(640, 800, 128, 160), *turned)))
    wide = rotation % 2
    assert cut.image.size == (cut.width, cut.height) == ((800, 640) if wide else (640, 800))
    dark = [corner for corner in ((0, 0), (1, 0), (0, 1), (1, 1)) if brightness(whole, *inside(corner)) < 100]
    assert len(dark) == 1
    for x in (0.1, 0.2, 0.4, 0.6, 0.8, 0.9):
        for y in (0.1, 0.2, 0.4, 0.6, 0.8, 0.9):
            near = abs(x - dark[0][0]) < 0.3 and abs(y - dark[0][1]) < 0.3
            assert (brightness(cut.image, x, y) < 100) is near, (x, y)


def inside(corner: tuple[int, int]) -> tuple[float, float]:
    return 0.1 + 0.8 * corner[0], 0.1 + 0.8 * corner[1]


@pytest.mark.parametrize("shown", [(639, 799), (638, 800), (600, 720), (513, 520)])
def test_a_heic_of_odd_size_is_cut_to_it(shown: tuple[int, int]) -> None:
    assert open_photo(heic(640, 800, properties=(clap(*shown),))).image.size == shown


def test_what_a_cut_leaves_is_held_against_the_limits_too() -> None:
    with pytest.raises(PhotoRefused) as refusal:
        open_photo(heic(1280, 1600, properties=(clap(500, 600),)))
    assert refusal.value.code == "too_small"
