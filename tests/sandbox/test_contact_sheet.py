"""The page that the demo shows."""

import io

import pytest
from PIL import Image, ImageChops

from sandbox.laptop.contact_sheet import CELL, GAP, Tile, contact_sheet

WHITE, RED = (255, 255, 255), (255, 0, 0)
ORDERED = "wearing a long camel coat, black trousers and leather boots; a quiet city street with old facades; daylight"


def picture(colour: str, size: tuple[int, int] = (832, 1216), kind: str = "PNG") -> bytes:
    out = io.BytesIO()
    Image.new("RGB", size, colour).save(out, kind)
    return out.getvalue()


def opened(page: bytes) -> Image.Image:
    with Image.open(io.BytesIO(page)) as image:
        image.load()
        return image


def sheet_of(count: int, **options: object) -> Image.Image:
    tiles = [Tile(picture("red"), f"picture {number}") for number in range(count)]
    return opened(contact_sheet(tiles, **options))  # pyright: ignore[reportArgumentType]


def one(name: str, words: str = "", size: tuple[int, int] = (832, 1216)) -> Image.Image:
    return opened(contact_sheet([Tile(picture("red", size), name, words)]))


def rows_of_words(sheet: Image.Image) -> int:
    """How many lines of letters stand below the picture."""
    below = sheet.convert("L").crop((0, GAP + CELL[1] + 2, sheet.width, sheet.height))
    inked = [below.crop((0, row, below.width, row + 1)).getextrema()[0] < 200 for row in range(below.height)]
    return sum(inked[row] and not inked[row - 1] for row in range(1, len(inked)))


def test_every_picture_has_a_cell_of_the_same_size() -> None:
    first, four, five = sheet_of(1), sheet_of(4), sheet_of(5)
    assert first.format == "PNG"
    cell = four.width - sheet_of(3).width
    assert (four.width - first.width, five.width) == (3 * cell, four.width)
    assert five.height - four.height == sheet_of(9).height - five.height > cell


def test_fewer_columns_make_more_rows() -> None:
    assert sheet_of(4, columns=2).height > sheet_of(4).height


def test_the_page_is_white_and_the_pictures_stand_in_the_order_given() -> None:
    tiles = [Tile(picture("red"), "a"), Tile(picture("blue", (1200, 600), "JPEG"), "b")]
    sheet = opened(contact_sheet(tiles))
    assert sheet.getpixel((2, 2)) == WHITE
    middle = [sheet.getpixel((x, GAP + CELL[1] - 20)) for x in (sheet.width // 4, sheet.width * 3 // 4)]
    assert middle[0] == RED
    assert middle[1][2] > 250
    assert middle[1][0] < 5


@pytest.mark.parametrize("size", [(832, 1216), (768, 1344), (1024, 1024), (1344, 768)])
def test_a_picture_is_shown_whole_and_nothing_but_the_page_is_around_it(size: tuple[int, int]) -> None:
    sheet = one("", size=size)
    left, top, right, bottom = ImageChops.difference(sheet, Image.new("RGB", sheet.size, "white")).getbbox() or (0,) * 4
    assert sheet.crop((left, top, right, bottom)).getextrema() == ((255, 255), (0, 0), (0, 0))
    assert (right - left) / (bottom - top) == pytest.approx(size[0] / size[1], rel=0.01)


def test_what_was_ordered_stands_below_on_as_many_lines_as_it_needs() -> None:
    assert [rows_of_words(one("Full body", words)) for words in ("", "a coat", ORDERED)] == [1, 2, 3]
    assert one("Full body", ORDERED * 3).height > one("Full body", ORDERED).height


@pytest.mark.parametrize("words", ["short", "", "very long words " * 30, "zwei\nZeilen", "図 é ✓", "x" * 300])
def test_any_words_stay_beside_the_margins(words: str) -> None:
    sheet = one(words, words)
    margin = sheet.crop((sheet.width - GAP + 2, 0, sheet.width, sheet.height))
    assert margin.getextrema() == ((255, 255),) * 3
    assert (rows_of_words(sheet) > 0) == bool(words)


def test_a_title_and_a_note_stand_above_and_nothing_at_all_is_an_empty_page() -> None:
    assert (
        sheet_of(2, title="Croquis", note="made up").height > sheet_of(2, title="Croquis").height > sheet_of(2).height
    )
    empty = opened(contact_sheet([], title="Croquis"))
    assert empty.width > 100


def test_the_same_pictures_give_the_same_page() -> None:
    tiles = [Tile(picture("red"), "a", "b"), Tile(picture("blue"), "c")]
    assert contact_sheet(tiles, title="t") == contact_sheet(tiles, title="t")


@pytest.mark.parametrize(("title", "drawn"), [("Zo\u00eb", "Zoe"), ("Zoe \u674e", "Zoe")])
def test_a_letter_that_the_font_lacks_is_drawn_without_its_accent_and_never_as_a_box(title: str, drawn: str) -> None:
    assert contact_sheet([Tile(picture("red"), title)]) == contact_sheet([Tile(picture("red"), drawn)])
