"""Whatever way a file names its colours, the same colours come out; the strongest way that is in order counts."""

import io
import struct
from collections.abc import Callable, Iterable

import numpy as np
import pytest
from pictures.heic import colr, heic, nclx
from pictures.light import Colour, codes, in_2020, in_adobe_rgb, in_hlg, in_p3, in_pq
from pictures.png import GREY, GREY_ALPHA, Chunk, chrm, cicp, gama, iccp, plain
from PIL import Image, ImageCms

from croquis_pictures import open_photo

Written = Callable[[Colour], np.ndarray]

SKIN, RED, GREEN, DARK = (190, 140, 115), (180, 60, 50), (60, 140, 70), (40, 30, 25)
SRGB = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
ADOBE_RGB = (0.3127, 0.3290, 0.64, 0.33, 0.21, 0.71, 0.15, 0.06)
SRGB_LIGHTS = (0.3127, 0.3290, 0.64, 0.33, 0.30, 0.60, 0.15, 0.06)


def middle(data: bytes) -> Colour:
    image = open_photo(data).image
    return image.getpixel((image.width * 3 // 4, image.height * 3 // 4))


def near(colour: Iterable[float], tolerance: int = 2) -> object:
    return pytest.approx(tuple(colour), abs=tolerance)


def camera_exif(space: int, index: bytes, order: str = "<") -> bytes:
    """EXIF of a DCF file: ColorSpace, and the InteroperabilityIndex two directories further."""

    def directory(*entries: tuple[int, int, int, bytes]) -> bytes:
        rows = (struct.pack(f"{order}HHL", *entry[:3]) + entry[3].ljust(4, b"\0") for entry in entries)
        return struct.pack(f"{order}H", len(entries)) + b"".join(rows) + b"\0\0\0\0"

    def at(offset: int) -> bytes:
        return struct.pack(f"{order}L", offset)

    header = {"<": b"II*\0", ">": b"MM\0*"}[order] + at(8)
    main = directory((0x8769, 4, 1, at(26)))
    camera = directory((0xA001, 3, 1, struct.pack(f"{order}H", space)), (0xA005, 4, 1, at(56)))
    return b"Exif\0\0" + header + main + camera + directory((1, 2, 4, index + b"\0"), (2, 7, 4, b"0100"))


def jpeg(colour: Colour, **options: object) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (600, 800), colour).save(out, "JPEG", quality=98, subsampling=0, **options)
    return out.getvalue()


@pytest.mark.parametrize("order", ["<", ">"])
@pytest.mark.parametrize("space", [0xFFFF, 2])
@pytest.mark.parametrize("colour", [SKIN, RED, GREEN, DARK])
def test_a_camera_says_adobe_rgb_by_exif_alone(colour: Colour, space: int, order: str) -> None:
    exif = camera_exif(space, b"R03", order)
    assert middle(jpeg(codes(in_adobe_rgb(colour)), exif=exif)) == near(colour)


def test_skin_in_adobe_rgb_is_the_skin_of_the_standard() -> None:
    assert middle(jpeg((190, 140, 115), exif=camera_exif(0xFFFF, b"R03"))) == near((207, 141, 114))


@pytest.mark.parametrize(("space", "index"), [(1, b"R98"), (1, b"R03"), (0xFFFF, b"R98"), (0xFFFF, b"\0\0\0")])
def test_any_other_word_of_exif_means_srgb(space: int, index: bytes) -> None:
    assert middle(jpeg(SKIN, exif=camera_exif(space, index))) == near(SKIN)


def test_a_profile_counts_for_more_than_exif() -> None:
    assert middle(jpeg(SKIN, exif=camera_exif(0xFFFF, b"R03"), icc_profile=SRGB)) == near(SKIN)


def test_exif_counts_where_the_profile_is_damaged() -> None:
    data = jpeg(codes(in_adobe_rgb(SKIN)), exif=camera_exif(0xFFFF, b"R03"), icc_profile=SRGB[:100])
    assert middle(data) == near(SKIN)


@pytest.mark.parametrize("colour", [SKIN, RED, GREEN, DARK])
@pytest.mark.parametrize(
    ("written", "said"),
    [
        (in_p3, [cicp(12, 13)]),
        (in_2020, [cicp(9, 13)]),
        (in_pq, [cicp(9, 16)]),
        (in_hlg, [cicp(9, 18)]),
        (in_adobe_rgb, [gama(256 / 563), chrm(*ADOBE_RGB)]),
    ],
    ids=["P3", "BT.2020", "PQ", "HLG", "gamma and chromaticities"],
)
def test_a_png_names_its_colours_without_a_profile(written: Written, said: list[Chunk], colour: Colour) -> None:
    assert middle(plain(*codes(written(colour), 16), depth=16, before=said)) == near(colour, 4)


def test_light_above_white_is_white() -> None:
    bright = codes(in_pq((255, 255, 255), white=1_000), 16)
    assert middle(plain(*bright, depth=16, before=[cicp(9, 16)])) == (255, 255, 255)
    white = codes(in_pq((255, 255, 255)), 16)
    assert middle(plain(*white, depth=16, before=[cicp(9, 16)])) == near((255, 255, 255))


def test_a_png_of_narrow_range_is_spread() -> None:
    narrow = (round(16 + 219 * it / 255) for it in SKIN)
    assert middle(plain(*narrow, before=[cicp(1, 13, full_range=0)])) == near(SKIN)


def test_a_gamma_alone_changes_the_curve_alone() -> None:
    assert middle(plain(100, 100, 100, before=[gama(1.0)])) == near((168, 168, 168))
    assert middle(plain(100, colour=GREY, before=[gama(1.0)])) == near((168, 168, 168))


@pytest.mark.parametrize("said", [[gama(0.45455)], [gama(0.45455), chrm(*SRGB_LIGHTS)], [chrm(*SRGB_LIGHTS)]])
@pytest.mark.parametrize("colour", [SKIN, DARK, (12, 9, 7)])
def test_the_gamma_and_chromaticities_of_srgb_are_srgb(said: list[Chunk], colour: Colour) -> None:
    assert middle(plain(*colour, before=said)) == colour


@pytest.mark.parametrize(
    "said",
    [
        [gama(0)],
        [gama(9_000)],
        [chrm(*(0.3,) * 8)],
        [chrm(*(0.0,) * 8)],
        [(b"gAMA", b"\0")],
        [(b"cHRM", b"\0\0\0\1" * 3)],
        [cicp(12, 13, matrix=1)],
        [cicp(77, 13)],
        [cicp(9, 99)],
        [cicp(2, 2)],
        [(b"cICP", b"\x0c")],
    ],
)
def test_what_makes_no_sense_about_colours_is_not_believed(said: list[Chunk]) -> None:
    assert middle(plain(*SKIN, before=said)) == SKIN


@pytest.mark.parametrize(
    ("said", "taken"),
    [
        ([cicp(1, 8), iccp(SRGB), gama(0.45455)], 168),
        ([cicp(1, 13), iccp(SRGB), gama(1.0)], 100),
        ([iccp(SRGB), gama(1.0)], 100),
        ([(b"sRGB", b"\0"), gama(1.0)], 100),
        ([(b"iCCP", b"profile\0\0damaged"), gama(1.0)], 168),
        ([iccp(SRGB[:90]), cicp(77, 77), gama(1.0)], 168),
    ],
    ids=["code points", "code points", "profile", "sRGB", "damaged profile", "damaged and unknown"],
)
def test_of_several_ways_the_strongest_in_order_counts(said: list[Chunk], taken: int) -> None:
    """PNG, third edition, section 4.3: cICP, iCCP, sRGB, gAMA and cHRM."""
    assert middle(plain(100, 100, 100, before=said)) == near((taken,) * 3)


def test_words_about_colours_behind_the_pixels_do_not_count() -> None:
    assert middle(plain(*SKIN, after=[gama(1.0), cicp(9, 16)])) == SKIN


@pytest.mark.parametrize("colour", [SKIN, RED, GREEN, DARK])
@pytest.mark.parametrize(
    ("written", "code_points"),
    [(in_p3, (12, 13)), (in_2020, (9, 13)), (in_2020, (9, 1)), (in_pq, (9, 16)), (in_hlg, (9, 18))],
    ids=["P3", "BT.2020", "BT.2020's own curve", "PQ", "HLG"],
)
def test_a_heic_names_its_colours_by_code_points(
    written: Written, code_points: tuple[int, int], colour: Colour
) -> None:
    data = heic(512, 640, light=ycc(codes(written(colour))), properties=(nclx(*code_points),))
    assert middle(data) == near(colour, 8)  # 8 bits are few for PQ, and they were rounded twice


def ycc(colour: Colour) -> Colour:
    """BT.601 at full range, as nclx says by matrix 6."""
    red, green, blue = colour
    luma = 0.299 * red + 0.587 * green + 0.114 * blue
    return round(luma), round(128 + (blue - luma) / 1.772), round(128 + (red - luma) / 1.402)


def test_in_a_heic_the_profile_counts_for_more_than_the_code_points() -> None:
    data = heic(512, 640, light=ycc(SKIN), properties=(nclx(12, 8), colr(b"prof", SRGB)))
    assert middle(data) == near(SKIN)
    damaged = heic(512, 640, light=ycc(codes(in_p3(SKIN))), properties=(colr(b"prof", SRGB[:90]), nclx(12, 13)))
    assert middle(damaged) == near(SKIN, 4)


def grey_profile(gamma: float) -> bytes:
    """ICC.1:2001-04 with the least that a grey profile has."""
    white = struct.pack(">lll", 63_190, 65_536, 54_061)
    tags = {
        b"desc": b"desc\0\0\0\0" + struct.pack(">L", 5) + b"grey\0" + bytes(79),
        b"wtpt": b"XYZ \0\0\0\0" + white,
        b"kTRC": b"curv\0\0\0\0" + struct.pack(">LH", 1, round(gamma * 256)) + b"\0\0",
    }
    table, body = struct.pack(">L", len(tags)), b""
    for name, data in tags.items():
        table += name + struct.pack(">LL", 132 + 12 * len(tags) + len(body), len(data))
        body += data
    kinds = b"\2\x10\0\0mntrGRAYXYZ "
    size = struct.pack(">L", 128 + len(table) + len(body))
    header = size + bytes(4) + kinds + bytes(12) + b"acsp" + bytes(28) + white
    return header.ljust(128, b"\0") + table + body


@pytest.mark.parametrize("depth", [8, 16])
@pytest.mark.parametrize("alpha", [False, True])
def test_a_grey_profile_applies_to_grey_of_every_depth_with_and_without_alpha(depth: int, alpha: bool) -> None:
    whole = 2**depth - 1
    samples = (100 * whole // 255, whole) if alpha else (100 * whole // 255,)
    colour = GREY_ALPHA if alpha else GREY
    data = plain(*samples, colour=colour, depth=depth, before=[iccp(grey_profile(1.0))])
    assert middle(data) == near((168, 168, 168))


def test_a_grey_profile_in_a_picture_with_colours_is_not_believed() -> None:
    assert middle(plain(*SKIN, before=[iccp(grey_profile(1.0))])) == SKIN


def test_a_profile_of_lights_applies_to_grey() -> None:
    linear = bytearray(SRGB)
    for tag in (b"rTRC", b"gTRC", b"bTRC"):
        at = int.from_bytes(SRGB[SRGB.index(tag) + 4 :][:4])
        linear[at : at + 12] = b"curv" + bytes(8)  # no entries: light as it is
    assert middle(plain(100, colour=GREY, before=[iccp(SRGB)])) == (100, 100, 100)
    assert middle(plain(100, colour=GREY, before=[iccp(bytes(linear))])) == near((168, 168, 168))


def test_a_profile_that_would_blacken_the_picture_is_taken_for_damaged() -> None:
    for tag in (b"rXYZ", b"gXYZ", b"bXYZ"):
        at = int.from_bytes(SRGB[SRGB.index(tag) + 4 :][:4])
        dark = SRGB[: at + 8] + bytes(12) + SRGB[at + 20 :]
        assert middle(plain(*SKIN, before=[iccp(dark)])) == SKIN
