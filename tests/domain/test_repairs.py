"""Repairs: what is cut out around a face, and when the face made anew takes the place of the one before."""

from typing import Any

import pytest

from croquis.domain.images.exam import Change, FaceReference, FacesMeasured, Judgement
from croquis.domain.images.prompts import PromptChoices, face_prompt
from croquis.domain.images.repairs import (
    LARGEST,
    CutOut,
    RepairReason,
    Sight,
    body_change,
    cut_out_of,
    face_pixels,
    judged,
)
from croquis.domain.photos.features import Landmark, PhotoFeatures, Proportions
from croquis.domain.photos.photo import CameraView
from croquis.domain.subject import Subject
from croquis.errors import FaceLargeEnough, FaceNotFound

WIDTH, HEIGHT = 832, 1216
PASSES, FAILS, CANNOT_TELL = Judgement.PASSES, Judgement.FAILS, Judgement.CANNOT_TELL
REFERENCE = FaceReference(embeddings=((0.0,) * 128,))
BODY = Proportions(1.6, 0.2, 0.1)
NOBODY = Proportions(None, None, None)


def standing(eyes: float = 120, mouth: float = 156, x: float = 400, presence: float = 1, **more: Any) -> PhotoFeatures:
    """A person whose eyes and mouth are at these pixels of a picture of 832 x 1216."""
    points = [Landmark(0.5, 0.5, 1)] * 33
    for place, y in ((2, eyes), (5, eyes), (9, mouth), (10, mouth)):
        points[place] = Landmark(x / WIDTH, y / HEIGHT, presence)
    return PhotoFeatures(landmarks=tuple(points), **more)


def test_a_square_is_cut_out_around_the_face_with_hair_and_chin_in_the_oval() -> None:
    place = cut_out_of(standing(), WIDTH, HEIGHT)
    assert place.side == 234
    assert (place.left + place.x, place.top + place.y) == pytest.approx((400, 130.8))
    assert place.top + place.y - place.radius < 80
    assert place.top + place.y + place.radius > 180
    assert place.left >= 0
    assert place.left + place.side <= WIDTH


@pytest.mark.parametrize(("x", "eyes"), [(5, 10), (827, 10), (5, 1190), (827, 1190)])
def test_a_face_at_the_edge_is_cut_out_within_the_picture(x: float, eyes: float) -> None:
    place = cut_out_of(standing(eyes, eyes + 36, x), WIDTH, HEIGHT)
    assert 0 <= place.left <= place.left + place.side <= WIDTH
    assert 0 <= place.top <= place.top + place.side <= HEIGHT
    assert place.left + place.x == pytest.approx(x)


@pytest.mark.parametrize(
    "features",
    [
        PhotoFeatures(),
        standing(presence=0.4),
        standing(view=CameraView.BACK),
        standing(120, 120),
        standing(120, 129),
    ],
    ids=["nobody", "hidden", "from behind", "no height", "tiny"],
)
def test_without_a_face_there_is_nothing_to_cut_out(features: PhotoFeatures) -> None:
    with pytest.raises(FaceNotFound):
        cut_out_of(features, WIDTH, HEIGHT)


def test_a_large_face_is_left_as_it_is() -> None:
    with pytest.raises(FaceLargeEnough):
        cut_out_of(standing(200, 300), WIDTH, HEIGHT)
    assert cut_out_of(standing(200, 298), WIDTH, HEIGHT).side <= LARGEST
    assert face_pixels(standing(200, 300), WIDTH, HEIGHT) == 650
    assert face_pixels(PhotoFeatures(), WIDTH, HEIGHT) is None


def faces(before: Judgement, after: Judgement, *similarities: float | None) -> FacesMeasured:
    return FacesMeasured(judgements=(before, after), similarities=similarities, reference=REFERENCE)


def sight(*codes: str, body: Proportions = BODY) -> Sight:
    return Sight(frozenset(codes), body)


