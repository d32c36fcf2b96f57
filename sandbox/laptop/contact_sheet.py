"""Many pictures on one white page, each with its caption: what the demo shows at its end."""

from collections.abc import Sequence
from io import BytesIO

from PIL import Image, ImageDraw, ImageFont, ImageOps

CELL = (360, 540)
GAP, CAPTION_HEIGHT, TITLE_HEIGHT = 24, 34, 60
INK, FRAME = (40, 40, 40), (225, 225, 225)


def contact_sheet(pictures: Sequence[tuple[str, bytes]], *, columns: int = 4, title: str = "") -> bytes:
    """A PNG page with one equal cell per (caption, picture), in the order given, row by row.

    The pictures are our own (clean copies, generated ones): they do not pass the gate for uploads.
    """
    columns = max(1, min(columns, len(pictures)))
    top = GAP + (TITLE_HEIGHT if title else 0)
    step = (CELL[0] + GAP, CELL[1] + CAPTION_HEIGHT + GAP)
    rows = -(-len(pictures) // columns)
    page = Image.new("RGB", (GAP + columns * step[0], top + rows * step[1]), "white")
    draw = ImageDraw.Draw(page)
    _write(draw, (GAP, GAP), title, 30, page.width - 2 * GAP)
    for place, (caption, data) in enumerate(pictures):
        left, upper = GAP + place % columns * step[0], top + place // columns * step[1]
        with Image.open(BytesIO(data)) as source:
            page.paste(ImageOps.pad(source.convert("RGB"), CELL, Image.Resampling.LANCZOS, "white"), (left, upper))
        draw.rectangle((left - 1, upper - 1, left + CELL[0], upper + CELL[1]), outline=FRAME)
        _write(draw, (left, upper + CELL[1] + 8), caption, 18, CELL[0])
    page.save(out := BytesIO(), "PNG")
    return out.getvalue()


def _write(draw: ImageDraw.ImageDraw, at: tuple[int, int], text: str, size: int, width: int) -> None:
    """One line, shortened where it would be wider than there is room."""
    font, line = ImageFont.load_default(size), " ".join(text.split())
    whole = line
    while line and font.getlength(line if line == whole else line + "...") > width:
        line = line[:-1]
    draw.text(at, line if line == whole else line.rstrip() + "...", fill=INK, font=font)
