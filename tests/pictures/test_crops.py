"""The trained pictures are what was planned: in their exact size, from the right place, with padding that fits."""

from io import BytesIO

import pytest
from domain.figures import photo as accepted
from PIL import Image

from croquis.domain.dataset.cut_outs import PixelBox
from croquis.domain.dataset.plan import TrainedPicture, trained_pictures
from croquis.domain.images.image import Framing
from croquis.domain.photos.features import Box, PhotoFeatures
from croquis_pictures import open_photo
from croquis_pictures.crops import draw
from croquis_pictures.photo import jpeg_of

Colour = tuple[int, int, int]
RED, GREEN, BLUE, GREY = (200, 30, 30), (30, 160, 30), (30, 30, 200), (120, 120, 120)


def quarters(size: tuple[int, int]) -> Image.Image:
    """Red, green / blue, grey."""
    small = Image.new("RGB", (2, 2))
    small.putdata([RED, GREEN, BLUE, GREY])
    return small.resize(size, Image.Resampling.NEAREST)


def planned(region: PixelBox, width: int, height: int) -> TrainedPicture:
    return TrainedPicture(Framing.FULL_BODY, region, width, height, None)


def drawn(photo: Image.Image, *pictures: TrainedPicture) -> list[Image.Image]:
    return [Image.open(BytesIO(jpeg)) for jpeg in draw(jpeg_of(photo), pictures)]


def saved(image: Image.Image, kind: str = "JPEG", **how: int) -> BytesIO:
    image.save(out := BytesIO(), kind, **how)
    return out


def near(image: Image.Image, place: tuple[int, int], colour: Colour) -> bool:
    found = image.getpixel(place)
    assert isinstance(found, tuple)
    return all(abs(one - other) <= 6 for one, other in zip(found, colour, strict=True))


def test_the_region_fills_the_picture_neither_mirrored_nor_turned() -> None:
    (image,) = drawn(quarters((400, 600)), planned(PixelBox(150, 100, 350, 400), 100, 150))
    for place, colour in {(22, 97): RED, (28, 97): GREEN, (22, 103): BLUE, (28, 103): GREY}.items():
        assert near(image, place, colour)
    for place, colour in {(1, 1): RED, (98, 1): GREEN, (1, 148): BLUE, (98, 148): GREY}.items():
        assert near(image, place, colour)


@pytest.mark.parametrize("size", [(832, 1_216), (768, 1_344), (896, 1_152), (613, 787), (1_024, 1_024)])
def test_every_picture_has_exactly_its_size(size: tuple[int, int]) -> None:
    photo = quarters((1_500, 2_000))
    within, reaching_out = PixelBox(10, 20, 1_490, 1_980), PixelBox(-37, 5, 1_511, 2_051)
    assert [it.size for it in drawn(photo, planned(within, *size), planned(reaching_out, *size))] == [size, size]


@pytest.mark.parametrize(
    ("region", "edge", "place"),
    [
        (PixelBox(-100, 0, 300, 600), (0, 0, 40, 600), (5, 300)),
        (PixelBox(100, 0, 500, 600), (360, 0, 400, 600), (395, 300)),
        (PixelBox(0, -100, 400, 500), (0, 0, 400, 60), (200, 5)),
        (PixelBox(0, 100, 400, 700), (0, 540, 400, 600), (200, 595)),
    ],
)
def test_the_padding_has_the_colour_of_the_edge_that_it_continues(
    region: PixelBox, edge: tuple[int, int, int, int], place: tuple[int, int]
) -> None:
    photo = Image.new("RGB", (400, 600), GREY)
    photo.paste(GREEN, edge)
    (image,) = drawn(photo, planned(region, 400, 600))
    assert near(image, place, GREEN)
    assert near(image, (200, 300), GREY)


def test_each_edge_is_continued_in_its_own_colour_and_not_in_one_mean_of_all() -> None:
    """A photo whose body reaches the floor and the left wall is padded at both."""
    photo = Image.new("RGB", (400, 600), GREY)
    for colour, edge in ((RED, (0, 0, 40, 600)), (BLUE, (360, 0, 400, 600)), (GREEN, (0, 540, 400, 600))):
        photo.paste(colour, edge)
    (image,) = drawn(photo, planned(PixelBox(-100, -100, 500, 700), 600, 800))
    # the side edges end in the floor, so they are nearly, not wholly, of their wall's colour
    assert _is_mostly(image, (50, 400), 0)
    assert _is_mostly(image, (550, 400), 2)
    assert _is_mostly(image, (300, 750), 1)
    assert _is_mostly(image, (50, 780), 1)  # the corners belong to the floor
    top = image.getpixel((300, 50))
    assert isinstance(top, tuple)
    assert max(top) - min(top) < 40


