"""Files that would keep a decoder busy for many seconds: refused by what they are made of, before it sees them."""

from contextlib import suppress

import pytest
from pictures.made import chunk, portrait, refusal, saved

from croquis_pictures import PhotoRefused, open_photo
from croquis_pictures.jpeg_parts import MOST_SCANS, MOST_SEGMENTS, scans_of
from croquis_pictures.parts import MOST_CHUNKS, MOST_PARTS

PNG, JPEG = saved(portrait(), "PNG"), saved(portrait(), "JPEG")
TEXT, EMPTY = chunk(b"tEXt", b"a\0b"), chunk(b"IDAT", b"")
COMMENT = b"\xff\xfe\0\2"


def with_scans(many: int) -> bytes:
    """A progressive JPEG in which the first scan of fine detail comes again and again, up to so many scans."""
    first, second, *others = scans_of(saved(portrait(), "JPEG", progressive=True))
    scans = [first, *[second] * (many - 1 - len(others)), *others]
    return b"".join(scan.markers + bytes(scan.data) for scan in scans) + b"\xff\xd9"


def png_with(many: int, piece: bytes, at: int) -> bytes:
    return PNG[:at] + piece * many + PNG[at:]


BEFORE_PIXELS, BEHIND_PIXELS = 33, len(PNG) - 12


def test_a_jpeg_of_more_scans_than_anybody_writes_is_refused() -> None:
    """FI-04: half a megabyte of them took half a minute."""
    assert open_photo(with_scans(MOST_SCANS)).image.size == (600, 800)
    assert refusal(with_scans(MOST_SCANS + 1)).code == "too_many_parts"
    assert refusal(with_scans(500)).code == "too_many_parts"


def test_scans_behind_a_complete_picture_are_not_looked_at() -> None:
    *_, last = scans_of(saved(portrait(), "JPEG", progressive=True))
    again = last.markers + bytes(last.data)
    data = saved(portrait(), "JPEG", progressive=True).removesuffix(b"\xff\xd9") + again * 500
    assert open_photo(data).image.size == (600, 800)


@pytest.mark.parametrize("part", [COMMENT, b"\xff\xe1\0\2"], ids=["COM", "APP1"])
def test_a_jpeg_of_more_segments_than_anybody_writes_is_refused(part: bytes) -> None:
    """What says nothing about pixels is thrown away unread, up to a flood of it."""
    assert open_photo(JPEG[:2] + part * 2 * MOST_SEGMENTS + JPEG[2:]).image.size == (600, 800)
    assert refusal(JPEG[:2] + part * MOST_PARTS + JPEG[2:]).code == "too_many_parts"


def test_a_jpeg_of_more_tables_than_anybody_writes_is_refused() -> None:
    at = JPEG.index(b"\xff\xdb")
    table = JPEG[at : at + 69]
    assert open_photo(JPEG[:at] + table * (MOST_SEGMENTS // 2) + JPEG[at:]).image.size == (600, 800)
    assert refusal(JPEG[:at] + table * MOST_SEGMENTS + JPEG[at:]).code == "too_many_parts"


@pytest.mark.parametrize("part", [b"\xff\xd8", b"\xff\xd0"], ids=["SOI", "RST"])
def test_bare_markers_before_a_picture_do_no_harm(part: bytes) -> None:
    with suppress(PhotoRefused):
        assert open_photo(JPEG[:2] + part * 10_000_000 + JPEG[2:]).image.size == (600, 800)


def test_segments_between_scans_count_too() -> None:
    first, *others = scans_of(saved(portrait(), "JPEG", progressive=True))
    rest = b"".join(scan.markers + bytes(scan.data) for scan in others)
    begun = first.markers + bytes(first.data)
    assert open_photo(begun + COMMENT * 500 + rest).image.size == (600, 800)
    assert refusal(begun + COMMENT * MOST_SEGMENTS + rest).code == "too_many_parts"


@pytest.mark.parametrize("junk", [b"\xff", b"\0", b"\xff\0"], ids=["fill bytes", "zeros", "stuffed"])
def test_what_only_fills_a_jpeg_does_no_harm(junk: bytes) -> None:
    most = 24_000_000 // len(junk)
    pixels = open_photo(JPEG).image.tobytes()
    assert open_photo(JPEG[:20] + junk * most + JPEG[20:]).image.tobytes() == pixels
    assert open_photo(JPEG[:-2] + junk * most + JPEG[-2:]).image.tobytes() == pixels


@pytest.mark.parametrize("piece", [TEXT, chunk(b"prVt", b"")], ids=["text", "private"])
@pytest.mark.parametrize("at", [BEFORE_PIXELS, BEHIND_PIXELS], ids=["before", "behind"])
def test_a_png_of_more_chunks_than_anybody_writes_is_refused(piece: bytes, at: int) -> None:
    assert open_photo(png_with(2 * MOST_CHUNKS, piece, at)).image.size == (600, 800)
    assert refusal(png_with(MOST_PARTS, piece, at)).code == "too_many_parts"
    assert refusal(png_with(1_500_000, piece, at)).code == "too_many_parts"


@pytest.mark.parametrize("at", [BEFORE_PIXELS, BEHIND_PIXELS], ids=["before", "behind"])
def test_a_png_of_more_chunks_of_pixels_than_anybody_writes_is_refused(at: int) -> None:
    assert open_photo(png_with(2_000, EMPTY, at)).image.size == (600, 800)
    assert refusal(png_with(MOST_CHUNKS, EMPTY, at)).code == "too_many_parts"


def test_a_png_in_the_smallest_pieces_that_are_usual_is_read() -> None:
    pixels = b"".join(chunk(b"IDAT", PNG[41 + at : 42 + at]) for at in range(len(PNG) - 57))
    assert PNG.count(b"IDAT") == 1
    assert 1_000 < pixels.count(b"IDAT") < MOST_CHUNKS
    assert open_photo(PNG[:33] + pixels + PNG[-12:]).image.tobytes() == open_photo(PNG).image.tobytes()
