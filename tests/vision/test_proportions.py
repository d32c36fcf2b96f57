"""The body measures: what one picture says, and what an exam may say of several. All runs stand in bench."""

from collections import Counter
from dataclasses import replace

import numpy as np
import pytest
from photo_cases import good_photo
from vision.figures_seen import measured, seen
from vision.planted_bodies import as_it_is, runs, runs_of_previews, squeezed, stretched

from croquis.domain.images.exam import Change
from croquis_vision.landmarks import Landmarks
from croquis_vision.networks import Floats
from croquis_vision.proportions import UNKNOWN, proportions_of

RUNS = 200


@pytest.fixture(scope="module")
def standing() -> tuple[Landmarks, Floats]:
    found = seen(good_photo("01"))
    assert found
    return found


def test_the_measures_are_those_of_a_body(standing: tuple[Landmarks, Floats]) -> None:
    legs, hips, head = proportions_of(*standing)
    assert legs == pytest.approx(1.57, abs=0.1)
    assert hips == pytest.approx(0.185, abs=0.02)
    assert head == pytest.approx(0.10, abs=0.015)


def test_the_size_of_the_picture_does_not_matter() -> None:
    photo = good_photo("01")
    small = measured(photo.resize((photo.width // 2, photo.height // 2)))
    assert small == pytest.approx(measured(photo), rel=0.04)


@pytest.mark.parametrize("name", ["04", "08"])
def test_sitting_says_nothing_of_proportions(name: str) -> None:
    assert measured(good_photo(name)) == UNKNOWN


@pytest.mark.parametrize("name", ["06", "07", "10"])
def test_widths_are_taken_from_the_front_or_from_behind_only(name: str) -> None:
    legs, hips, head = measured(good_photo(name))
    assert legs is not None
    assert (hips, head) == (None, None)


def test_a_mask_without_a_body_says_nothing_of_widths(standing: tuple[Landmarks, Floats]) -> None:
    person, mask = standing
    assert proportions_of(person, np.zeros_like(mask))[1:] == (None, None)
    assert proportions_of(person, np.ones_like(mask))[1:] == (None, None)  # no edge beside the hips


def test_a_person_beyond_the_mask_breaks_nothing(standing: tuple[Landmarks, Floats]) -> None:
    person, mask = standing
    assert proportions_of(replace(person, points=person.points + 1_000), mask)[1:] == (None, None)


def test_a_body_that_was_stretched_as_a_whole_is_found() -> None:
    found = Counter(it.worst for it in runs(stretched, RUNS))
    assert found[Change.DIFFERENT] >= 0.9 * RUNS


def test_the_same_body_in_other_clothes_and_poses_is_not_called_different() -> None:
    found = Counter(it.worst for it in runs(as_it_is, RUNS))
    assert found[Change.DIFFERENT] <= 0.02 * RUNS
    assert found[Change.SAME] >= 0.9 * RUNS


def test_four_previews_are_enough_to_find_a_stretched_body_and_accuse_no_other() -> None:
    """Two of them show how broad she is: what the measure is known to vary by stands in for the pictures that lack."""
    broadened, unchanged = (Counter(it.worst for it in runs_of_previews(warp, RUNS)) for warp in (squeezed, as_it_is))
    assert broadened[Change.DIFFERENT] >= 0.9 * RUNS
    assert unchanged[Change.DIFFERENT] <= 0.02 * RUNS
