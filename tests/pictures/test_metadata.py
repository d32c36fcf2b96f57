"""What is thrown away costs no photo: whatever its size or damage, good pixels pass, and as they are."""

import io
import struct
import tracemalloc
import zlib
from collections.abc import Callable

import pytest
from pictures.heic import clap, colr, heic, nclx
from pictures.png import PALETTE, RGB, SIGNATURE, chunk, iccp, of_rows, plain
from PIL import Image, ImageCms

from croquis_pictures import PhotoRefused, open_photo

SKIN = (190, 140, 115)
SRGB = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
BOMB = zlib.compress(bytes(400_000_000), 9)
WORDS = zlib.compress(b"workflow node " * 90_000)
HOSTILE_TIFF = b"II*\0\x08\0\0\0\xff\xff" + b"\x12\x01\3\0\xff\xff\xff\xff\6\0\0\0" * 5_000


def pixels(data: bytes) -> tuple[tuple[int, int], bytes]:
    image = open_photo(data).image
    return image.size, image.tobytes()


def saved(kind: str, image: Image.Image | None = None, **options: object) -> bytes:
    out = io.BytesIO()
    (image or Image.new("RGB", (600, 800), SKIN)).save(out, kind, **options)
    return out.getvalue()


def broken_checksum(name: bytes, data: bytes) -> bytes:
    return chunk(name, data)[:-4] + b"\0\0\0\0"


PNG_CHUNKS = {
    "profile of 1.3 MB": chunk(*iccp(struct.pack(">L", len(SRGB) + 1_300_000) + SRGB[4:] + bytes(1_300_000))),
    "profile that is a bomb": chunk(b"iCCP", b"x\0\0" + BOMB),
    "profile that does not inflate": chunk(b"iCCP", b"x\0\0garbage"),
    "profile packed in an unknown way": chunk(b"iCCP", b"x\0\7garbage"),
    "profile without a name": chunk(b"iCCP", b""),
    "text bomb": chunk(b"zTXt", b"Comment\0\0" + BOMB),
    "international text bomb": chunk(b"iTXt", b"Comment\0\1\0\0\0" + BOMB),
    "XMP bomb": chunk(b"iTXt", b"XML:com.adobe.xmp\0\1\0\0\0" + BOMB),
    "text of 1.3 MB": chunk(b"zTXt", b"Comment\0\0" + WORDS),
    "XMP of 1.3 MB": chunk(b"iTXt", b"XML:com.adobe.xmp\0\1\0\0\0" + WORDS),
    "text packed in an unknown way": chunk(b"zTXt", b"Comment\0\7garbage"),
    "plain text of 20 MB": chunk(b"tEXt", b"Comment\0" + bytes(20_000_000)),
    "many texts": chunk(b"tEXt", b"Comment\0" + b"x" * 900) * 20_000,
    "text with a wrong checksum": broken_checksum(b"tEXt", b"Comment\0x"),
    "gamma with a wrong checksum": broken_checksum(b"gAMA", b"\0\1\x86\xa0"),
    "short gamma": chunk(b"gAMA", b"\0"),
    "short chromaticities": chunk(b"cHRM", b"\0"),
    "no intent": chunk(b"sRGB", b""),
    "short size": chunk(b"pHYs", b"\0"),
    "short transparency": chunk(b"tRNS", b"\0"),
    "short animation": chunk(b"acTL", b"\0"),
    "frame of no animation": chunk(b"fcTL", b"\0\0\0\1"),
    "hostile EXIF": chunk(b"eXIf", HOSTILE_TIFF),
    "EXIF of 9 MB": chunk(b"eXIf", b"MM\0*\0\0\0\x08" + bytes(9_000_000)),
    "unknown": chunk(b"abCd", b"\xff" * 100),
}


@pytest.mark.parametrize("extra", PNG_CHUNKS.values(), ids=PNG_CHUNKS)
@pytest.mark.parametrize("behind", [False, True], ids=["before the pixels", "behind them"])
def test_no_chunk_beside_the_pixels_costs_a_png(extra: bytes, behind: bool) -> None:
    """FI-04"""
    whole = plain(*SKIN)
    place = len(whole) - 12 if behind else 33
    data = whole[:place] + extra + whole[place:]
    assert pixels(data) == pixels(whole)


