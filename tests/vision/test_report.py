"""The whole report of one photo."""

from pathlib import Path

import pytest
from photo_cases import HEIGHTS, good_photo
from PIL import Image, ImageFilter
from vision.looking import Look

from croquis.domain.photos.body_findings import BodyCode, body_finding
from croquis_pictures import Photo
from croquis_pictures.weights import models_folder
from croquis_vision import PhotoReport, check_photo


def test_the_same_photo_gives_the_same_report(photo: Photo) -> None:
    assert check_photo(photo) == check_photo(photo)


def test_looking_changes_nothing_about_the_photo(photo: Photo) -> None:
    before = photo.image.tobytes()
    check_photo(photo)
    assert photo.image.tobytes() == before


def test_points_and_box_are_shares_of_the_photo(reports: dict[str, PhotoReport]) -> None:
    for name, report in reports.items():
        box = report.features.body
        assert box is not None
        assert 0 <= box.left < box.right <= 1
        assert 0 <= box.top < box.bottom <= 1
        assert len(report.landmarks) == 33
        # the head is under the line that cuts it off at the neck, the ankles under the one at the shin
        assert HEIGHTS[name].brow < report.landmarks[0].y < HEIGHTS[name].neck
        assert all(report.landmarks[ankle].y > HEIGHTS[name].shin - 0.03 for ankle in (27, 28))
        assert box.top < report.landmarks[0].y < report.landmarks[27].y < box.bottom
        assert all(box.left < point.x < box.right for point in report.landmarks)


def test_a_larger_copy_of_a_photo_has_its_points_at_the_same_places(
    look: Look, reports: dict[str, PhotoReport]
) -> None:
    larger = look(good_photo("06").resize((2_731, 4_096), Image.Resampling.BICUBIC))
    for point, same in zip(larger.landmarks, reports["06"].landmarks, strict=True):
        assert point.x == pytest.approx(same.x, abs=0.04)
        assert point.y == pytest.approx(same.y, abs=0.04)
    assert larger.body_height == pytest.approx(reports["06"].body_height, abs=0.02)


def test_what_blocks_stands_first_and_bad_framing_silences_advice_on_framing(look: Look) -> None:
    small = good_photo("02").resize((600, 900))
    cut = small.crop((0, 0, 600, 700)).filter(ImageFilter.GaussianBlur(3))
    assert [it.code for it in look(cut).findings] == ["feet_cut", "blurred", "small_photo"]


@pytest.mark.parametrize("code", BodyCode)
def test_every_code_says_what_is_wrong_and_has_a_hint(code: BodyCode) -> None:
    finding = body_finding(code, measured=0.31254, threshold=0.4)
    assert finding.sentence.endswith(".")
    assert finding.hint.endswith(".")
    assert "{" not in finding.sentence + finding.hint
    assert finding.measured == 0.3125


def test_the_weights_are_looked_for_where_one_says_or_where_they_belong() -> None:
    assert models_folder({"CROQUIS_MODELS": "/somewhere"}) == Path("/somewhere")
    assert models_folder({}) == Path(__file__).parents[2] / ".croquis" / "models"
