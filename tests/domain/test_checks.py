"""What the photos' checks mean for a picture that was made, and what a run's report says of several."""

from collections.abc import Sequence
from typing import NamedTuple

import pytest

from croquis.domain.images.checks import SHOWN, Graded, checks_of, not_copied, report_on
from croquis.domain.images.exam import Change, ImageChecks, Judgement, NotMeasured
from croquis.domain.images.image import Framing
from croquis.domain.photos.body_findings import BodyCode, body_finding
from croquis.domain.photos.features import PhotoFeatures, Proportions
from croquis.domain.photos.likeness import Likeness
from croquis.domain.photos.photo import Finding

PASSES, FAILS, UNKNOWN = Judgement.PASSES, Judgement.FAILS, Judgement.CANNOT_TELL
FULL, HALF = Framing.FULL_BODY, Framing.HALF_BODY
ADVICE = [BodyCode.FEET_TIGHT, BodyCode.SOFT, BodyCode.SMALL_PHOTO]
JOINTS = ((0.0, -1.0),) * 13


class Looked(NamedTuple):
    findings: tuple[Finding, ...] = ()
    features: PhotoFeatures = PhotoFeatures()


def checked(framing: Framing, *codes: BodyCode) -> ImageChecks:
    findings = tuple(body_finding(code, measured=0.1, threshold=0.5) for code in codes)
    return checks_of(Looked(findings), framing, None, None)


@pytest.mark.parametrize(
    ("code", "one_person", "head_to_toe", "close_up"),
    [
        (BodyCode.NO_PERSON, FAILS, UNKNOWN, UNKNOWN),
        (BodyCode.SEVERAL_PEOPLE, FAILS, UNKNOWN, FAILS),
        (BodyCode.ROTATED, PASSES, UNKNOWN, PASSES),
        (BodyCode.HEAD_CUT, PASSES, FAILS, PASSES),
        (BodyCode.FEET_CUT, PASSES, FAILS, PASSES),
        (BodyCode.PERSON_TOO_SMALL, PASSES, FAILS, PASSES),
        (BodyCode.BLURRED, PASSES, PASSES, PASSES),
    ],
)
def test_what_a_finding_means(
    code: BodyCode, one_person: Judgement, head_to_toe: Judgement, close_up: Judgement
) -> None:
    whole, half = checked(FULL, code, *ADVICE), checked(HALF, code, *ADVICE)
    assert (whole.one_person, whole.head_to_toe) == (one_person, head_to_toe)
    assert (half.one_person, half.head_to_toe) == (close_up, None)


def test_what_was_not_asked_for_is_not_told() -> None:
    assert checked(FULL, BodyCode.FEET_CUT).codes == ("feet_cut",)
    assert checked(HALF, BodyCode.FEET_CUT).codes == ()
    assert all(BodyCode(code) for code in SHOWN)


def of_likeness(dhash: str) -> PhotoFeatures:
    return PhotoFeatures(likeness=Likeness(dhash=dhash, joints=JOINTS))


ONE, OTHER, NOBODY = of_likeness("0f0f0f0f0f0f0f0f"), of_likeness("ff00ff00aa55aa55"), PhotoFeatures()


@pytest.mark.parametrize(
    ("picture", "photos", "found"),
    [
        (ONE, [OTHER, ONE], FAILS),
        (ONE, [OTHER], PASSES),
        (NOBODY, [OTHER], UNKNOWN),
        (ONE, [NOBODY], None),
        (ONE, [], None),
    ],
)
def test_a_picture_is_a_copy_when_it_is_as_good_as_a_photo(
    picture: PhotoFeatures, photos: Sequence[PhotoFeatures], found: Judgement | None
) -> None:
    assert not_copied(picture, photos) is found


def bodies(factor: float, count: int = 6) -> list[PhotoFeatures]:
    spread = [1, 1.01, 0.99, 1.02, 0.98, 1][:count]
    return [PhotoFeatures(proportions=Proportions(1.5 * it, 0.18 * it, 0.1 * factor * it)) for it in spread]


def graded(features: Sequence[PhotoFeatures], framing: Framing = FULL) -> list[Graded]:
    return [Graded(checked(framing), framing, it) for it in features]


def test_a_report_compares_the_bodies_of_whole_figures_only() -> None:
    previews = [*graded(bodies(1.2)), *graded(bodies(9), HALF)]
    report = report_on(previews, bodies(1), no_face=NotMeasured.BROKEN, sandbox=False)
    assert report.pictures == 12
    assert report.legs
    assert report.head
    assert (report.legs.change, report.head.change, report.head.pictures) == (Change.SAME, Change.DIFFERENT, 6)
    assert report.head_to_toe
    assert report.head_to_toe.passed == 6
    assert report.not_measured == {"face": NotMeasured.BROKEN, "not_copied": NotMeasured.NO_PHOTOS}


def test_a_report_without_photos_says_so() -> None:
    report = report_on(graded(bodies(1), HALF), [], no_face=NotMeasured.NO_CONSENT, sandbox=True)
    assert report.sandbox
    assert report.not_measured == {
        **dict.fromkeys(("legs", "hips", "head", "not_copied"), NotMeasured.NO_PHOTOS),
        "head_to_toe": NotMeasured.NO_PICTURES,
        "face": NotMeasured.NO_CONSENT,
    }
