"""Half body, head and shoulders, and the face's height, by the body's points; None where there is no such picture.

The unit is the head: from the nose to the middle of the shoulders, a tenth of a standing person's height. It is the
same for people who sit or raise an arm, where the body's height in the picture says little.
"""

from collections.abc import Iterable
from math import ceil, dist, floor
from typing import NamedTuple

from croquis.domain.dataset.cut_outs import BUCKETS, CutOut, PixelBox, cut_out, width_at
from croquis.domain.dataset.full_figure import SMALL, room_at
from croquis.domain.images.image import ImageSize
from croquis.domain.photos.accepted_photo import AcceptedPhoto

NOSE, EYES, EARS, MOUTH = 0, (2, 5), (7, 8), (9, 10)
SHOULDERS, ARMS, HANDS, HIPS, KNEES = (11, 12), range(11, 23), range(15, 23), (23, 24), (25, 26)
ONE_ARM, ONE_HAND = (range(11, 23, 2), range(12, 23, 2)), (range(15, 23, 2), range(16, 23, 2))
LEAST_HALF_BODY = 512 * 512  # pixels; no photo is so narrow that the short side would have less than 448 of them
LEAST_PORTRAIT, LARGEST_PORTRAIT = 512, ImageSize(1024, 1024)
SQUARE_ROOM = 30  # thousandths: the trainer crops a square of less than 1,024 pixels at its sides, never at the crown
MOST_GROWTH = 1.4  # of a half body for its arms: with more of it the face gets too small
# in heads
HEAD_OF_TORSO = 0.4  # at least: who looks down brings the nose to the shoulders, and the hair would be cut
CROWN_OUTSIDE = 0.4  # hair ends .5 to .8 above the nose, the crown is guessed 1 above it: room for a bun or a hat
HALF_BODY_AIR, PORTRAIT_AIR = 0.25, 0.1  # above the crown; the trainer crops a half body, but nothing of a square
PORTRAIT_HEADS = 2.6  # .3 of a standing person's height: from the crown to a bit below the shoulders
OUTLINE = 0.3  # from a joint to the skin, and from the middle of the ears to the hair twice as much
FINGERS = 0.4  # from the hand's points to the finger tips
THIGHS = 2  # below the hips: a standing person's knees are 2.5 there, a sitting one's hands 1
# Eyes to mouth are .38 of hairline to chin in the painters' canon; .4 fits the demo photos better, within a tenth
FACE_OF_EYES_TO_MOUTH = 2.5


class Point(NamedTuple):
    """In pixels of the photo."""

    x: float
    y: float


class Joints(NamedTuple):
    """BlazePose's points of a person, and the photo's size."""

    photo: ImageSize
    points: tuple[Point, ...]

    def between(self, pair: tuple[int, int]) -> Point:
        one, other = (self.points[number] for number in pair)
        return Point((one.x + other.x) / 2, (one.y + other.y) / 2)

    @property
    def nose(self) -> Point:
        return self.points[NOSE]

    @property
    def head(self) -> float:
        shoulders = self.between(SHOULDERS)
        return max(dist(self.nose, shoulders), HEAD_OF_TORSO * dist(shoulders, self.between(HIPS)))

    @property
    def crown(self) -> float:
        return self.nose.y - self.head

    @property
    def upright(self) -> bool:
        """The nose above the shoulders, these above the hips, and the crown in the photo."""
        shoulders, hips = self.between(SHOULDERS), self.between(HIPS)
        torso = hips.y - shoulders.y > abs(hips.x - shoulders.x)
        return torso and self.nose.y < shoulders.y and self.crown >= -CROWN_OUTSIDE * self.head


class _Span(NamedTuple):
    """From left to right."""

    first: float
    last: float

    def within(self, room: int) -> float:
        """The shortest side that has it and so much room at both ends, in thousandths."""
        return (self.last - self.first + 2) * 1000 / (1000 - 2 * room)  # 2: pixels that are lost in rounding

    def start(self, width: int, photo: int) -> int:
        """Where a region of this width begins that has the span in its middle, or as near to it as the photo lets."""
        return min(max(round((self.first + self.last - width) / 2), 0), photo - width)


def joints_of(photo: AcceptedPhoto) -> Joints | None:
    """Where the body's points are, if they are known."""
    if not photo.seen.landmarks:
        return None
    points = (Point(it.x * photo.width, it.y * photo.height) for it in photo.seen.landmarks)
    return Joints(ImageSize(photo.width, photo.height), tuple(points))


