"""What a caption may say of wall and light: only what is plain, because a wrong caption is worse than none."""

import numpy as np
import pytest
from photo_cases import good_photo
from PIL import Image, ImageDraw
from vision.looking import Look

from croquis.domain.photos.features import Box
from croquis_vision import PhotoReport
from croquis_vision.backdrop import SHADES, background_words, colour_name
from croquis_vision.exposure import light_words
from croquis_vision.landmarks import EYES, MOUTH, Landmarks

STUDIO = {
    "01": "a plain light grey backdrop",
    "02": "a plain beige backdrop",
    "04": "a plain light blue backdrop",
    "07": "a plain white backdrop",
    "11": "a plain pink backdrop",
}
BODY = Box(0.35, 0.10, 0.65, 0.95)
GREY = (190, 190, 190)


def brightened(image: Image.Image, factor: float) -> Image.Image:
    return image.point(lambda it: min(255, it * factor))


def words(image: Image.Image, box: Box = BODY) -> str | None:
    """Of a picture in the size in which the check looks at it."""
    return background_words(np.asarray(image.reduce(12)), np.asarray(image.convert("L")), box)


def wall(colour: tuple[int, int, int] = GREY) -> Image.Image:
    return Image.new("RGB", (360, 540), colour)


def noisy(image: Image.Image, strength: float) -> Image.Image:
    noise = np.random.default_rng(3).normal(0, strength, (image.height, image.width, 1))
    return Image.fromarray(np.clip(np.asarray(image) + noise, 0, 255).astype(np.uint8))


@pytest.mark.parametrize("factor", [0.6, 0.8, 0.9, 1.1, 1.2])
def test_in_other_light_a_wall_is_called_by_a_neighbouring_shade_or_not_at_all(look: Look, factor: float) -> None:
    greys = {"a plain grey backdrop", "a plain light grey backdrop", "a plain white backdrop", None}
    for name, usual in STUDIO.items():
        said = look(brightened(good_photo(name), factor)).features.background_words
        assert said in (greys if name in ("01", "07") else {usual, None}), name
    for name in ("03", "06", "08", "09", "10"):
        assert look(brightened(good_photo(name), factor)).features.background_words is None, name


def test_a_name_is_no_claim_about_what_is_below_the_shins() -> None:
    image = wall()
    image.paste((120, 80, 50), (0, 420, 360, 540))
    assert words(image) == "a plain light grey backdrop"


@pytest.mark.parametrize(
    ("ground", "said"),
    [((150, 182, 208), "a plain light blue backdrop"), ((125, 115, 95), None), ((150, 150, 150), None)],
)
def test_blue_above_another_ground_may_be_the_sky(ground: tuple[int, int, int], said: str | None) -> None:
    image = wall((145, 178, 205))
    image.paste(ground, (0, 420, 360, 540))
    assert words(image) == said


def test_blue_without_any_ground_may_be_the_sky() -> None:
    assert words(wall((145, 178, 205)), Box(0.35, 0.10, 0.65, 1.40)) is None


@pytest.mark.parametrize("width", [2, 40])
def test_a_line_or_a_frame_on_the_wall_makes_it_no_plain_one(width: int) -> None:
    image = wall()
    ImageDraw.Draw(image).rectangle((30, 60, 30 + width, 300), fill=(120, 120, 120))
    assert words(image) is None


def test_a_slope_of_light_is_plain_until_it_is_too_much() -> None:
    slope = np.linspace(-0.5, 0.5, 360)[np.newaxis, :, np.newaxis] * np.ones((540, 1, 3))
    assert words(Image.fromarray((190 + 30 * slope).astype(np.uint8))) == "a plain light grey backdrop"
    assert words(Image.fromarray((190 + 90 * slope).astype(np.uint8))) is None


def test_the_noise_of_a_camera_is_no_structure_and_a_rough_wall_is() -> None:
    assert words(noisy(wall(), 3)) == "a plain light grey backdrop"
    assert words(noisy(wall(), 12)) is None


def test_little_of_a_wall_says_nothing() -> None:
    assert words(wall(), Box(0.05, 0, 0.95, 1)) is None
    assert words(wall(), Box(0.10, 0, 0.90, 1)) == "a plain light grey backdrop"


def test_what_is_blown_out_has_no_name() -> None:
    assert words(wall((250, 250, 250))) == "a plain white backdrop"
    assert words(wall((251, 251, 251))) is None


def test_each_shade_is_called_by_its_name() -> None:
    for shade in SHADES:
        assert colour_name(np.array(shade.rgb, np.float64)) == shade.lightness + shade.name


