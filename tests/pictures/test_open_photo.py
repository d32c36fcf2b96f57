"""The gate for uploaded photos: what passes is upright, sRGB and bare; what does not is refused with a code."""

import hashlib
import struct

import pytest
from pictures.made import png_of_size, portrait, refusal, saved
from PIL import Image, ImageCms

from croquis.domain.photos.photo import MAX_PHOTO_PIXELS
from croquis_pictures import Photo, open_photo

UPRIGHT = {  # EXIF orientation -> where the red block is once the picture is upright
    1: (0.2, 0.1),
    2: (0.8, 0.1),
    3: (0.8, 0.9),
    4: (0.2, 0.9),
    5: (0.1, 0.2),
    6: (0.9, 0.2),
    7: (0.9, 0.8),
    8: (0.1, 0.8),
}


def is_red(photo: Photo, x: float, y: float) -> bool:
    red, green, blue = photo.image.getpixel((int(x * photo.image.width), int(y * photo.image.height)))
    return red > 200 and green < 90 and blue < 90


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_the_type_is_found_in_the_content(kind: str) -> None:
    """FI-06"""
    photo = open_photo(saved(portrait(), kind))
    assert (photo.content_type, photo.width, photo.height) == (f"image/{kind.lower()}", 600, 800)
    assert photo.image.mode == "RGB"


@pytest.mark.parametrize(
    "data",
    [
        b"<svg xmlns='http://www.w3.org/2000/svg'/>",
        b"<html><body>" + saved(portrait(), "JPEG"),
        b"%PDF-1.7\n" + saved(portrait(), "PNG"),
        saved(portrait(), "GIF"),
        saved(portrait(), "TIFF"),
        saved(portrait(), "BMP"),
        b"RIFF\x00\x00\x00\x00WAVE" + b"\0" * 100,
        b"\x00\x00\x00\x18ftypavif" + b"\0" * 100,
        b"\xff\xd8",
    ],
    ids=["svg", "html+jpeg", "pdf+png", "gif", "tiff", "bmp", "wav", "avif", "two bytes"],
)
def test_any_other_type_is_refused_whatever_it_is_called(data: bytes) -> None:
    """FI-06"""
    assert refusal(data).code == "type_not_allowed"


def test_an_empty_file_and_a_huge_file_are_refused_unopened() -> None:
    """FI-04"""
    assert refusal(b"").code == "empty"
    assert refusal(b"\xff\xd8\xff" + bytes(25_000_000)).code == "too_many_bytes"


@pytest.mark.parametrize("size", [(20_000, 20_000), (9_000, 9_000), (12_000, 9_000)])
def test_a_picture_bomb_is_refused_by_its_header(size: tuple[int, int]) -> None:
    """FI-04: the few bytes behind the header would not decode; only the header can have been read."""
    assert refusal(png_of_size(*size)).code == "too_many_pixels"


def test_a_jpeg_that_announces_more_pixels_than_it_has_is_refused_by_its_header() -> None:
    data = bytearray(saved(portrait(), "JPEG"))
    frame = data.index(b"\xff\xc0")
    data[frame + 5 : frame + 9] = struct.pack(">HH", 60_000, 60_000)
    assert refusal(bytes(data)).code == "too_many_pixels"


@pytest.mark.parametrize(
    ("size", "code"), [((600, 2401), "extreme_aspect"), ((511, 800), "too_small"), ((800, 511), "too_small")]
)
def test_a_strip_or_a_small_picture_is_refused(size: tuple[int, int], code: str) -> None:
    assert refusal(saved(portrait(size), "JPEG")).code == code


@pytest.mark.parametrize("size", [(1, 60_000), (60_000, 1), (16, 65_000)])
@pytest.mark.parametrize("kind", ["JPEG", "PNG"])
def test_a_picture_of_a_pixels_width_is_refused(size: tuple[int, int], kind: str) -> None:
    assert refusal(saved(Image.new("RGB", size), kind)).code == "extreme_aspect"


@pytest.mark.parametrize("size", [(8064, 6048), (8160, 6120), (8160, 6144), (8192, 6144), (9248, 6936)])
def test_the_photos_of_phones_of_48_50_and_64_megapixels_are_within_the_limit(size: tuple[int, int]) -> None:
    """FI-04: as their cameras write them in full."""
    assert refusal(png_of_size(*size)).code == "not_decodable"  # its pixels were looked for, and are not there
    assert size[0] * size[1] <= MAX_PHOTO_PIXELS


def test_a_refusal_for_size_says_how_to_make_it_smaller_on_a_phone() -> None:
    for refused in (refusal(png_of_size(20_000, 20_000)), refusal(b"\xff\xd8\xff" + bytes(25_000_000))):
        assert all(word in refused.hint for word in ("phone", "Resize", "4,000 pixels"))