def face_height(joints: Joints) -> float:
    """From the hairline to the chin of a face that is seen, in pixels of the photo."""
    return FACE_OF_EYES_TO_MOUTH * dist(joints.between(EYES), joints.between(MOUTH))


def half_body(joints: Joints) -> CutOut | None:
    """From above the head, and above a raised hand, to the middle of the thighs, or to a hand a little below.

    Both arms where they fit, and where a slightly larger part of the photo makes them fit; else one of them.
    """
    top = _above(joints)
    bottom = _below(joints, top)
    if not joints.upright or bottom > joints.photo.height:
        return None
    for bucket in sorted(BUCKETS, key=lambda bucket: bucket.height):  # the widest first
        if width_at(bottom - top, bucket) <= joints.photo.width:
            cuts = (_half_body(joints, top, bottom, bucket, arms) for arms in (ARMS, *ONE_ARM, ()))
            return next((cut for cut in cuts if cut), None)
    return None


def portrait(joints: Joints) -> CutOut | None:
    """Head and shoulders, in a square."""
    shown = _span(joints, SHOULDERS)
    side = round(max(PORTRAIT_HEADS * joints.head, shown.within(SQUARE_ROOM)))
    top = max(floor(joints.crown - PORTRAIT_AIR * joints.head), 0)
    too_small = side < LEAST_PORTRAIT
    if too_small or side > joints.photo.width or top + side > joints.photo.height or not joints.upright:
        return None
    left = shown.start(side, joints.photo.width)
    return cut_out(PixelBox(left, top, left + side, top + side), LARGEST_PORTRAIT)


def _half_body(joints: Joints, top: int, bottom: int, bucket: ImageSize, arms: Iterable[int]) -> CutOut | None:
    """With the trunk and these arms inside what the trainer's crop leaves; None where they do not fit."""
    shown, photo = _span(joints, (*SHOULDERS, *HIPS, *arms)), joints.photo
    least = bottom - top
    height = max(ceil(shown.within(room_at(least, bucket).across) * bucket.height / bucket.width), least)
    lower = min(max(_lowest(joints) - bottom, 0), height - least)  # first down the thighs, then above the head
    height = min(height, least + lower + top)
    width = width_at(height, bucket)
    if height > MOST_GROWTH * least or width > photo.width:
        return None
    bottom += lower
    left = shown.start(width, photo.width)
    placed = PixelBox(left, bottom - height, left + width, bottom)
    if _holds(placed, shown, photo, room_at(height, bucket).across) and placed.area >= LEAST_HALF_BODY:
        return cut_out(placed, bucket)
    return None


def _holds(region: PixelBox, shown: _Span, photo: ImageSize, room: int) -> bool:
    """With the room that the trainer's crop may take; where the body reaches the photo's edge there is none to have."""
    kept = room * region.width / 1000
    at_left = region.left == 0 and shown.first < kept
    at_right = region.right == photo.width and shown.last > photo.width - kept
    return (at_left or region.left + kept <= shown.first) and (at_right or shown.last <= region.right - kept)


def _above(joints: Joints) -> int:
    hands = min(joints.points[number].y for number in HANDS) - FINGERS * joints.head
    return max(floor(min(joints.crown, hands) - HALF_BODY_AIR * joints.head), 0)


def _below(joints: Joints, top: int) -> int:
    hips, knees = joints.between(HIPS), joints.between(KNEES)
    thigh = ceil(max((hips.y + knees.y) / 2, hips.y))  # when squatting, the knees are above the hips
    fingers = (max(joints.points[number].y for number in hand) + FINGERS * joints.head for hand in ONE_HAND)
    with_room = (ceil(top + (it - top) * 1000 / (1000 - SMALL.down)) for it in fingers)
    deepest = min(hips.y + THIGHS * joints.head, joints.photo.height)
    return max([thigh, *(it for it in with_room if it <= deepest)])


def _lowest(joints: Joints) -> int:
    """How far down the thighs a half body may reach: not beyond the knees, nor the photo."""
    hips, knees = joints.between(HIPS), joints.between(KNEES)
    return floor(min(knees.y, hips.y + THIGHS * joints.head, joints.photo.height))


def _span(joints: Joints, numbers: Iterable[int]) -> _Span:
    """Of the head and these points with what is around them, as far as it is in the photo."""
    head, middle = joints.head, joints.between(EARS).x
    across = [(middle, 2 * OUTLINE * head)]
    across += [(joints.points[it].x, (FINGERS if it in HANDS else OUTLINE) * head) for it in numbers]
    first, last = min(x - around for x, around in across), max(x + around for x, around in across)
    return _Span(max(first, 0), min(last, joints.photo.width))
