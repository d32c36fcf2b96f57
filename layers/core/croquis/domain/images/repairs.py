"""The face of a full-length picture redrawn: what is cut out for it, and whether the result is kept."""

from collections.abc import Sequence
from enum import StrEnum
from math import dist
from typing import NamedTuple

from pydantic import BaseModel, ConfigDict

from croquis.domain.images.exam import Change, FacesMeasured, Judgement
from croquis.domain.images.paired import compare_bodies
from croquis.domain.photos.features import Landmark, PhotoFeatures
from croquis.domain.photos.photo import CameraView
from croquis.errors import FaceLargeEnough, FaceNotFound

ENLARGED = 1024  # the side of what the engine gets
LARGEST = 640  # croquis.largest_face_to_repair()
STRENGTH = 0.4

EYES, MOUTH = (2, 5), (9, 10)  # places in the 33 points
PRESENT = 0.5
# in distances from the eyes to the mouth, of which an adult's face from chin to hair is nearly three
SIDE, RADIUS, HIGHER = 6.5, 1.6, 0.2
SMALLEST_SIDE = 64  # of less there is nothing to begin from


class CutOut(BaseModel):
    """A square of a picture, and the middle and half the height of the oval in it that is made anew; all in pixels."""

    model_config = ConfigDict(frozen=True, extra="ignore", defer_build=True)

    left: int
    top: int
    side: int
    x: float
    y: float
    radius: float


class RepairReason(StrEnum):
    """Why a repair is kept, or not."""

    FACE_BETTER = "face_better"
    NOT_MEASURED = "not_measured"
    FACE_NOT_BETTER = "face_not_better"
    FACE_CANNOT_TELL = "face_cannot_tell"
    BODY_CHANGED = "body_changed"


KEPT = {RepairReason.FACE_BETTER, RepairReason.NOT_MEASURED}
WHY_KEPT = {
    RepairReason.FACE_BETTER: "The face is more like the person's than before, and the body is as it was.",
    RepairReason.NOT_MEASURED: "A suggestion: the face was not measured, so compare the two pictures yourself.",
    RepairReason.FACE_NOT_BETTER: "The face is no more like the person's than in the original.",
    RepairReason.FACE_CANNOT_TELL: "The face cannot be judged: it is turned away, hidden or too small.",
    RepairReason.BODY_CHANGED: "More than the face has changed.",
}


class Repair(BaseModel):
    """What came of it; the picture before stays as it was either way."""

    model_config = ConfigDict(frozen=True, extra="ignore", defer_build=True)

    kept: bool
    reason: RepairReason
    body: Change


class Sight(NamedTuple):
    """What was seen in one of the two pictures: what is wrong with it, and the body."""

    codes: frozenset[str]
    features: PhotoFeatures


def cut_out_of(features: PhotoFeatures, width: int, height: int) -> CutOut:
    """Around the face of a picture of this size; FaceNotFound, or FaceLargeEnough where enlarging gains nothing."""
    unit = _eyes_to_mouth(features, width, height)
    if unit is None or round(SIDE * unit) < SMALLEST_SIDE:
        raise FaceNotFound("no_face_found", "No face could be made out in the picture.")
    if (side := round(SIDE * unit)) > LARGEST:
        raise FaceLargeEnough("face_large_enough", "The face is already large enough.")
    side = min(side, width, height)
    x, y = _middle(features.landmarks, (*EYES, *MOUTH), width, height)
    y -= HIGHER * unit
    left, top = (round(min(max(at - side / 2, 0), most - side)) for at, most in ((x, width), (y, height)))
    return CutOut(left=left, top=top, side=side, x=x - left, y=y - top, radius=RADIUS * unit)


def face_pixels(features: PhotoFeatures, width: int, height: int) -> int | None:
    """The side of what would be cut out; None where no face can be seen."""
    unit = _eyes_to_mouth(features, width, height)
    return None if unit is None else round(SIDE * unit)


def judged(before: Sight, after: Sight, faces: FacesMeasured | None) -> Repair:
    """Kept if the face passes better and the body is unchanged; where no face was measured it is a suggestion."""
    body = compare_bodies(before.features, after.features, outline_counts=True).change
    if body is Change.DIFFERENT or after.codes - before.codes:
        reason = RepairReason.BODY_CHANGED
    else:
        reason = _of_face(faces) if faces and faces.reference else RepairReason.NOT_MEASURED
    return Repair(kept=reason in KEPT, reason=reason, body=body)


def _of_face(faces: FacesMeasured) -> RepairReason:
    before, after = faces.similarities
    match faces.judgements[1]:
        case Judgement.CANNOT_TELL:
            return RepairReason.FACE_CANNOT_TELL
        case Judgement.PASSES if before is None or (after or 0) > before:
            return RepairReason.FACE_BETTER
        case _:
            return RepairReason.FACE_NOT_BETTER


def _eyes_to_mouth(features: PhotoFeatures, width: int, height: int) -> float | None:
    points = features.landmarks
    if not points or features.view is CameraView.BACK or min(points[it].presence for it in EYES + MOUTH) < PRESENT:
        return None
    return dist(_middle(points, EYES, width, height), _middle(points, MOUTH, width, height)) or None


def _middle(points: Sequence[Landmark], places: Sequence[int], width: int, height: int) -> tuple[float, float]:
    chosen = [points[place] for place in places]
    return (
        sum(it.x for it in chosen) / len(chosen) * width,
        sum(it.y for it in chosen) / len(chosen) * height,
    )