@pytest.mark.parametrize("name", ["text bomb", "XMP bomb", "profile that is a bomb", "many texts"])
def test_a_bomb_costs_no_memory(name: str) -> None:
    """FI-04"""
    whole = plain(*SKIN)
    data = whole[:33] + PNG_CHUNKS[name] + whole[33:]
    open_photo(whole)
    tracemalloc.start()
    open_photo(data)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 20_000_000


def test_a_text_that_was_cut_off_behind_the_pixels_costs_no_png() -> None:
    whole = plain(*SKIN, after=[(b"tEXt", b"Comment\0" + bytes(1_000))])
    assert pixels(whole[:-500]) == pixels(plain(*SKIN))


def segment(marker: int, data: bytes, length: int | None = None) -> bytes:
    return bytes([0xFF, marker]) + struct.pack(">H", length or len(data) + 2) + data


PREVIEW = saved("JPEG", Image.new("RGB", (160, 120), "blue"))
JPEG_SEGMENTS = {
    "hostile EXIF": segment(0xE1, b"Exif\0\0" + HOSTILE_TIFF),
    "EXIF without entries": segment(0xE1, b"Exif\0\0MM\0*\xff\xff\xff\xff"),
    "EXIF cut short": segment(0xE1, b"Exif\0\0II"),
    "profile without a part": segment(0xE2, b"ICC_PROFILE\0"),
    "half a profile": segment(0xE2, b"ICC_PROFILE\0\1\2" + SRGB[:100]),
    "profile of 10 MB": segment(0xE2, b"ICC_PROFILE\0\1\xff" + bytes(60_000)) * 170,
    "broken second view": segment(0xE2, b"MPF\0" + b"\xff" * 40),
    "broken resources": segment(0xED, b"Photoshop 3.0\x008BIM\4\x04\xff\xff\xff\xff\xff"),
    "short JFIF": segment(0xE0, b"JFIF\0"),
    "short Adobe": segment(0xEE, b"Adobe\0"),
    "20 MB of comments": segment(0xFE, bytes(65_000)) * 300,
    "a length too short, with a preview": segment(0xE1, b"Exif\0\0II*\0" + bytes(50) + PREVIEW, 20),
    "a comment with a length too short": segment(0xFE, b"a comment", 5),
}


@pytest.mark.parametrize("extra", JPEG_SEGMENTS.values(), ids=JPEG_SEGMENTS)
@pytest.mark.parametrize("progressive", [False, True])
def test_no_segment_beside_the_pixels_costs_a_jpeg(extra: bytes, progressive: bool) -> None:
    """FI-04"""
    whole = saved("JPEG", progressive=progressive)
    tables = whole.index(b"\xff\xdb")
    for place in (2, tables):
        assert pixels(whole[:place] + extra + whole[place:]) == pixels(whole)


def test_a_jpeg_of_inks_keeps_the_word_that_they_are_inverted() -> None:
    inks = saved("JPEG", Image.new("CMYK", (600, 800), (0, 200, 200, 0)))
    red, green, blue = open_photo(inks).image.getpixel((5, 5))
    assert red > 200 > 100 > max(green, blue)


WEBP_CHUNKS = {
    "damaged profile": (0x20, b"ICCP", b"garbage"),
    "profile of 10 MB": (0x20, b"ICCP", bytes(10_000_000)),
    "damaged EXIF": (0x08, b"EXIF", HOSTILE_TIFF),
    "XMP of 10 MB": (0x04, b"XMP ", bytes(10_000_000)),
    "unknown": (0, b"abcd", b"garbage!"),
}


@pytest.mark.parametrize(("flag", "name", "extra"), WEBP_CHUNKS.values(), ids=WEBP_CHUNKS)
@pytest.mark.parametrize("cut", [0, 3])
def test_no_chunk_beside_the_pixels_costs_a_webp(flag: int, name: bytes, extra: bytes, cut: int) -> None:
    """FI-04"""
    whole = saved("WEBP", quality=90)
    header = b"VP8X" + struct.pack("<L", 10) + bytes([flag, 0, 0, 0]) + (599).to_bytes(3, "little") + b"\x1f\3\0"
    size = struct.pack("<L", len(extra))
    body = header + whole[12:] + name + size + extra + b"\0" * (len(extra) % 2)
    data = b"RIFF" + struct.pack("<L", len(body) + 4) + b"WEBP" + body
    assert pixels(data[: len(data) - cut]) == pixels(whole)


