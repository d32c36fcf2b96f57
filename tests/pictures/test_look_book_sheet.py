"""The contact sheet of a look-book holds every cell, with its picture or its sentence, and opens everywhere."""

from datetime import UTC, datetime
from io import BytesIO

from PIL import Image

from croquis.domain.images.provenance import COMPOSITE
from croquis.domain.look_books.sheet import SheetCell, SheetRow
from croquis_pictures.look_book_sheet import ACROSS, CELL, DOWN, draw_sheet, thumbnail

AT = datetime(2030, 1, 2, 3, 4, 5, tzinfo=UTC)


def picture(colour: str, size: tuple[int, int] = (832, 1216)) -> bytes:
    Image.new("RGB", size, colour).save(out := BytesIO(), "PNG")
    return out.getvalue()


def sheet(down: int, across: int, colour: str = "red") -> tuple[bytes, bytes]:
    cell = SheetCell(thumbnail(picture(colour)), "all is well")
    rows = [SheetRow(f"Look {number}", [cell] * across) for number in range(1, down + 1)]
    return draw_sheet(rows, [f"Pose {it}" for it in range(across)], title="Maya", note="made by AI", at=AT)


def of_colour(png: bytes, colour: tuple[int, int, int], within: int = 12) -> int:
    """How many pixels have about this colour."""
    with Image.open(BytesIO(png)) as opened:
        pixels = opened.convert("RGB").getcolors(1 << 24) or []
    return sum(many for many, it in pixels if isinstance(it, tuple) and _distance(it, colour) <= within)


def _distance(one: tuple[int, ...], other: tuple[int, ...]) -> int:
    return max(abs(a - b) for a, b in zip(one, other, strict=True))


def test_every_cell_shows_its_whole_picture() -> None:
    png, _ = sheet(3, 4)
    with Image.open(BytesIO(thumbnail(picture("red")))) as small:
        assert small.width <= CELL[0]
        assert small.height <= CELL[1]
        area = small.width * small.height
    assert of_colour(png, (254, 0, 0)) >= 12 * area * 0.99


def test_a_cell_without_a_picture_has_its_sentence() -> None:
    row = SheetRow("Look 1", [SheetCell(None, "The provider refused this picture.", alarming=True)])
    png, _ = draw_sheet([row], ["Pose 1"], title="Maya", note="", at=AT)
    assert of_colour(png, (150, 30, 30)) > 50


def test_a_large_book_is_cut_into_pages_and_loses_no_cell() -> None:
    png, pdf = sheet(2 * DOWN, 2 * ACROSS + 1)
    assert pdf.startswith(b"%PDF-")
    assert pdf.count(b"/Type /Page\n") == 2 * 3
    with Image.open(BytesIO(thumbnail(picture("red")))) as small:
        assert of_colour(png, (254, 0, 0)) >= 2 * DOWN * (2 * ACROSS + 1) * small.width * small.height * 0.99


def test_the_same_book_gives_the_same_bytes() -> None:
    assert sheet(2, 2) == sheet(2, 2)


def test_the_sheet_says_that_a_machine_made_its_pictures() -> None:
    png, pdf = sheet(1, 1)
    assert COMPOSITE.encode() in png
    assert "Pictures made by AI".encode("utf-16-be") in pdf or b"Pictures made by AI" in pdf
