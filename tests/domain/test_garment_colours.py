"""A garment's colour beside the colour of what is worn: light may change it, another garment is another colour."""

import pytest

from croquis.domain.images.garment_colours import Colour, ColourMatch, colour_distance, compare_colours

RED, BLUE, NAVY, WHITE, GREY, BLACK, OCHRE, BROWN = (
    *((180, 30, 40), (94, 122, 162), (38, 50, 90), (238, 236, 232)),
    *((128, 128, 128), (24, 24, 26), (155, 126, 91), (90, 62, 44)),
)


@pytest.mark.parametrize("colour", [RED, BLUE, NAVY, WHITE, GREY, BLACK, OCHRE, BROWN])
@pytest.mark.parametrize("light", [(1.2, 1.2, 1.2), (0.7, 0.7, 0.7), (1.1, 1.0, 0.85)])
def test_light_is_no_other_garment(colour: Colour, light: tuple[float, float, float]) -> None:
    red, green, blue = (min(255, round(level * by)) for level, by in zip(colour, light, strict=True))
    assert compare_colours(colour, (red, green, blue)) is ColourMatch.NEAR


@pytest.mark.parametrize(("garment", "worn"), [(RED, BLUE), (RED, BROWN), (WHITE, BLACK), (BLUE, OCHRE), (RED, WHITE)])
def test_another_garment_is_far(garment: Colour, worn: Colour) -> None:
    assert compare_colours(garment, worn) is ColourMatch.FAR
    assert compare_colours(worn, garment) is ColourMatch.FAR


def test_between_the_two_and_without_a_colour_nobody_can_tell() -> None:
    assert compare_colours((255, 255, 255), GREY) is ColourMatch.CANNOT_TELL
    assert compare_colours(None, RED) is ColourMatch.CANNOT_TELL
    assert compare_colours(RED, None) is ColourMatch.CANNOT_TELL


def test_the_distance_is_the_one_of_cielab_with_half_the_lightness() -> None:
    assert colour_distance((255, 255, 255), (0, 0, 0)) == pytest.approx(50, abs=0.1)
    a, b, light = 80.1, 67.2, 53.2  # of full red, by the books
    assert colour_distance((255, 0, 0), (255, 255, 255)) == pytest.approx(
        (a**2 + b**2 + ((100 - light) / 2) ** 2) ** 0.5, abs=0.2
    )
