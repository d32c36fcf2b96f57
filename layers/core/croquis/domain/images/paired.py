"""Is it the same body in two pictures of one pose: before and after a repair, a try-on, a change of light?

One picture says little about a body. Two of one pose say more: where the network errs, it errs twice in the same way.
"""

from math import dist, exp, log
from statistics import fmean

from pydantic import BaseModel, ConfigDict

from croquis.domain.images.exam import Change
from croquis.domain.photos.features import PhotoFeatures

# what of BlazePose's 33 points Likeness.joints holds, in its order; then places in that
JOINTS = (0, 11, 12, 13, 14, 15, 16, 23, 24, 25, 26, 27, 28)
TRUNK, HIPS, KNEES, ANKLES = (1, 2, 7, 8), (7, 8), (9, 10), (11, 12)
SEEN = 0.5  # presence; a joint outside the picture is guessed
FEWEST_JOINTS = 8
# torso lengths that a joint may have moved: longer legs move it by less, another pose moves one by .5 and more
SAME_POSE = 0.30
NARROW = 0.15  # torso lengths by which the joints spread sideways: in profile there is no breadth to compare
ARM_JOINED = 0.25  # so much broader is no hip, but one with an arm at it
# what a ratio's logarithm may be off in an unchanged pair: chosen on 17 people's photos, compressed, brighter, darker,
# tinted, shrunk, moved, with another face; 99 of 100 lay within two thirds of it. Measured on others: see decisions.md
BREADTH, LEGS, HIP_WIDTH = 0.06, 0.08, 0.12

Points = list[tuple[float, float]]


class BodyMeasure(BaseModel):
    """After over before; without a ratio nobody can tell."""

    model_config = ConfigDict(frozen=True, extra="ignore", defer_build=True)

    ratio: float | None = None
    change: Change = Change.CANNOT_TELL


class BodyChange(BaseModel):
    """What became of a body between two pictures."""

    model_config = ConfigDict(frozen=True, extra="ignore", defer_build=True)

    breadth: BodyMeasure  # of the whole figure over its height: a picture that was stretched
    legs: BodyMeasure  # over the torso: gross changes only
    hips: BodyMeasure  # their width over the body's height, of the outline

    @property
    def change(self) -> Change:
        """Different where one measure is, the same where none is and the breadth could be told."""
        found = {it.change for it in (self.breadth, self.legs, self.hips)}
        return Change.DIFFERENT if Change.DIFFERENT in found else self.breadth.change


def compare_bodies(before: PhotoFeatures, after: PhotoFeatures, *, outline_counts: bool) -> BodyChange:
    """Of the main person of each, who must stand, sit or walk the same way, or nobody can tell.

    `outline_counts` is false where a garment was put on that could hide or widen the hips: a coat is no other body.
    """
    seen = _seen_in_both(before, after)
    if seen is None:
        return BodyChange(breadth=BodyMeasure(), legs=BodyMeasure(), hips=BodyMeasure())
    return BodyChange(
        breadth=_measure(_breadth(before, after, seen), BREADTH),
        legs=_measure(_legs(before, after, seen), LEGS),
        hips=_measure(_hips(before, after) if outline_counts else None, HIP_WIDTH),
    )


def _measure(difference: float | None, noise: float) -> BodyMeasure:
    """Of the logarithms."""
    if difference is None:
        return BodyMeasure()
    change = Change.SAME if abs(difference) <= noise else Change.DIFFERENT
    return BodyMeasure(ratio=round(exp(difference), 4), change=change)


def _seen_in_both(before: PhotoFeatures, after: PhotoFeatures) -> list[int] | None:
    """Places of joints; None without enough of them, or where the pose is another."""
    if not before.likeness or not after.likeness:
        return None
    places = [at for at, number in enumerate(JOINTS) if _is_seen(before, number) and _is_seen(after, number)]
    if len(places) < FEWEST_JOINTS:
        return None
    moved = max(dist(before.likeness.joints[at], after.likeness.joints[at]) for at in places)
    return places if moved <= SAME_POSE else None


def _is_seen(features: PhotoFeatures, number: int) -> bool:
    point = features.landmarks[number]
    return point.presence >= SEEN and 0 <= point.x <= 1 and 0 <= point.y <= 1


def _breadth(before: PhotoFeatures, after: PhotoFeatures, seen: list[int]) -> float | None:
    """How much more the joints went apart sideways than up and down, by least squares."""
    across, down = (_scale(before, after, seen, axis) for axis in (0, 1))
    return log(across / down) if across and down else None


def _scale(before: PhotoFeatures, after: PhotoFeatures, seen: list[int], axis: int) -> float | None:
    """By what one picture's joints are multiplied to be the other's; None where they hardly spread, or turned over."""
    one, other = (_apart([joints[at] for at in seen], axis) for joints in (_joints(before), _joints(after)))
    spread = sum(it * it for it in one)
    if spread < len(one) * NARROW**2:
        return None
    scale = sum(a * b for a, b in zip(one, other, strict=True)) / spread
    return scale if scale > 0 else None


def _apart(points: Points, axis: int) -> list[float]:
    middle = fmean(it[axis] for it in points)
    return [it[axis] - middle for it in points]


def _legs(before: PhotoFeatures, after: PhotoFeatures, seen: list[int]) -> float | None:
    """In torso lengths, as the joints are."""
    if not {*TRUNK, *KNEES, *ANKLES} <= set(seen):
        return None
    one, other = (_leg_length(_joints(it)) for it in (before, after))
    return log(other / one) if one and other else None


def _leg_length(joints: Points) -> float:
    legs = zip(HIPS, KNEES, ANKLES, strict=True)
    return sum(dist(joints[hip], joints[knee]) + dist(joints[knee], joints[ankle]) for hip, knee, ankle in legs)


def _hips(before: PhotoFeatures, after: PhotoFeatures) -> float | None:
    one, other = (it.proportions.hips_to_height for it in (before, after))
    difference = log(other / one) if one and other else None
    return None if difference is None or abs(difference) > ARM_JOINED else difference


def _joints(features: PhotoFeatures) -> Points:
    return list(features.likeness.joints) if features.likeness else []