@pytest.mark.parametrize("size", [(600, 2400), (512, 512)])
def test_the_limits_themselves_are_allowed(size: tuple[int, int]) -> None:
    assert open_photo(saved(portrait(size), "JPEG")).image.size == size


@pytest.mark.parametrize("kind", ["WEBP", "PNG"])
def test_an_animation_is_refused(kind: str) -> None:
    data = saved(portrait(), kind, save_all=True, append_images=[portrait(mode="L").convert("RGB")], duration=50)
    assert refusal(data).code == "animated"


def test_of_a_photo_with_a_second_view_behind_it_the_first_is_taken() -> None:
    data = saved(portrait(), "MPO", save_all=True, append_images=[Image.new("RGB", (600, 800), "blue")])
    photo = open_photo(data)
    assert photo.content_type == "image/jpeg"
    assert is_red(photo, 0.2, 0.1)


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
@pytest.mark.parametrize("share", [0.2, 0.6, 0.9])
def test_a_truncated_picture_is_refused(kind: str, share: float) -> None:
    noise = Image.effect_noise((600, 800), 80).convert("RGB")
    data = saved(noise, kind)
    assert refusal(data[: int(len(data) * share)]).code == "not_decodable"


@pytest.mark.parametrize(
    "magic", [b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"RIFF\x00\x10\x00\x00WEBP", b"\x00\x00\x00\x18ftypheic"]
)
def test_nothing_but_a_magic_number_is_refused(magic: bytes) -> None:
    noise = b"".join(hashlib.sha256(bytes([number])).digest() for number in range(100))
    assert refusal(magic + noise).code == "not_decodable"


@pytest.mark.parametrize(
    ("mode", "kind"),
    [("CMYK", "JPEG"), ("L", "JPEG"), ("P", "PNG"), ("RGBA", "PNG"), ("LA", "PNG"), ("1", "PNG"), ("RGBA", "WEBP")],
)
def test_every_mode_becomes_rgb(mode: str, kind: str) -> None:
    photo = open_photo(saved(portrait(mode=mode), kind))
    assert photo.image.mode == "RGB"
    assert all(channel > 245 for channel in photo.image.getpixel((500, 700)))


def test_sixteen_bits_a_channel_become_eight() -> None:
    grey = Image.new("I;16", (600, 800), 0x8000)
    red, green, blue = open_photo(saved(grey, "PNG")).image.getpixel((300, 400))
    assert red == green == blue == 127


def test_what_is_transparent_becomes_white() -> None:
    clear = Image.new("RGBA", (600, 800), (0, 0, 0, 0))
    assert open_photo(saved(clear, "PNG")).image.getpixel((300, 400)) == (255, 255, 255)


def test_a_colour_profile_is_applied_and_a_broken_one_is_not() -> None:
    """FI-04: sRGB out, whatever went in."""
    srgb = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    orange = Image.new("RGB", (600, 800), (220, 120, 40))

    def pixel_with(profile: bytes) -> tuple[int, ...]:
        return open_photo(saved(orange, "PNG", icc_profile=profile)).image.getpixel((5, 5))

    assert pixel_with(srgb) == pixel_with(b"no profile") == (220, 120, 40)
    red, _, blue = pixel_with(swapped(srgb))
    assert blue > red
    grey = saved(Image.new("L", (600, 800), 120), "JPEG", icc_profile=srgb)
    assert open_photo(grey).image.getpixel((5, 5)) == (120, 120, 120)


def swapped(profile: bytes) -> bytes:
    """The same profile with its red and its blue primary exchanged."""
    return profile.replace(b"rXYZ", b"tmp!").replace(b"bXYZ", b"rXYZ").replace(b"tmp!", b"bXYZ")


@pytest.mark.parametrize(("orientation", "corner"), UPRIGHT.items())
@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_a_turned_picture_comes_out_upright(kind: str, orientation: int, corner: tuple[float, float]) -> None:
    """FI-04"""
    exif = Image.Exif()
    exif[0x0112] = orientation
    photo = open_photo(saved(portrait(), kind, exif=exif))
    assert photo.image.size == (photo.width, photo.height) == ((800, 600) if orientation >= 5 else (600, 800))
    assert is_red(photo, *corner)
    assert not is_red(photo, 1 - corner[0], 1 - corner[1])


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
@pytest.mark.parametrize(
    "exif", [b"Exif\0\0no TIFF header", b"Exif\0\0MM\0*\xff\xff\xff\xff"], ids=["no header", "no entries"]
)
def test_broken_exif_does_not_cost_a_good_photo(kind: str, exif: bytes) -> None:
    assert open_photo(saved(portrait(), kind, exif=exif)).image.size == (600, 800)
