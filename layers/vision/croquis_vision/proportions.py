"""Three proportions of a body in one picture, out of the landmark network's points and its segmentation mask.

A single picture is noisy, and clothes move the hips: only a mean over several says something, of gross changes only.
Measured where pose and view allow it: upright on straight legs; the widths seen from the front or from behind.
"""

from dataclasses import replace

import numpy as np
import numpy.typing as npt

from croquis.domain.photos.features import Proportions
from croquis_vision.landmarks import ANKLES, EYES, HIPS, KNEES, SHOULDERS, Landmarks
from croquis_vision.networks import Floats

Body = npt.NDArray[np.bool_]  # where it is

STRAIGHT = 130.0  # degrees at the knee, in space: sitting is 120, walking 137
UPRIGHT = 0.93  # height of the torso over its length, as seen
SQUARE_ON = 0.95  # width of the shoulders over their distance in space
BODY = 0.5  # of the mask, which goes from 0 to 1
ROWS = 0.015  # of the body's height, above and below the line on which a width is taken


UNKNOWN = Proportions(None, None, None)


def proportions_seen(person: Landmarks) -> Proportions:
    """Of a person in pixels of a picture, with the outline that the network gave."""
    in_cut_out = replace(person, points=person.outline.in_cut_out(person.points))
    return proportions_of(in_cut_out, person.outline.body.astype(np.float64))


def proportions_of(person: Landmarks, mask: Floats) -> Proportions:
    """Of the person in an upright cut-out; `person` in pixels of `mask`, which is the body's share of each pixel."""
    if not _stands(person):
        return UNKNOWN
    legs = [_leg(person.points, side) for side in (0, 1)]
    leg_to_torso = float(np.mean(legs)) / _distance(person.between(SHOULDERS), person.between(HIPS))
    if not _square_on(person):
        return Proportions(leg_to_torso, None, None)
    widths = (_width_to_height(person.between(pair), mask > BODY) for pair in (HIPS, EYES))
    return Proportions(leg_to_torso, *widths)


def _stands(person: Landmarks) -> bool:
    torso = person.between(HIPS) - person.between(SHOULDERS)
    return min(_knee(person.world, side) for side in (0, 1)) > STRAIGHT and bool(torso[1] > UPRIGHT * np.hypot(*torso))


def _square_on(person: Landmarks) -> bool:
    left, right = person.world[list(SHOULDERS)]
    return abs(left[0] - right[0]) > SQUARE_ON * _distance(left, right)


def _leg(points: Floats, side: int) -> float:
    hip, knee, ankle = (points[pair[side]] for pair in (HIPS, KNEES, ANKLES))
    return _distance(hip, knee) + _distance(knee, ankle)


def _knee(points: Floats, side: int) -> float:
    hip, knee, ankle = (points[pair[side]] for pair in (HIPS, KNEES, ANKLES))
    cosine = float((hip - knee) @ (ankle - knee)) / (_distance(hip, knee) * _distance(ankle, knee))
    return float(np.degrees(np.arccos(np.clip(cosine, -1, 1))))


def _width_to_height(middle: Floats, body: Body) -> float | None:
    rows = np.flatnonzero(body.any(axis=1))
    if not rows.size:
        return None
    height = int(rows[-1] - rows[0] + 1)
    x, y = middle.tolist()
    around = max(1, round(ROWS * height))
    widths = [_run(body[row], x) for row in range(round(y) - around, round(y) + around + 1) if 0 <= row < len(body)]
    # the mean, because the median is of whole pixels, and one of them is a twentieth of a head
    return float(np.mean(widths)) / height if widths and min(widths) else None


def _run(row: Body, x: float) -> int:
    """Pixels of the body without a gap around x: arms that hang free do not count."""
    gaps = np.flatnonzero(~row)
    left, right = gaps[gaps < x], gaps[gaps > x]
    if not row[min(max(round(x), 0), len(row) - 1)] or not left.size or not right.size:
        return 0
    return int(right[0] - left[-1] - 1)


def _distance(one: Floats, other: Floats) -> float:
    return float(np.sqrt(((one - other) ** 2).sum()))