def test_a_promised_chunk_that_is_missing_costs_no_webp() -> None:
    whole = saved("WEBP", icc_profile=SRGB)
    assert whole[12:16] == b"VP8X"
    at, size = whole.index(b"ICCP"), len(SRGB) + len(SRGB) % 2 + 8
    body = whole[8:at] + whole[at + size :]
    assert pixels(b"RIFF" + struct.pack("<L", len(body)) + body) == pixels(whole)


HEIC: dict[str, Callable[[], bytes]] = {
    "EXIF beyond the file": lambda: heic(512, 640, exif=b"II*\0", exif_length=10_000_000),
    "empty EXIF": lambda: heic(512, 640, exif=b"\0"),
    "hostile EXIF": lambda: heic(512, 640, exif=HOSTILE_TIFF),
    "EXIF of 9 MB": lambda: heic(512, 640, exif=bytes(9_000_000)),
    "damaged profile": lambda: heic(512, 640, properties=(colr(b"prof", b"garbage" * 9),)),
    "profile without a byte": lambda: heic(512, 640, properties=(colr(b"prof", b""),)),
    "profile of 9 MB": lambda: heic(512, 640, properties=(colr(b"prof", bytes(9_000_000)),)),
    "colours of an unknown kind": lambda: heic(512, 640, properties=(colr(b"abcd", b"garbage"),)),
    "half a colour box": lambda: heic(512, 640, properties=(colr(b"nc", b""),)),
    "half of the code points": lambda: heic(512, 640, properties=(colr(b"nclx", b"\0\1"),)),
    "unknown code points": lambda: heic(512, 640, properties=(nclx(777, 13),)),
    "an unknown matrix": lambda: heic(512, 640, properties=(nclx(1, 13, 777),)),
    "a cut of nothing": lambda: heic(512, 640, properties=(clap(0, 0),)),
    "a cut outside": lambda: heic(512, 640, properties=(clap(100, 100, right=5_000),)),
}


@pytest.mark.parametrize("data", HEIC.values(), ids=HEIC)
def test_no_box_beside_the_pixels_costs_a_heic(data: Callable[[], bytes]) -> None:
    """FI-04"""
    assert pixels(data()) == pixels(heic(512, 640))


def test_a_picture_in_more_pieces_than_anybody_writes_is_refused() -> None:
    """FI-04"""
    whole, webp, jpeg = plain(*SKIN), saved("WEBP"), saved("JPEG")
    floods = [
        whole[:33] + chunk(b"tEXt", b"") * 200_000 + whole[33:],
        webp[:12] + b"abcd\0\0\0\0" * 200_000 + webp[12:],
        jpeg[:2] + segment(0xE5, b"") * 200_000 + jpeg[2:],
        jpeg[:2] + b"\xff\xd8\xff\xd9" * 200_000 + jpeg[2:],
    ]
    for data in (floods[0], b"RIFF" + struct.pack("<L", len(floods[1]) - 8) + floods[1][8:], *floods[2:]):
        with pytest.raises(PhotoRefused) as refusal:
            open_photo(data)
        assert refusal.value.code == "too_many_parts"


@pytest.mark.parametrize("packed", [False, True])
def test_how_a_picture_lies_may_be_said_by_xmp_alone(packed: bool) -> None:
    xmp = b'<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:Description tiff:Orientation="6"/></x:xmpmeta>'
    text = b"XML:com.adobe.xmp\0" + (b"\1\0\0\0" + zlib.compress(xmp) if packed else b"\0\0\0\0" + xmp)
    assert open_photo(plain(*SKIN, before=[(b"iTXt", text)])).image.size == (800, 600)
    assert open_photo(saved("JPEG", xmp=xmp)).image.size == (800, 600)


def test_a_palette_keeps_its_colours_and_its_transparency() -> None:
    rows = [bytes([0]) * 300 + bytes([1]) * 300] * 800
    palette = [(b"PLTE", bytes([*SKIN, 0, 0, 0])), (b"tRNS", b"\xff\0")]
    image = open_photo(of_rows(rows, colour=PALETTE, before=palette)).image
    assert (image.getpixel((100, 100)), image.getpixel((500, 100))) == (SKIN, (255, 255, 255))


def test_a_suggested_palette_that_is_damaged_costs_no_picture_of_full_colour() -> None:
    whole = plain(*SKIN, colour=RGB)
    assert pixels(whole[:33] + broken_checksum(b"PLTE", b"\0" * 5) + whole[33:]) == pixels(whole)
    assert whole.startswith(SIGNATURE)
