"""Many pictures on one white page, each named with what it was ordered as: what the demo shows at its end."""

from collections.abc import Sequence
from io import BytesIO
from typing import NamedTuple
from unicodedata import normalize

from PIL import Image, ImageDraw, ImageFont, ImageOps

CELL = (360, 540)
GAP, MARGIN = 28, 8
TITLE, NAME, WORDS = 30, 18, 15  # sizes of the letters
INK, GREY = (40, 40, 40), (95, 95, 95)
PAGE = "white"
NO_GLYPH = "\uffff"  # no font has one


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
    head = _text((title, TITLE, INK), (note, WORDS, GREY), width=width - 2 * GAP)
    texts = [_text((tile.name, NAME, INK), (tile.words, WORDS, GREY), width=CELL[0]) for tile in tiles]
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


def _text(*parts: tuple[str, int, tuple[int, int, int]], width: int) -> Image.Image:
    """The parts below each other, each in its size and colour; no higher than they are."""
    lines = [
        (line, size, ink)
        for words, size, ink in parts
        for line in _lines(_drawable(words, _font(size)), _font(size), width)
    ]
    block = Image.new("RGB", (width, sum(_line_height(size) for _, size, _ in lines)), PAGE)
    draw, top = ImageDraw.Draw(block), 0
    for line, size, ink in lines:
        draw.text((0, top), line, fill=ink, font=_font(size))
        top += _line_height(size)
    return block


def _drawable(text: str, font: ImageFont.FreeTypeFont) -> str:
    """The text without what Pillow's own font cannot draw: of an accented letter the letter is left."""
    missing = _glyph(NO_GLYPH, font)
    plain = (each if _glyph(each, font) != missing else normalize("NFKD", each) for each in text)
    return "".join(each for each in "".join(plain) if _glyph(each, font) != missing)


def _glyph(letter: str, font: ImageFont.FreeTypeFont) -> bytes:
    drawn = Image.new("1", (2 * TITLE, 2 * TITLE))
    ImageDraw.Draw(drawn).text((0, 0), letter, fill=1, font=font)
    return drawn.tobytes()


def _lines(text: str, font: ImageFont.FreeTypeFont, width: int) -> list[str]:
    """Broken between words; only a word that is wider than the line alone is broken within."""
    lines, line = list[str](), ""
    for word in text.split():
        if line and font.getlength(f"{line} {word}") <= width:
            line = f"{line} {word}"
            continue
        lines, line = [*lines, line] if line else lines, word
        while font.getlength(line) > width:
            cut = next(end for end in range(len(line) - 1, 0, -1) if end == 1 or font.getlength(line[:end]) <= width)
            lines, line = [*lines, line[:cut]], line[cut:]
    return [*lines, line] if line else lines


def _font(size: int) -> ImageFont.FreeTypeFont:
    font = ImageFont.load_default(size)
    assert isinstance(font, ImageFont.FreeTypeFont)  # Pillow has FreeType in every wheel
    return font


def _line_height(size: int) -> int:
    return round(size * 1.35)