@pytest.mark.parametrize(
    ("rgb", "name"),
    [
        ((165, 165, 165), "grey"),  # between two shades of grey
        ((167, 167, 167), "grey"),
        ((212, 212, 212), None),  # between white and grey
        ((240, 230, 210), None),  # between white and beige
        ((128, 119, 105), None),  # beige in the shade is no grey
        ((0, 177, 64), None),  # none of the table
        ((30, 27, 24), None),
        ((14, 12, 10), "black"),
        ((180, 177, 172), "light grey"),
    ],
)
def test_a_colour_between_two_names_has_none(rgb: tuple[int, int, int], name: str | None) -> None:
    assert colour_name(np.array(rgb, np.float64)) == name


def test_ordinary_light_is_not_mentioned(reports: dict[str, PhotoReport]) -> None:
    """Black clothes before a bright wall (02, 11) and white ones before a white wall (01) among them."""
    assert {reports[name].features.light_words for name in ("01", "02", "11")} == {None}


@pytest.mark.parametrize("name", ["01", "02", "05", "11"])
def test_dim_is_what_has_nothing_bright_in_it(look: Look, name: str) -> None:
    photo = good_photo(name)
    dim = look(brightened(photo, 0.22)).features
    assert dim.light_words == "in dim light"
    assert dim.background_words is None  # no colour is what it looks like
    assert look(brightened(photo, 0.4)).features.light_words is None


def test_dim_light_silences_the_colour_that_the_wall_seems_to_have(look: Look) -> None:
    photo = brightened(good_photo("01"), 0.27)
    features = look(photo).features
    assert features.body is not None
    assert words(photo.reduce(3), features.body) == "a plain dark grey backdrop"
    assert (features.background_words, features.light_words) == (None, "in dim light")


def test_a_dark_person_before_a_lit_wall_is_not_in_dim_light(look: Look, reports: dict[str, PhotoReport]) -> None:
    photo, box = good_photo("11"), reports["11"].features.body
    assert box is not None
    dark = brightened(photo, 0.22)
    region = [round(it * length) for it, length in zip(box, photo.size * 2, strict=True)]
    photo.paste(dark.crop((region[0], region[1], region[2], region[3])), (region[0], region[1]))
    assert look(photo).features.light_words is None


def test_glaring_is_a_blown_out_background_and_skin_that_is_nearly_so(look: Look) -> None:
    assert look(brightened(good_photo("11"), 1.6)).features.light_words == "in very bright light"
    assert look(brightened(good_photo("07"), 1.6)).features.light_words == "in very bright light"
    assert look(brightened(good_photo("01"), 1.2)).features.light_words is None


def test_white_clothes_before_pure_white_are_ordinary(look: Look, reports: dict[str, PhotoReport]) -> None:
    """Studios light the background more than the person; only skin tells."""
    photo, box = good_photo("01"), reports["01"].features.body
    assert box is not None
    left, top, right, bottom = (round(it * length) for it, length in zip(box, photo.size * 2, strict=True))
    white = Image.new("RGB", photo.size, (255, 255, 255))
    white.paste(photo.crop((left, top, right, bottom)), (left, top))
    assert look(white).features.light_words is None


def lit(far_cheek: int, wall_below: int) -> str | None:
    """What is said of bright skin, or one bright cheek, before a wall that is blown out down to the waist at least."""
    picture = np.full((400, 300, 3), 255, np.uint8)
    picture[200:] = wall_below
    picture[80:140, 140:160] = 250
    picture[80:140, 160:180] = far_cheek
    points = np.zeros((33, 2), np.float32)
    points[[*EYES, *MOUTH]] = [(170, 90), (150, 90), (170, 130), (150, 130)]
    person = Landmarks(1, points, np.ones(33, np.float32), np.zeros((33, 3), np.float32))
    return light_words(picture[::10, ::10, 0], picture, person, BODY)


@pytest.mark.parametrize(("far_cheek", "said"), [(235, "in very bright light"), (234, None), (160, None)])
def test_in_profile_one_cheek_may_be_the_wall_and_both_are_asked(far_cheek: int, said: str | None) -> None:
    assert lit(far_cheek, wall_below=255) == said


def test_bright_skin_before_a_background_of_which_half_still_has_detail_is_ordinary() -> None:
    assert lit(far_cheek=250, wall_below=251) == "in very bright light"
    assert lit(far_cheek=250, wall_below=250) is None


def test_skin_in_the_sun_before_something_dark_is_ordinary(look: Look) -> None:
    assert look(brightened(good_photo("03"), 2)).features.light_words is None
