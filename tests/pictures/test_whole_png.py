"""Whether a PNG is whole is judged by its rows: not by its end chunk, nor by a stream that ends in good order."""

import struct
import zlib

import pytest
from pictures.made import chunk, refusal, saved
from PIL import Image

from croquis_pictures import open_photo

CHANNELS = {"grey": (0, 1), "colour": (2, 3), "palette": (3, 1), "grey and alpha": (4, 2), "colour and alpha": (6, 4)}


def png(kind: str, rows: int, *, level: int = 200, depth: int = 8, pieces: int = 1) -> bytes:
    """600 x 800 as announced, with so many rows in it."""
    colour, channels = CHANNELS[kind]
    packed = zlib.compress((b"\0" + bytes([level]) * (600 * channels * depth // 8)) * rows)
    head = chunk(b"IHDR", struct.pack(">LLBBBBB", 600, 800, depth, colour, 0, 0, 0))
    palette = chunk(b"PLTE", bytes(768)) if kind == "palette" else b""
    step = -(-len(packed) // pieces)
    pixels = b"".join(chunk(b"IDAT", packed[at : at + step]) for at in range(0, len(packed), step))
    return b"\x89PNG\r\n\x1a\n" + head + palette + pixels + chunk(b"IEND", b"")


@pytest.mark.parametrize("kind", CHANNELS)
@pytest.mark.parametrize("pieces", [1, 7])
def test_a_png_whose_last_rows_are_missing_is_refused(kind: str, pieces: int) -> None:
    """FI-04"""
    assert open_photo(png(kind, 800, pieces=pieces)).image.size == (600, 800)
    for rows in (1, 400, 799):
        assert refusal(png(kind, rows, pieces=pieces)).code == "not_decodable"


@pytest.mark.parametrize("kind", CHANNELS)
def test_a_png_that_is_black_is_whole(kind: str) -> None:
    assert open_photo(png(kind, 800, level=0, pieces=7)).image.size == (600, 800)
    assert refusal(png(kind, 799, level=0)).code == "not_decodable"


@pytest.mark.parametrize(("kind", "depth"), [("grey", 1), ("grey", 16), ("palette", 4), ("colour", 16)])
def test_that_holds_for_every_depth(kind: str, depth: int) -> None:
    assert open_photo(png(kind, 800, level=0, depth=depth)).image.size == (600, 800)
    assert refusal(png(kind, 790, level=0, depth=depth)).code == "not_decodable"


def test_a_png_needs_no_end_chunk() -> None:
    assert open_photo(png("colour", 800)[:-12]).image.size == (600, 800)


def test_an_interlaced_black_png_is_whole() -> None:
    """Seven passes, each a small picture of its own: 600 x 801 has an odd number of rows in them."""
    passes = [(75, 101), (75, 101), (150, 100), (150, 201), (300, 200), (300, 401), (600, 400)]
    rows = b"".join((b"\0" + bytes(3 * columns)) * rows for columns, rows in passes)
    head = chunk(b"IHDR", struct.pack(">LLBBBBB", 600, 801, 8, 2, 0, 0, 1))
    whole, short = (
        b"\x89PNG\r\n\x1a\n" + head + chunk(b"IDAT", zlib.compress(data)) + chunk(b"IEND", b"")
        for data in (rows, rows[:-1])
    )
    assert open_photo(whole).image.size == (600, 801)
    assert refusal(short).code == "not_decodable"


def test_a_dark_photo_is_no_damage() -> None:
    image = Image.effect_noise((600, 800), 60).convert("RGB")
    image.paste((0, 0, 0), (0, 700, 600, 800))
    assert open_photo(saved(image, "PNG")).image.getpixel((5, 795)) == (0, 0, 0)
