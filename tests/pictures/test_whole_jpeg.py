"""Whether a JPEG is whole is judged by its pixels: not by an end marker, nor by what a phone wrote behind it."""

import struct
from itertools import product

import pytest
from pictures.made import refusal, saved
from PIL import Image, ImageDraw

from croquis_pictures import open_photo
from croquis_pictures.jpeg_parts import scans_of

END = b"\xff\xd9"
TRAILER = b"\0\0\1\x0a\x0e\0\0\0Image_UTC_Data1500000000000\0\0\0\x18ftypmp42\0\0\0\0" + bytes(range(256)) * 300
KINDS = {
    f"{'progressive' if progressive else 'baseline'} 4:{'2:0' if subsampling else '4:4'} {restarts or 'no restarts'}": {
        "progressive": progressive,
        "subsampling": subsampling,
        "quality": 85,
        **({"restart_marker_" + restarts: 7 if restarts == "blocks" else 1} if restarts else {}),
    }
    for progressive, subsampling, restarts in product((False, True), (0, 2), ("", "rows", "blocks"))
}
PLAIN = [kind for kind in KINDS if kind.endswith("no restarts")]


def noisy(size: tuple[int, int] = (523, 651)) -> Image.Image:
    return Image.effect_noise(size, 60).convert("RGB")


def plain_below() -> Image.Image:
    """Grey in its lower half, as what is missing would be."""
    image = noisy()
    ImageDraw.Draw(image).rectangle((0, 300, 523, 651), fill=(128, 128, 128))
    return image


def cut(data: bytes, share: float) -> bytes:
    """As far as that share of what the scans hold."""
    start = data.index(b"\xff\xda") + 20
    return data[: start + int((len(data) - len(END) - start) * share)]


@pytest.mark.parametrize("kind", KINDS)
def test_a_whole_jpeg_needs_no_end_marker(kind: str) -> None:
    """FI-04"""
    data = saved(noisy(), "JPEG", **KINDS[kind])
    pixels = open_photo(data).image.tobytes()
    bare = data.removesuffix(END)
    for ending in (b"", b"\0", b"\xff", TRAILER, END + TRAILER, END + bytes(100_000)):
        assert open_photo(bare + ending).image.tobytes() == pixels


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("share", [0.1, 0.4, 0.8, 0.95, 0.99])
def test_an_end_marker_does_not_make_up_for_missing_rows(kind: str, share: float) -> None:
    """FI-04"""
    short = cut(saved(noisy(), "JPEG", **KINDS[kind]), share)
    for ending in (b"", END, END + TRAILER, END + saved(noisy(), "JPEG")):
        assert refusal(short + ending).code == "not_decodable"


@pytest.mark.parametrize("kind", KINDS)
def test_rows_that_are_missing_where_the_picture_is_plain_are_missed_too(kind: str) -> None:
    data = saved(plain_below(), "JPEG", **KINDS[kind])
    assert open_photo(data).image.getpixel((5, 640)) == (128, 128, 128)
    assert refusal(cut(data, 0.9 if "baseline" in kind else 0.97) + END).code == "not_decodable"


@pytest.mark.parametrize("colour", [(128, 128, 128), (0, 0, 0), (255, 255, 255), (190, 140, 115)])
@pytest.mark.parametrize("kind", PLAIN)
def test_a_photo_of_one_colour_is_whole(kind: str, colour: tuple[int, int, int]) -> None:
    assert open_photo(saved(Image.new("RGB", (600, 800), colour), "JPEG", **KINDS[kind])).image.size == (600, 800)


@pytest.mark.parametrize("mode", ["L", "CMYK"])
@pytest.mark.parametrize("progressive", [False, True])
def test_that_holds_for_grey_and_printers_colours(mode: str, progressive: bool) -> None:
    data = saved(noisy().convert(mode), "JPEG", progressive=progressive)
    assert open_photo(data.removesuffix(END)).image.size == (523, 651)
    assert refusal(cut(data, 0.9) + END).code == "not_decodable"


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("announced", [(1302, 523), (668, 523), (651, 1046)], ids=["twice", "one row", "wider"])
def test_a_scan_that_is_smaller_than_its_header_says_is_refused(kind: str, announced: tuple[int, int]) -> None:
    data = bytearray(saved(noisy(), "JPEG", **KINDS[kind]))
    frame = data.index(b"\xff\xc2" if "progressive" in kind else b"\xff\xc0")
    data[frame + 5 : frame + 9] = struct.pack(">HH", *announced)
    assert refusal(bytes(data)).code == "not_decodable"


def test_a_progressive_jpeg_that_ends_after_any_but_its_last_scan_is_refused() -> None:
    """Its rows are all there, but coarse."""
    data = saved(noisy(), "JPEG", progressive=True)
    whole = b""
    *early, last = scans_of(data)
    for scan in early:
        whole += scan.markers + bytes(scan.data)
        assert refusal(whole + END).code == "not_decodable"
    assert open_photo(whole + last.markers + bytes(last.data)).image.size == (523, 651)
