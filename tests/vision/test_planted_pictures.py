"""What a bad model might show is found by the checks of generated pictures; the rates over many stand in bench."""

import pytest
from vision.planted_pictures import Case, Planted, checked, composed, is_flagged, planted

from croquis.domain.images.exam import Judgement

SOME = ("02", "05", "09")
PASSES, FAILS = Judgement.PASSES, Judgement.FAILS


@pytest.mark.parametrize("case", [Case.DOUBLED, Case.SIDE_BY_SIDE])
def test_two_people_are_found_every_time(case: Case) -> None:
    assert {checked(picture).one_person for picture in planted(case, SOME)} == {FAILS}


@pytest.mark.parametrize("case", [Case.CROPPED, Case.CUT_PHOTO])
def test_cut_heads_and_feet_are_found_every_time(case: Case) -> None:
    assert {checked(picture).head_to_toe for picture in planted(case, SOME)} == {FAILS}


def test_a_training_photo_is_known_again_smaller_brighter_compressed_or_mirrored() -> None:
    assert {checked(picture).not_copied for picture in planted(Case.COPIED, SOME)} == {FAILS}


def test_nothing_is_said_against_the_person_in_other_places() -> None:
    checks = [checked(picture) for picture in planted(Case.UNCHANGED, SOME)]
    assert [(it.one_person, it.head_to_toe, it.not_copied) for it in checks] == [(PASSES, PASSES, PASSES)] * 15


@pytest.mark.parametrize("shown", ["stranger", "stretched"])
def test_what_only_a_comparison_can_tell_is_not_held_against_a_single_picture(shown: str) -> None:
    assert not is_flagged(checked(Planted(composed("02", 0, shown), "02")))  # pyright: ignore[reportArgumentType]
