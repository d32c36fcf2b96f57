"""What is worn has one colour, or none that could be held beside a garment's."""

import numpy as np
import pytest
from PIL import Image
from vision.test_colours import BLUE, RED, SKIN, dressed, figure

from croquis.domain.images.garment_colours import ColourMatch, compare_colours
from croquis_vision import PhotoReport
from croquis_vision.landmarks import HEELS, TOES, Landmarks
from croquis_vision.worn_colours import worn_colours

BLACK = (20, 20, 22)
PLAIN_OUTFITS = [("01", "06"), ("02", "11"), ("03", "08"), ("09", "12")]  # one outfit in two places


def shod() -> tuple[Image.Image, Landmarks]:
    """The dressed figure with black shoes."""
    image, person = dressed(), figure()
    image.paste(BLACK, (60, 370, 140, 400))
    for pair, y in ((HEELS, 375), (TOES, 395)):
        person.points[list(pair)] = [(125, y), (75, y)]
    return image, person


def test_above_the_hips_below_them_and_at_the_feet() -> None:
    image, person = shod()
    assert worn_colours(np.asarray(image), person) == (RED, BLUE, BLACK)


def test_stripes_have_no_one_colour() -> None:
    image, person = shod()
    for y in range(90, 205, 10):
        image.paste(SKIN, (65, y, 135, y + 5))
    assert worn_colours(np.asarray(image), person) == (None, BLUE, BLACK)


def test_what_lies_outside_the_picture_has_no_colour() -> None:
    image, person = shod()
    assert worn_colours(np.asarray(image.crop((0, 0, 200, 300))), person).feet is None


@pytest.mark.parametrize(("one", "other"), PLAIN_OUTFITS)
def test_one_outfit_in_two_places_is_near_itself(reports: dict[str, PhotoReport], one: str, other: str) -> None:
    pairs = zip(reports[one].features.worn, reports[other].features.worn, strict=True)
    assert [compare_colours(*pair) for pair in pairs][:2] == [ColourMatch.NEAR] * 2


def test_another_outfit_is_far(reports: dict[str, PhotoReport]) -> None:
    white, black, ochre, red = (reports[name].features.worn for name in ("01", "02", "03", "07"))
    assert compare_colours(white.upper, black.upper) is ColourMatch.FAR
    assert compare_colours(ochre.upper, red.upper) is ColourMatch.FAR
    assert compare_colours(white.lower, red.lower) is ColourMatch.FAR


def test_a_striped_top_has_no_colour(reports: dict[str, PhotoReport]) -> None:
    assert reports["04"].features.worn.upper is None
    assert reports["10"].features.worn.upper is None
