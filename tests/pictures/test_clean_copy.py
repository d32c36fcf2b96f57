"""What is kept of a photo: its pixels, and nothing that says where, when or with what it was taken."""

import io
import zipfile
from pathlib import Path

import pytest
from PIL import Image

from croquis_pictures import open_photo

DEMO_PHOTOS = Path(__file__).parents[2] / "sandbox/demo_photos"
CANARY = b"CANARY-50.0755N-14.4378E"


def jpeg(image: Image.Image, **options: object) -> bytes:
    out = io.BytesIO()
    image.save(out, "JPEG", **options)
    return out.getvalue()


def markers(data: bytes) -> set[int]:
    """The second bytes of the segments before the pixels."""
    found, at = set(), 2
    while data[at + 1] != 0xDA:
        found.add(data[at + 1])
        at += 2 + int.from_bytes(data[at + 2 : at + 4])
    return found


@pytest.fixture
def talkative() -> bytes:
    exif = Image.Exif()
    exif[0x010E] = CANARY.decode()
    exif.get_ifd(0x8825).update({1: "N", 2: (50.0, 4.0, 31.8), 3: "E", 4: (14.0, 26.0, 16.1)})
    hidden = io.BytesIO()
    with zipfile.ZipFile(hidden, "w") as archive:
        archive.writestr("script.js", CANARY)
    image = Image.effect_noise((600, 800), 40).convert("RGB")
    return jpeg(image, exif=exif, xmp=CANARY, comment=b"<script>" + CANARY) + hidden.getvalue()


def test_no_exif_gps_xmp_comment_or_appended_file_survives(talkative: bytes) -> None:
    """FI-04, FI-06: a file may be a picture and something else at once; the copy is only the picture."""
    assert talkative.count(CANARY) >= 4
    photo = open_photo(talkative)
    for copy in (photo.clean_copy(), photo.thumbnail()):
        assert CANARY not in copy
        assert b"Exif" not in copy
        assert not zipfile.is_zipfile(io.BytesIO(copy))
        # APP0 is JFIF's own head; no other application segment and no comment (0xFE)
        assert markers(copy) & set(range(0xE1, 0xF0)) | markers(copy) & {0xFE} == set()
        assert dict(Image.open(io.BytesIO(copy)).getexif()) == {}
    assert photo.image.info == {}


def test_the_same_photo_gives_the_same_bytes(talkative: bytes) -> None:
    """JB-06"""
    assert open_photo(talkative).clean_copy() == open_photo(talkative).clean_copy()
    assert open_photo(talkative).thumbnail() == open_photo(talkative).thumbnail()


def test_a_clean_copy_of_a_clean_copy_passes_the_gate_again(talkative: bytes) -> None:
    again = open_photo(open_photo(talkative).clean_copy())
    assert (again.content_type, again.width, again.height) == ("image/jpeg", 600, 800)


def test_native_pixels_are_kept_in_full_colour_resolution() -> None:
    """FI-04"""
    data = jpeg(Image.effect_noise((1200, 4608), 40).convert("RGB"))
    with Image.open(io.BytesIO(open_photo(data).clean_copy())) as copy:
        assert copy.size == (1200, 4608)
        assert {layer[1:3] for layer in copy.layer} == {(1, 1)}


def test_a_bigger_photo_is_shrunk_to_4608_pixels_and_still_says_how_big_it_came() -> None:
    """FI-04"""
    photo = open_photo(jpeg(Image.new("RGB", (6000, 3000), "grey"), exif=turned(6)))
    assert (photo.width, photo.height) == (3000, 6000)
    assert photo.image.size == (2304, 4608)
    with Image.open(io.BytesIO(photo.thumbnail())) as thumbnail:
        assert thumbnail.size == (512, 1024)


def turned(orientation: int) -> Image.Exif:
    exif = Image.Exif()
    exif[0x0112] = orientation
    return exif


@pytest.mark.parametrize("path", sorted(DEMO_PHOTOS.glob("*/*.jpg")), ids=lambda path: path.name)
def test_every_demo_photo_passes_the_gate(path: Path) -> None:
    photo = open_photo(path.read_bytes())
    assert photo.image.size == (1024, 1536)
