"""Generated pictures say that they are generated, and nothing about how."""

import io
import xml.etree.ElementTree as ElementTree

import pytest
from PIL import Image, PngImagePlugin

from croquis_pictures import PhotoRefused
from croquis_pictures.marks import save_labelled

LABEL = "http://cv.iptc.org/newscodes/digitalsourcetype/trainedAlgorithmicMedia"
EXT = "{http://iptc.org/std/Iptc4xmpExt/2008-02-29/}DigitalSourceType"


def generated(kind: str, size: tuple[int, int] = (832, 1216), **options: object) -> bytes:
    out = io.BytesIO()
    Image.effect_noise(size, 60).convert("RGB").save(out, kind, **options)
    return out.getvalue()


@pytest.mark.parametrize("kind", ["PNG", "WEBP", "JPEG"])
def test_a_generated_picture_is_kept_as_a_labelled_png(kind: str) -> None:
    picture = save_labelled(generated(kind))
    assert (picture.content_type, picture.width, picture.height) == ("image/png", 832, 1216)
    with Image.open(io.BytesIO(picture.bytes)) as image:
        assert (image.format, image.size) == ("PNG", (832, 1216))
        description = ElementTree.fromstring(image.text["XML:com.adobe.xmp"]).find(".//*[@%s]" % EXT)  # noqa: UP031
        assert description is not None
        assert description.get(EXT) == LABEL


def test_what_is_made_of_real_things_too_is_labelled_a_composite() -> None:
    with Image.open(io.BytesIO(save_labelled(generated("JPEG"), composite=True).bytes)) as image:
        assert "/compositeWithTrainedAlgorithmicMedia" in image.text["XML:com.adobe.xmp"]


def test_no_pixel_of_a_png_changes() -> None:
    data = generated("PNG")
    with Image.open(io.BytesIO(data)) as before, Image.open(io.BytesIO(save_labelled(data).bytes)) as after:
        assert before.tobytes() == after.tobytes()


def test_the_prompt_in_the_metadata_does_not_survive() -> None:
    """AS-17"""
    info = PngImagePlugin.PngInfo()
    info.add_text("parameters", "CANARY prompt, seed 42")
    exif = Image.Exif()
    exif[0x010E] = "CANARY"
    labelled = save_labelled(generated("PNG", pnginfo=info, exif=exif)).bytes
    assert b"CANARY" not in labelled
    with Image.open(io.BytesIO(labelled)) as image:
        assert set(image.text) == {"XML:com.adobe.xmp"}


def test_the_same_picture_gives_the_same_bytes() -> None:
    """JB-06"""
    data = generated("WEBP")
    assert save_labelled(data) == save_labelled(data)


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "empty"),
        (b"<html>NSFW content detected</html>", "type_not_allowed"),
        (b"\x00\x00\x00\x18ftypheic" + b"\0" * 50, "type_not_allowed"),
        (b"\x89PNG\r\n\x1a\n" + bytes(50_000_000), "too_many_bytes"),
        (generated("PNG")[:50_000], "not_decodable"),
    ],
    ids=["empty", "html", "heic", "over 50 MB", "cut off"],
)
def test_anything_else_from_the_provider_is_refused(data: bytes, code: str) -> None:
    """FI-07"""
    with pytest.raises(PhotoRefused) as refusal:
        save_labelled(data)
    assert refusal.value.code == code
