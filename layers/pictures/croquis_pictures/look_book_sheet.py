"""The contact sheet of a look-book: its grid with all titles, as one PNG and as a PDF of several pages."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from io import BytesIO

from PIL import Image, ImageOps, PngImagePlugin

from croquis.domain.images.provenance import COMPOSITE
from croquis.domain.look_books.sheet import SheetCell, SheetRow
from croquis_pictures.lettering import LARGEST, PAGE, Words, text_block
from croquis_pictures.marks import XMP
from croquis_pictures.photo import jpeg_of

CELL = (220, 330)
TITLES = 140  # pixels for the titles of rows
ACROSS, DOWN = 6, 4  # cells of a page
GAP, MARGIN = 16, 6
NAME, SMALL = 16, 13  # sizes of the letters
INK, GREY, RED = (40, 40, 40), (95, 95, 95), (150, 30, 30)


def thumbnail(picture: bytes) -> bytes:
    """A picture of ours, as small as the sheet shows it."""
    with Image.open(BytesIO(picture)) as source:
        source.draft("RGB", (2 * CELL[0], 2 * CELL[1]))  # a JPEG is not decoded larger than needed
        return jpeg_of(ImageOps.contain(source.convert("RGB"), CELL, Image.Resampling.LANCZOS), quality=85)


def draw_sheet(
    rows: Sequence[SheetRow], columns: Sequence[str], *, title: str, note: str, at: datetime
) -> tuple[bytes, bytes]:
    """PNG and PDF. The same book at the same time gives the same bytes."""
    pages = list(_pages(rows, columns, title, note))
    return _png(pages), _pdf(pages, title, at)


def _pages(rows: Sequence[SheetRow], columns: Sequence[str], title: str, note: str) -> Iterator[Image.Image]:
    for first in range(0, len(columns), ACROSS):
        titles = columns[first : first + ACROSS]
        for some in (rows[top : top + DOWN] for top in range(0, len(rows), DOWN)):
            yield _page([SheetRow(it.title, it.cells[first : first + ACROSS]) for it in some], titles, title, note)


def _page(rows: Sequence[SheetRow], columns: Sequence[str], title: str, note: str) -> Image.Image:
    width = GAP + TITLES + len(columns) * (CELL[0] + GAP) + GAP
    head = text_block(Words(title, LARGEST, INK), Words(note, SMALL, GREY), width=width - 2 * GAP)
    names = _above(columns, SMALL, INK)
    drawn = [(text_block(Words(row.title, NAME, INK), width=TITLES - GAP), _row(row.cells)) for row in rows]
    height = (
        GAP
        + head.height
        + GAP
        + names.height
        + MARGIN
        + sum(max(beside.height, cells.height) + GAP for beside, cells in drawn)
    )
    page = Image.new("RGB", (width, height), PAGE)
    page.paste(head, (GAP, GAP))
    top = GAP + head.height + GAP
    page.paste(names, (GAP + TITLES, top))
    top += names.height + MARGIN
    for beside, cells in drawn:
        page.paste(beside, (GAP, top))
        page.paste(cells, (GAP + TITLES, top))
        top += max(beside.height, cells.height) + GAP
    return page


def _above(texts: Sequence[str], size: int, ink: tuple[int, int, int]) -> Image.Image:
    return _side_by_side([text_block(Words(it, size, ink), width=CELL[0]) for it in texts])


def _row(cells: Sequence[SheetCell]) -> Image.Image:
    return _side_by_side([_cell(it) for it in cells])


def _side_by_side(blocks: Sequence[Image.Image]) -> Image.Image:
    strip = Image.new("RGB", (len(blocks) * (CELL[0] + GAP), max(it.height for it in blocks)), PAGE)
    for place, block in enumerate(blocks):
        strip.paste(block, (place * (CELL[0] + GAP), 0))
    return strip


def _cell(cell: SheetCell) -> Image.Image:
    words = text_block(Words(cell.words, SMALL, RED if cell.alarming else GREY), width=CELL[0])
    if cell.thumbnail is None:
        return words
    with Image.open(BytesIO(cell.thumbnail)) as picture:
        block = Image.new("RGB", (CELL[0], picture.height + MARGIN + words.height), PAGE)
        block.paste(picture, (0, 0))
        block.paste(words, (0, picture.height + MARGIN))
    return block


def _png(pages: Sequence[Image.Image]) -> bytes:
    sheet = Image.new("RGB", (max(it.width for it in pages), sum(it.height for it in pages)), PAGE)
    top = 0
    for page in pages:
        sheet.paste(page, (0, top))
        top += page.height
    label = PngImagePlugin.PngInfo()
    label.add_itxt("XML:com.adobe.xmp", XMP % COMPOSITE)
    sheet.save(out := BytesIO(), "PNG", pnginfo=label)
    return out.getvalue()


def _pdf(pages: Sequence[Image.Image], title: str, at: datetime) -> bytes:
    when = at.utctimetuple()
    pages[0].save(
        out := BytesIO(), "PDF", save_all=True, append_images=pages[1:], resolution=100.0, quality=85,
        title=title, subject="Pictures made by AI", creationDate=when, modDate=when,
    )  # fmt: skip
    return out.getvalue()
