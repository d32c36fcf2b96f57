"""Photos with a fault that was put into them. The networks guess, so a few may pass: how many is written here."""

from collections import Counter, defaultdict

import pytest
from photo_cases import EXPECTED, HEIGHTS, cases, good_photo, side_by_side
from vision.looking import Look

from croquis_vision import PhotoReport

OK = "ok"


@pytest.fixture(scope="module")
def verdicts(look: Look) -> dict[str, Counter[str]]:
    found: dict[str, Counter[str]] = defaultdict(Counter)
    for name in HEIGHTS:
        for case, image in cases(name):
            report = look(image)
            assert len([it for it in report.blocking if it.code != "blurred"]) <= 1
            found[case][report.blocking[0].code if report.blocking else OK] += 1
    return found


def test_feet_that_are_cut_off_at_shin_or_ankle_are_missed(verdicts: dict[str, Counter[str]]) -> None:
    below_the_knee = verdicts["shin"] + verdicts["ankle"]
    assert set(below_the_knee) <= {"feet_cut", OK}
    assert below_the_knee[OK] <= 1  # of 24; under a long skirt a cut shin looks like a foot


def test_most_feet_that_are_cut_through_are_missed(verdicts: dict[str, Counter[str]]) -> None:
    """The weak spot: a sixth of them pass in measurements on real photos."""
    assert set(verdicts["mid_foot"]) <= {"feet_cut", OK}
    assert verdicts["mid_foot"][OK] <= 2  # of 12


def test_a_head_cut_at_the_brow_is_noticed(verdicts: dict[str, Counter[str]]) -> None:
    assert verdicts["brow"] == {"head_cut": 12}


def test_a_head_cut_at_the_neck_is_noticed_if_it_is_taken_for_a_person_at_all(
    verdicts: dict[str, Counter[str]],
) -> None:
    assert set(verdicts["neck"]) <= {"head_cut", "no_person"}
    assert verdicts["neck"]["head_cut"] >= 9


def test_a_photo_of_two_people_is_refused(verdicts: dict[str, Counter[str]]) -> None:
    assert verdicts["side by side"] == {"several_people": 12}


@pytest.mark.parametrize("turn", ["turned left", "turned right", "upside down"])
def test_a_turned_photo_is_refused(verdicts: dict[str, Counter[str]], turn: str) -> None:
    assert set(verdicts[turn]) <= {"rotated", "several_people"}
    assert verdicts[turn]["rotated"] >= 11


def test_every_case_has_been_tried_on_every_photo(verdicts: dict[str, Counter[str]]) -> None:
    assert {case: found.total() for case, found in verdicts.items()} == dict.fromkeys(EXPECTED, 12)
    assert verdicts["as it is"] == {OK: 12}


def test_a_second_person_of_another_size_is_counted(look: Look) -> None:
    """The main person is the larger one, and is the one that is measured."""
    left, right = good_photo("01"), good_photo("03")
    small = right.resize((right.width * 2 // 3, right.height * 2 // 3))
    padded = right.copy()
    padded.paste(right.resize((1, 1)).resize(right.size))
    padded.paste(small, (right.width - small.width, right.height - small.height))
    report: PhotoReport = look(side_by_side(left, padded))
    assert [it.code for it in report.blocking] == ["several_people"]
    assert report.people == 2
    assert report.features.body is not None
    assert report.features.body.right < 0.5


@pytest.mark.parametrize("name", ["01", "04"])
def test_a_second_face_without_a_body_is_counted(look: Look, name: str) -> None:
    """Somebody who looks over a shoulder, or a poster: the body detector sees one person."""
    photo, other = good_photo(name), good_photo("03")
    face = other.crop((420, 85, 620, 315))
    photo.paste(face.resize((260, 300)), (40, 80))
    assert [it.code for it in look(photo).blocking] == ["several_people"]


def test_two_people_are_named_before_their_feet(look: Look) -> None:
    """Cutting one of them off may well cut the feet off too, or bring them back."""
    photo = good_photo("01")
    both = side_by_side(photo, photo)
    assert [it.code for it in look(both.crop((0, 0, both.width, 1_230))).blocking] == ["several_people"]
