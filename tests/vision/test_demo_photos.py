"""The demo's photos: the good ones are taken for what they show, each bad one is refused for its own fault."""

import json
from pathlib import Path

import pytest

from croquis_pictures import open_photo
from croquis_vision import PhotoReport, check_photo
from croquis_vision.posture import Stance

PHOTOS = Path(__file__).parents[2] / "sandbox/demo_photos"
EXPECTED = json.loads((PHOTOS / "expected.json").read_text())
GOOD = sorted(Path(path).stem for path in EXPECTED if path.startswith("good/"))
BAD = {Path(path).stem: it for path, it in EXPECTED.items() if path.startswith("bad/")}


def test_the_twelve_good_photos_are_accepted(reports: dict[str, PhotoReport]) -> None:
    assert {name: [it.code for it in report.findings] for name, report in reports.items()} == {
        name: [] for name in GOOD
    }
    assert {report.people for report in reports.values()} == {1}


def test_the_view_of_each_is_seen(reports: dict[str, PhotoReport]) -> None:
    views = {name: report.features.view for name, report in reports.items()}
    assert views == {name: EXPECTED[f"good/{name}.jpg"]["view"] for name in GOOD}


def test_no_pose_is_said_wrongly_and_most_are_said(reports: dict[str, PhotoReport]) -> None:
    """A wrong caption is worse than none: what is said must agree with what was rendered."""
    said = 0
    for name, report in reports.items():
        assert report.pose is not None
        rendered = EXPECTED[f"good/{name}.jpg"]["pose"]
        if report.pose.stance is not None:
            said += 1
            # an arm that does something is named instead of the stance, which then is standing
            assert report.pose.stance == (rendered if rendered in ("walking", "sitting") else Stance.STANDING), name
        if rendered in ("hands on hips", "arm raised", "hand on hip"):
            words = {
                "hands on hips": "hands on hips",
                "arm raised": "one arm raised",
                "hand on hip": "one hand on the hip",
            }
            assert report.pose.arms == words[rendered], name
        else:
            assert report.pose.arms in (None, "arms down"), name
    assert said >= 11


@pytest.mark.parametrize("name", BAD)
def test_a_bad_photo_is_refused_for_its_fault_alone(name: str) -> None:
    report = check_photo(open_photo((PHOTOS / "bad" / f"{name}.jpg").read_bytes()))
    wanted = "blurred" if BAD[name].get("sharp") == "reject" else BAD[name]["verdict"]
    assert [finding.code for finding in report.blocking] == [wanted]
    assert report.blocking[0].sentence
    assert report.blocking[0].hint


def test_a_photo_without_anybody_reports_nothing_about_a_body() -> None:
    report = check_photo(open_photo((PHOTOS / "bad" / "no_person.jpg").read_bytes()))
    assert (report.people, report.view, report.pose, report.landmarks) == (0, None, None, ())
