"""Is the whole person in the frame, upright, and large enough?"""

from dataclasses import dataclass

import numpy as np

from croquis.domain.photos.body_findings import BodyCode, body_finding
from croquis.domain.photos.photo import Finding
from croquis_vision.landmarks import FACE, FEET, HIPS, NOSE, SHOULDERS, Landmarks
from croquis_vision.networks import Floats
from croquis_vision.thresholds import THRESHOLDS, Thresholds

NECK = 0.35  # half of its width, in distances from the shoulders to the nose


@dataclass(frozen=True)
class Framing:
    """How the main person stands in the frame: distances in body heights, negative outside."""

    tilt: float  # degrees from upright, clockwise
    face_to_frame: float
    crown_to_frame: float
    feet_to_frame: float  # to the lower edge only
    feet_presence: float
    feet_shown: float  # the most of what is around one of the feet's points that is the body, 0 to 1
    head_above_shoulders: float  # of the outline, inside the frame; in torso lengths
    size: float  # the larger of the body's height and width as a share of the photo's long side


def framing_of(person: Landmarks, size: tuple[int, int]) -> Framing:
    """Measure a person in a picture of this width and height."""
    nose, shoulders, hips = person.points[NOSE], person.between(SHOULDERS), person.between(HIPS)
    crown = nose + (nose - shoulders)  # the head is as high above the nose as the shoulders are below it
    height = max(float(np.ptp(np.append(person.points[:, 1], crown[1]))), 1.0)
    feet = person.points[list(FEET)]
    return Framing(
        tilt=float(np.degrees(np.arctan2(shoulders[0] - hips[0], hips[1] - shoulders[1]))),
        face_to_frame=_to_frame(person.points[list(FACE)], size) / height,
        crown_to_frame=_to_frame(crown, size) / height,
        feet_to_frame=float(size[1] - feet[:, 1].max()) / height,
        feet_presence=float(person.presence[list(FEET)].min()),
        feet_shown=max(person.outline.shares_at(feet)),
        head_above_shoulders=_head_above_shoulders(person, size),
        size=max(height, float(np.ptp(person.points[:, 0]))) / max(size),
    )


def framing_finding(framing: Framing, t: Thresholds = THRESHOLDS) -> Finding | None:
    """What keeps the photo out, if anything: the first reason only, because putting it right changes the others."""
    found = (
        _turned(framing, t)
        or _below(BodyCode.HEAD_CUT, framing.crown_to_frame, t.crown_to_frame)
        or _below(BodyCode.HEAD_CUT, framing.face_to_frame, t.face_to_frame)
        or _below(BodyCode.FEET_CUT, framing.feet_presence, t.feet_presence)
        or _below(BodyCode.FEET_CUT, framing.feet_to_frame, t.feet_to_frame)
        or _below(BodyCode.FEET_CUT, framing.feet_shown, t.feet_shown)
    )
    return found or _below(BodyCode.PERSON_TOO_SMALL, framing.size, t.size_needed)


def framing_advice(framing: Framing, t: Thresholds = THRESHOLDS) -> list[Finding]:
    """What would be better about a photo that is good enough."""
    found = (
        _below(BodyCode.FEET_TIGHT, framing.feet_to_frame, t.feet_room),
        _below(BodyCode.PERSON_SMALL, framing.size, t.size_advised),
    )
    return [finding for finding in found if finding]


def _turned(framing: Framing, t: Thresholds) -> Finding | None:
    if abs(framing.tilt) <= t.tilt_degrees:
        return None
    return body_finding(BodyCode.ROTATED, measured=framing.tilt, threshold=t.tilt_degrees)


def _below(code: BodyCode, measured: float, threshold: float) -> Finding | None:
    return body_finding(code, measured=measured, threshold=threshold) if measured < threshold else None


def _head_above_shoulders(person: Landmarks, size: tuple[int, int]) -> float:
    """Of what is above the neck, and no wider than it: a raised hand is no head."""
    shoulders = person.between(SHOULDERS)
    torso, neck = shoulders - person.between(HIPS), person.points[NOSE] - shoulders
    length = max(float(np.hypot(*torso)), 1.0)
    up = torso / length
    body = person.outline.points_inside(size) - shoulders
    aside = np.abs((body - neck) @ np.array([-up[1], up[0]]))
    above = (body @ up)[aside < NECK * np.hypot(*neck)]
    return float(above.max(initial=0)) / length


def _to_frame(points: Floats, size: tuple[int, int]) -> float:
    return float(min(points.min(), (np.array(size) - points).min()))
