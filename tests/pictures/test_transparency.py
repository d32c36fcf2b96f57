"""A colour that a PNG declares transparent is white, at every depth, and its nearest neighbours keep their colour."""

import struct

import pytest
from pictures.png import GREY, RGB, of_rows

from croquis_pictures import open_photo

WHITE = (255, 255, 255)
HALF = 304


def halves(key: tuple[int, ...], left: bytes, right: bytes, *, colour: int, depth: int) -> list[tuple[int, ...]]:
    """What comes out of the two halves of a picture with this transparent colour."""
    tail = struct.pack(f">{len(key)}H", *key)
    data = of_rows([left + right] * 600, width=2 * HALF, colour=colour, depth=depth, before=[(b"tRNS", tail)])
    image = open_photo(data).image
    return [image.getpixel((x, 300)) for x in (100, 500)]


@pytest.mark.parametrize(("depth", "low"), [(1, 0), (2, 0x55), (4, 0x33), (8, 0x30)])
def test_grey_of_up_to_eight_bits_is_keyed_out(depth: int, low: int) -> None:
    key = low & (2**depth - 1)
    count = HALF * depth // 8
    left, right = halves((key,), bytes([low]) * count, b"\xff" * count, colour=GREY, depth=depth)
    assert left == right == WHITE
    left, right = halves((2**depth - 1,), bytes([low]) * count, b"\xff" * count, colour=GREY, depth=depth)
    assert (left, right) == ((key * 255 // (2**depth - 1),) * 3, WHITE)


def test_grey_of_sixteen_bits_is_keyed_out_exactly() -> None:
    left, right = halves(
        (20_000,), struct.pack(">H", 20_000) * HALF, struct.pack(">H", 20_001) * HALF, colour=GREY, depth=16
    )
    assert (left, right) == (WHITE, (77, 77, 77))


def test_colours_of_eight_bits_are_keyed_out_exactly() -> None:
    left, right = halves(
        (190, 140, 115), bytes([190, 140, 115]) * HALF, bytes([190, 140, 116]) * HALF, colour=RGB, depth=8
    )
    assert (left, right) == (WHITE, (190, 140, 116))


@pytest.mark.parametrize("channel", [0, 1, 2])
def test_colours_of_sixteen_bits_are_keyed_out_exactly(channel: int) -> None:
    key = (10_000, 20_000, 30_000)
    other = [it + (place == channel) for place, it in enumerate(key)]
    left, right = halves(key, struct.pack(">3H", *key) * HALF, struct.pack(">3H", *other) * HALF, colour=RGB, depth=16)
    assert (left, right) == (WHITE, (39, 78, 117))


def test_only_as_many_bits_of_the_key_count_as_the_picture_has() -> None:
    left, right = halves((0x1230,), b"\x30" * HALF, b"\x31" * HALF, colour=GREY, depth=8)
    assert (left, right) == (WHITE, (0x31,) * 3)