def _is_mostly(image: Image.Image, place: tuple[int, int], channel: int) -> bool:
    found = image.getpixel(place)
    assert isinstance(found, tuple)
    return all(found[channel] > 2 * other for number, other in enumerate(found) if number != channel)


def test_fine_cloth_is_averaged_and_not_picked_from() -> None:
    stripes = Image.new("L", (400, 1))
    stripes.putdata([0, 255] * 200)
    cloth = stripes.resize((400, 400)).convert("RGB")
    (image,) = drawn(cloth, planned(PixelBox(0, 0, 400, 400), 100, 100))
    assert near(image, (50, 50), (127, 127, 127))


def test_padding_of_less_than_half_a_pixel_is_none() -> None:
    (image,) = drawn(quarters((400, 600)), planned(PixelBox(-1, 0, 399, 600), 100, 150))
    assert image.size == (100, 150)
    assert near(image, (0, 10), RED)


def test_what_the_photo_has_is_where_it_belongs_beside_the_padding() -> None:
    photo = Image.new("RGB", (400, 600), GREY)
    photo.paste(RED, (100, 100, 300, 500))
    (image,) = drawn(photo, planned(PixelBox(-200, -100, 400, 700), 300, 400))  # half its size
    for place, colour in {(147, 200): GREY, (153, 200): RED, (200, 97): GREY, (200, 103): RED}.items():
        assert near(image, place, colour)
    for place, colour in {(247, 200): RED, (253, 200): GREY, (200, 297): RED, (200, 303): GREY}.items():
        assert near(image, place, colour)


def test_the_head_and_the_feet_of_a_planned_photo_are_in_the_picture() -> None:
    photo = Image.new("RGB", (1_500, 2_000), GREY)
    photo.paste(RED, (600, 100, 900, 140))
    photo.paste(BLUE, (600, 1_960, 900, 2_000))
    (picture,) = trained_pictures(accepted((1_500, 2_000), PhotoFeatures(body=Box(0.4, 0.05, 0.6, 1.0))))
    (image,) = drawn(photo, picture)
    column = [image.getpixel((image.width // 2, y)) for y in range(image.height)]
    assert sum(red > 150 and blue < 90 for red, _, blue in column) > 15
    assert sum(blue > 150 and red < 90 for red, _, blue in column) > 15


def test_it_is_a_jpeg_with_colour_at_full_resolution_that_tells_nothing() -> None:
    (jpeg,) = draw(jpeg_of(quarters((400, 600))), [planned(PixelBox(0, 0, 400, 600), 200, 300)])
    with Image.open(BytesIO(jpeg)) as image, Image.open(saved(quarters((80, 80)), quality=95)) as fine:
        assert image.format == "JPEG"
        assert [component[1:3] for component in image.layer] == [(1, 1)] * 3  # type: ignore[attr-defined]
        assert image.quantization == fine.quantization  # type: ignore[attr-defined]
        assert not image.getexif()
        assert set(image.info) <= {"jfif", "jfif_version", "jfif_unit", "jfif_density"}


def test_the_same_photo_and_plan_give_the_same_bytes_and_one_picture_does_not_change_another() -> None:
    """JB-06."""
    photo = jpeg_of(quarters((900, 1_200)))
    plan = [planned(PixelBox(0, 0, 900, 1_200), 300, 400), planned(PixelBox(200, 200, 800, 800), 512, 512)]
    assert list(draw(photo, plan)) == list(draw(photo, plan))
    assert list(draw(photo, plan))[1] == next(draw(photo, plan[1:]))


def test_a_picture_is_drawn_when_it_is_asked_for() -> None:
    pictures = iter([planned(PixelBox(0, 0, 400, 600), 200, 300), planned(PixelBox(0, 0, 400, 600), 100, 150)])
    jpegs = draw(jpeg_of(quarters((400, 600))), pictures)
    next(jpegs)
    assert next(pictures).width == 100


@pytest.mark.parametrize(
    "data",
    [b"", b"\xff\xd8\xff another", saved(quarters((9, 9)), "PNG").getvalue(), jpeg_of(quarters((90, 90)))[:-300]],
)
def test_what_is_no_whole_jpeg_is_refused(data: bytes) -> None:
    with pytest.raises(ValueError, match="JPEG"):
        list(draw(data, []))


@pytest.mark.parametrize("mode", ["L", "CMYK"])
def test_a_jpeg_that_is_not_ours_is_refused(mode: str) -> None:
    with pytest.raises(ValueError, match="channels"):
        list(draw(saved(Image.new(mode, (64, 64))).getvalue(), []))


def test_the_kept_size_is_that_of_the_clean_copy() -> None:
    photo = open_photo(saved(Image.new("RGB", (1_500, 5_000))).getvalue())
    with Image.open(BytesIO(photo.clean_copy())) as copy:
        assert photo.kept_size == copy.size == (1_382, 4_608)
    assert (photo.width, photo.height) == (1_500, 5_000)
