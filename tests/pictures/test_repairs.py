"""A face is cut out of a picture and put back: outside the oval not a bit changes."""

from io import BytesIO

import pytest
from PIL import Image, ImageChops

from croquis.domain.images.repairs import CutOut
from croquis_pictures import PhotoRefused
from croquis_pictures.marks import save_labelled
from croquis_pictures.repairs import cut_out, put_back

PLACE = CutOut(left=40, top=20, side=128, x=60, y=50, radius=32)
OVAL = (40 + 60 - 26, 20 + 50 - 32, 40 + 60 + 27, 20 + 50 + 33)  # what is around it, in pixels of the picture


def noise(size: tuple[int, int]) -> Image.Image:
    return Image.merge("RGB", [Image.effect_noise(size, 90) for _ in range(3)])


def png(image: Image.Image) -> bytes:
    out = BytesIO()
    image.save(out, "PNG")
    return out.getvalue()


def opened(data: bytes) -> Image.Image:
    with Image.open(BytesIO(data)) as image:
        image.load()
        return image


@pytest.fixture
def picture() -> Image.Image:
    return noise((304, 208))


def test_the_engine_gets_the_square_enlarged_and_a_mask_that_is_white_in_the_oval(picture: Image.Image) -> None:
    face, mask = map(opened, cut_out(png(picture), PLACE))
    assert (face.size, mask.size, face.mode, mask.mode) == ((1024, 1024), (1024, 1024), "RGB", "L")
    assert mask.getpixel((480, 400)) == 255
    assert [mask.getpixel(at) for at in ((0, 0), (1023, 1023), (480, 130), (480, 670))] == [0, 0, 0, 0]
    left, top, right, bottom = mask.getbbox() or (0, 0, 0, 0)
    assert (bottom - top) / (right - left) == pytest.approx(1 / 0.8, rel=0.02)


def test_outside_the_oval_no_bit_changes_and_inside_it_is_the_new_face(picture: Image.Image) -> None:
    whole = opened(put_back(png(picture), png(Image.new("RGB", (1024, 1024), "red")), PLACE))
    assert whole.size == picture.size
    left, top, right, bottom = ImageChops.difference(whole, picture).getbbox() or (0, 0, 0, 0)
    assert OVAL[0] <= left < right <= OVAL[2]
    assert OVAL[1] <= top < bottom <= OVAL[3]
    assert whole.getpixel((100, 70)) == (255, 0, 0)


def test_what_the_engine_gives_back_unchanged_changes_next_to_nothing(picture: Image.Image) -> None:
    smooth = picture.resize((19, 13)).resize(picture.size, Image.Resampling.BICUBIC)
    face, _ = cut_out(png(smooth), PLACE)
    difference = ImageChops.difference(opened(put_back(png(smooth), face, PLACE)), smooth)
    assert max(high for _, high in difference.getextrema()) <= 4  # type: ignore[misc]


def test_it_fits_into_the_picture_whatever_size_and_type_the_engine_answers_with(picture: Image.Image) -> None:
    out = BytesIO()
    Image.new("RGB", (512, 512), "red").save(out, "WEBP", lossless=True)
    assert opened(put_back(png(picture), out.getvalue(), PLACE)).getpixel((100, 70)) == (255, 0, 0)


def test_the_pixels_of_a_picture_as_we_saved_it_are_those_that_it_is_put_back_into(picture: Image.Image) -> None:
    saved = save_labelled(png(picture)).bytes
    again = save_labelled(put_back(saved, png(Image.new("RGB", (9 * 64, 9 * 64), "red")), PLACE)).bytes
    assert opened(again).crop((0, 103, 304, 208)).tobytes() == picture.crop((0, 103, 304, 208)).tobytes()
    assert opened(again).crop((200, 0, 304, 208)).tobytes() == picture.crop((200, 0, 304, 208)).tobytes()


@pytest.mark.parametrize("made", [b"", b"<html>", b"\x89PNG\r\n\x1a\n"])
def test_what_is_no_picture_is_refused(picture: Image.Image, made: bytes) -> None:
    with pytest.raises(PhotoRefused):
        put_back(png(picture), made, PLACE)
