"""Many pictures on one white page, each named with what it was ordered as: what the demo shows at its end."""

from collections.abc import Sequence
from io import BytesIO
from typing import NamedTuple

from PIL import Image, ImageOps

from croquis_pictures.lettering import LARGEST, PAGE, Words, text_block

CELL = (360, 540)
GAP, MARGIN = 28, 8
TITLE, NAME, WORDS = LARGEST, 18, 15  # sizes of the letters
INK, GREY = (40, 40, 40), (95, 95, 95)


class Tile(NamedTuple):
    """A picture's file, its name, and the words that it was ordered with."""

    picture: bytes
    name: str
    words: str = ""


def contact_sheet(tiles: Sequence[Tile], *, columns: int = 4, title: str = "", note: str = "") -> bytes:
    """A PNG page with one equal cell per tile, in the order given, row by row; all words are there, on as many lines as
    they need.

    The pictures are our own (clean copies, generated ones): they do not pass the gate for uploads.
    """
    columns = max(1, min(columns, len(tiles)))
    width = GAP + columns * (CELL[0] + GAP)
    head = text_block(Words(title, TITLE, INK), Words(note, WORDS, GREY), width=width - 2 * GAP)
    texts = [text_block(Words(it.name, NAME, INK), Words(it.words, WORDS, GREY), width=CELL[0]) for it in tiles]
    step = CELL[1] + MARGIN + max((text.height for text in texts), default=0) + GAP
    top = GAP + (head.height + GAP if title or note else 0)
    page = Image.new("RGB", (width, top + -(-len(tiles) // columns) * step), PAGE)
    page.paste(head, (GAP, GAP))
    for place, (tile, text) in enumerate(zip(tiles, texts, strict=True)):
        left, upper = GAP + place % columns * (CELL[0] + GAP), top + place // columns * step
        picture = _fitted(tile.picture)
        page.paste(picture, (left, upper + CELL[1] - picture.height))
        page.paste(text, (left, upper + CELL[1] + MARGIN))
    page.save(out := BytesIO(), "PNG")
    return out.getvalue()


def _fitted(picture: bytes) -> Image.Image:
    with Image.open(BytesIO(picture)) as source:
        return ImageOps.contain(source.convert("RGB"), CELL, Image.Resampling.LANCZOS)