JUDGED = {
    "it passes now": (faces(FAILS, PASSES, 0.3, 0.5), RepairReason.FACE_BETTER),
    "it can be told now": (faces(CANNOT_TELL, PASSES, None, 0.5), RepairReason.FACE_BETTER),
    "it is more like": (faces(PASSES, PASSES, 0.5, 0.6), RepairReason.FACE_BETTER),
    "it is less like": (faces(PASSES, PASSES, 0.6, 0.5), RepairReason.FACE_NOT_BETTER),
    "it is the same": (faces(PASSES, PASSES, 0.6, 0.6), RepairReason.FACE_NOT_BETTER),
    "it fails a little less": (faces(FAILS, FAILS, 0.1, 0.3), RepairReason.FACE_NOT_BETTER),
    "it fails now": (faces(PASSES, FAILS, 0.5, 0.2), RepairReason.FACE_NOT_BETTER),
    "nobody can tell": (faces(PASSES, CANNOT_TELL, 0.5, None), RepairReason.FACE_CANNOT_TELL),
    "nothing was measured": (None, RepairReason.NOT_MEASURED),
}


@pytest.mark.parametrize("how", JUDGED)
def test_a_repair_is_kept_only_if_the_face_passes_better(how: str) -> None:
    measured, reason = JUDGED[how]
    repair = judged(sight(), sight(), measured)
    assert (repair.reason, repair.body) == (reason, Change.SAME)
    assert repair.kept is (reason in (RepairReason.FACE_BETTER, RepairReason.NOT_MEASURED))


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (sight(), sight(body=Proportions(1.6 * 1.15, 0.2, 0.1))),
        (sight(), sight(body=Proportions(1.6, 0.2 * 1.15, 0.1))),
        (sight(), sight("several_people")),
        (sight("feet_cut"), sight("feet_cut", "head_cut")),
    ],
    ids=["legs", "hips", "somebody else", "no head"],
)
@pytest.mark.parametrize("measured", [faces(FAILS, PASSES, 0.3, 0.9), None])
def test_whatever_else_has_changed_ends_it(before: Sight, after: Sight, measured: FacesMeasured | None) -> None:
    repair = judged(before, after, measured)
    assert (repair.kept, repair.reason) == (False, RepairReason.BODY_CHANGED)


def test_a_body_that_cannot_be_measured_is_as_it_was_since_only_the_face_was_touched() -> None:
    repair = judged(sight(body=NOBODY), sight(body=NOBODY), faces(FAILS, PASSES, 0.3, 0.5))
    assert (repair.kept, repair.body) == (True, Change.CANNOT_TELL)


@pytest.mark.parametrize(
    ("after", "change"),
    [
        (BODY, Change.SAME),
        (Proportions(1.6 * 1.04, 0.2, 0.1), Change.SAME),
        (Proportions(1.6 / 1.04, 0.2 * 1.08, 0.1), Change.SAME),
        (Proportions(1.6 / 1.1, 0.2, 0.1), Change.DIFFERENT),
        (Proportions(1.6, 0.2, 0.3), Change.SAME),
        (Proportions(1.6, None, None), Change.SAME),
        (NOBODY, Change.CANNOT_TELL),
    ],
)
def test_a_body_has_changed_when_a_measure_moved_by_more_than_three_times_its_noise(
    after: Proportions, change: Change
) -> None:
    assert body_change(BODY, after) is change


def test_the_face_is_asked_for_as_a_close_up_in_the_same_light() -> None:
    chosen = PromptChoices(pose="walking", outfit="a suit", expression="a smile", lighting="soft light")
    words = "bcdfghjk woman, close-up portrait photo of head and shoulders, a smile, soft light"
    assert face_prompt(Subject("bcdfghjk", "female"), chosen) == words  # type: ignore[arg-type]


def test_what_is_stored_of_a_cut_out_may_say_more_in_a_later_version() -> None:
    stored = {"left": 1, "top": 2, "side": 3, "x": 1.5, "y": 1.5, "radius": 1, "turned": 4}
    assert CutOut.model_validate(stored).side == 3
