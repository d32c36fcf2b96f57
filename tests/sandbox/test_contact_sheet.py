"""The page that the demo shows."""

import io

import pytest
from PIL import Image

from sandbox.laptop.contact_sheet import contact_sheet


def picture(colour: str, size: tuple[int, int] = (832, 1216), kind: str = "PNG") -> bytes:
    out = io.BytesIO()
    Image.new("RGB", size, colour).save(out, kind)
    return out.getvalue()


def sheet_of(count: int, **options: object) -> Image.Image:
    pictures = [(f"picture {number}", picture("red")) for number in range(count)]
    return Image.open(io.BytesIO(contact_sheet(pictures, **options)))


def test_every_picture_has_a_cell_of_the_same_size() -> None:
    one, four, five = sheet_of(1), sheet_of(4), sheet_of(5)
    assert one.format == "PNG"
    cell = four.width - sheet_of(3).width
    assert (four.width - one.width, five.width) == (3 * cell, four.width)
    assert five.height - four.height == sheet_of(9).height - five.height > cell


def test_fewer_columns_make_more_rows() -> None:
    assert sheet_of(4, columns=2).height > sheet_of(4).height


def test_the_page_is_white_and_the_pictures_stand_in_the_order_given() -> None:
    data = contact_sheet([("a", picture("red")), ("b", picture("blue", (1200, 600), "JPEG"))])
    sheet = Image.open(io.BytesIO(data))
    assert sheet.getpixel((2, 2)) == (255, 255, 255)
    middle = [sheet.getpixel((x, sheet.height // 2 - 20)) for x in (sheet.width // 4, sheet.width * 3 // 4)]
    assert middle[0] == (255, 0, 0)
    assert middle[1][2] > 250
    assert middle[1][0] < 5


@pytest.mark.parametrize("caption", ["short", "", "a very long caption " * 30, "zwei\nZeilen", "図 é ✓"])
def test_any_caption_fits_under_its_picture(caption: str) -> None:
    plain = Image.open(io.BytesIO(contact_sheet([("", picture("red"))])))
    sheet = Image.open(io.BytesIO(contact_sheet([(caption, picture("red"))])))
    assert sheet.size == plain.size
    right_margin = sheet.crop((sheet.width - 20, 0, sheet.width, sheet.height))
    assert right_margin.getextrema() == ((255, 255),) * 3
    assert (sheet.tobytes() != plain.tobytes()) == bool(caption)


def test_a_title_stands_above_and_nothing_at_all_is_an_empty_page() -> None:
    assert sheet_of(2, title="Croquis").height > sheet_of(2).height
    empty = Image.open(io.BytesIO(contact_sheet([], title="Croquis")))
    assert empty.width > 100


def test_the_same_pictures_give_the_same_page() -> None:
    pictures = [("a", picture("red")), ("b", picture("blue"))]
    assert contact_sheet(pictures, title="t") == contact_sheet(pictures, title="t")
