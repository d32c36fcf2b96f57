"""Before and after: a body that was stretched is found, and light, file and face are no other body. More in bench."""

from collections.abc import Iterator

import pytest
from photo_cases import good_photo
from PIL import Image
from vision.planted_bodies import Warp, longer_legs, squeezed, stretched
from vision.planted_pairs import changed, unchanged

from croquis.domain.images.exam import Change
from croquis.domain.images.paired import compare_bodies
from croquis_vision import PhotoReport

SOME = ("02", "05", "11")


def photos() -> Iterator[Image.Image]:
    return (good_photo(name) for name in SOME)


@pytest.mark.parametrize("warp", [stretched, squeezed])
def test_a_body_that_was_stretched_is_another_one(warp: Warp) -> None:
    found = list(changed(photos(), warp))
    assert len(found) >= 6
    assert {it.breadth.change for it in found} == {it.change for it in found} == {Change.DIFFERENT}


def test_the_ratio_says_which_way() -> None:
    taller, broader = (next(changed(photos(), warp)).breadth.ratio for warp in (stretched, squeezed))
    assert taller == pytest.approx(1 / 1.15, abs=0.05)
    assert broader == pytest.approx(1.15, abs=0.05)


def test_longer_legs_are_seen_to_be_longer() -> None:
    assert all((it.legs.ratio or 0) > 1.02 for it in changed(photos(), longer_legs))


def test_light_file_and_face_are_no_other_body() -> None:
    assert {it.change for it in unchanged(photos())} == {Change.SAME}


def test_in_another_pose_nobody_can_tell(reports: dict[str, PhotoReport]) -> None:
    standing, sitting = reports["02"].features, reports["04"].features
    found = compare_bodies(standing, sitting, outline_counts=True)
    assert {found.breadth.change, found.legs.change, found.hips.change} == {Change.CANNOT_TELL}
