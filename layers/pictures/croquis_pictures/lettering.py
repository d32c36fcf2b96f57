"""Words drawn into pictures, broken into as many lines as they need, in the one font that is always there."""

from typing import NamedTuple
from unicodedata import normalize

from PIL import Image, ImageDraw, ImageFont

PAGE = "white"
LARGEST = 30
NO_GLYPH = "\uffff"  # no font has one

Ink = tuple[int, int, int]


class Words(NamedTuple):
    """A text, the size of its letters and its colour."""

    text: str
    size: int
    ink: Ink


def text_block(*parts: Words, width: int) -> Image.Image:
    """The parts below each other, on a block that is no higher than they are."""
    lines = [
        (line, size, ink)
        for text, size, ink in parts
        for line in _lines(_drawable(text, _font(size)), _font(size), width)
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
    drawn = Image.new("1", (2 * LARGEST, 2 * LARGEST))
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
