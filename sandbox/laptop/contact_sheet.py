"""Many pictures on one white page, each with its caption: what the demo shows at its end."""

from collections.abc import Sequence
from io import BytesIO

from PIL import Image, ImageDraw, ImageFont

CELL = (360, 540)
GAP = 24
CAPTION_SIZE, TITLE_SIZE = 18, 30
CAPTION_HEIGHT, TITLE_HEIGHT = 34, 60
INK, FRAME = (40, 40, 40), (225, 225, 225)

Font = ImageFont.FreeTypeFont | ImageFont.ImageFont


def contact_sheet(pictures: Sequence[tuple[str, bytes]], *, columns: int = 4, title: str = "") -> bytes:
    """A PNG page with one equal cell per (caption, picture), in the order given, row by row.

    The pictures are our own (clean copies, generated ones): they do not pass the gate for uploads.
    """
    columns = max(1, min(columns, len(pictures)))
    page, top = _blank_page(len(pictures), columns, title)
    for position, (caption, data) in enumerate(pictures):
        row, column = divmod(position, columns)
        left = GAP + column * (CELL[0] + GAP)
        _fill_cell(page, (left, top + row * (CELL[1] + CAPTION_HEIGHT + GAP)), caption, data)
    out = BytesIO()
    page.save(out, "PNG")
    return out.getvalue()


def _blank_page(count: int, columns: int, title: str) -> tuple[Image.Image, int]:
    rows = -(-count // columns)
    top = GAP + (TITLE_HEIGHT if title else 0)
    size = (GAP + columns * (CELL[0] + GAP), top + rows * (CELL[1] + CAPTION_HEIGHT + GAP))
    page = Image.new("RGB", size, "white")
    if title:
        font = ImageFont.load_default(TITLE_SIZE)
        ImageDraw.Draw(page).text((GAP, GAP), _fitted(title, font, size[0] - 2 * GAP), fill=INK, font=font)
    return page, top


def _fill_cell(page: Image.Image, corner: tuple[int, int], caption: str, data: bytes) -> None:
    left, top = corner
    with Image.open(BytesIO(data)) as source:
        picture = source.convert("RGB")
    picture.thumbnail(CELL, Image.Resampling.LANCZOS)
    page.paste(picture, (left + (CELL[0] - picture.width) // 2, top + (CELL[1] - picture.height) // 2))
    draw = ImageDraw.Draw(page)
    draw.rectangle((left - 1, top - 1, left + CELL[0], top + CELL[1]), outline=FRAME)
    font = ImageFont.load_default(CAPTION_SIZE)
    draw.text((left, top + CELL[1] + 8), _fitted(caption, font, CELL[0]), fill=INK, font=font)


def _fitted(text: str, font: Font, width: int) -> str:
    line = " ".join(text.split())
    if font.getlength(line) <= width:
        return line
    while line and font.getlength(line + "...") > width:
        line = line[:-1]
    return line.rstrip() + "..."
