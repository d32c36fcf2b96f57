"""Two outfits or places are of the same colours if both of their halves are."""

import pytest

from croquis.domain.photos.colours import COLOURS_DIFFER, alike_colours

WHITE, BLUE, BLACK = (1.0, 0.0, 0.0), (0.0, 1.0, 0.0), (0.0, 0.0, 1.0)


def changed(by: float) -> tuple[float, ...]:
    """Blue, of which so much has become black."""
    return (0.0, 1 - by, by)


def test_the_same_colours_are_alike() -> None:
    assert alike_colours((*WHITE, *BLUE), (*WHITE, *BLUE))


@pytest.mark.parametrize("other", [(*WHITE, *BLACK), (*BLACK, *BLUE), (*BLUE, *WHITE)])
def test_another_top_another_bottom_or_both_swapped_are_not(other: tuple[float, ...]) -> None:
    assert not alike_colours((*WHITE, *BLUE), other)
    assert not alike_colours(other, (*WHITE, *BLUE))


@pytest.mark.parametrize(("by", "alike"), [(COLOURS_DIFFER - 0.001, True), (COLOURS_DIFFER + 0.001, False)])
def test_a_share_of_each_half_may_differ(by: float, alike: bool) -> None:
    for one, other in (((*BLUE, *WHITE), (*changed(by), *WHITE)), ((*WHITE, *BLUE), (*WHITE, *changed(by)))):
        assert alike_colours(one, other) is alike
        assert alike_colours(other, one) is alike


def test_both_halves_may_differ_at_once() -> None:
    by = COLOURS_DIFFER - 0.001
    assert alike_colours((*BLUE, *BLUE), (*changed(by), *changed(by)))


def test_what_is_unknown_is_like_nothing() -> None:
    assert not alike_colours((), ())
    assert not alike_colours((), (*WHITE, *BLUE))
    assert not alike_colours((*WHITE, *BLUE), ())


def test_shares_of_another_version_are_not_compared() -> None:
    assert not alike_colours((*WHITE, *BLUE), (*WHITE, *BLUE, 0.0, 0.0))
