"""The picture of the whole body: in one of the trainer's buckets, with so much room that its crop takes background."""

from math import ceil, floor
from typing import NamedTuple

from croquis.domain.dataset.cut_outs import BUCKETS, CutOut, PixelBox, cut_out, height_at, width_at
from croquis.domain.images.image import TALLER, ImageSize
from croquis.domain.photos.accepted_photo import AcceptedPhoto

# Thousandths of the picture's side, on each of its edges. The trainer crops the middle in one of two ways: it scales a
# list of buckets to the resolution and floors them to multiples of 64, or, in newer versions, takes the multiples of 32
# whose area is nearest, and enlarges to them. At 512, 768 and 1024 they take up to 38 of an exact bucket from the left
# and from the right, 24 from above and below, and 57 of a smaller picture; 63 where the narrowest shape is less than
# 600 pixels high.
MARGIN, DOWN, SMALL_MARGIN, LOW = 38, 25, 57, 600
INEXACT = 5  # hundredths of padding that an exact bucket is worth
AIR = 60  # of a natural picture: the body fills 88 % of its height, no more, as long as the photo has the pixels

SOLES = 0.04  # of the body box's height below it: seen from the side, shoes were found to reach that far
CENTRED = 0.05  # of the picture's width beside its middle


class Room(NamedTuple):
    """Kept left and right, and above and below; in thousandths of the side."""

    across: int
    down: int


EXACT, SMALL, NATURAL = Room(MARGIN, DOWN), Room(SMALL_MARGIN, SMALL_MARGIN), Room(AIR, AIR)


class _Extent(NamedTuple):
    """The photo and the body along one axis."""

    photo: int
    first: int
    last: int

    def least(self, room: int) -> int:
        """The shortest side that holds the body with so much room on both edges."""
        return -(-(self.last - self.first + 2) * 1000 // (1000 - 2 * room))  # 2: each room is rounded up to a pixel

    def unpadded(self, room: int) -> int:
        """The longest side within the photo for which the photo has the room."""
        return min(self.photo, self.first * 1000 // room, (self.photo - self.last) * 1000 // room)

    def start(self, side: int, room: int) -> int:
        """Where a side of this length begins: around the body, in the photo if it can, with the room in any case."""
        centred = (self.first + self.last - side) // 2
        beyond = self.photo - side
        in_photo = min(max(centred, min(0, beyond)), max(0, beyond))
        kept = -(-side * room // 1000)
        return min(max(in_photo, self.last + kept - side), self.first - kept)


class _Figure(NamedTuple):
    """The same along both axes: heights of a region of the bucket's shape."""

    across: _Extent
    down: _Extent

    def least(self, bucket: ImageSize, room: Room) -> int:
        wide = -(-self.across.least(room.across) * bucket.height // bucket.width)
        return max(self.down.least(room.down), wide)

    def unpadded(self, bucket: ImageSize, room: Room) -> int:
        return min(self.down.unpadded(room.down), height_at(self.across.unpadded(room.across), bucket))

    def as_photo(self, bucket: ImageSize) -> int:
        """As large as the photo; the margin may reach outside."""
        return min(self.down.photo, height_at(self.across.photo, bucket))


def room_at(height: int, bucket: ImageSize) -> Room:
    """What the trainer's crop may take of a region of the bucket's shape with so many pixels of height."""
    return EXACT if height >= bucket.height else SMALL


def full_figure_of(photo: AcceptedPhoto) -> CutOut:
    """The same for a photo that was looked at."""
    return full_figure(ImageSize(photo.width, photo.height), _body(photo))


def is_centred(photo: AcceptedPhoto) -> bool:
    """Whether somebody was made out, and stands in the middle of the picture from left to right."""
    body, region = _body(photo), full_figure_of(photo).region
    off = abs(body.left + body.right - region.left - region.right) / 2
    return photo.seen.body is not None and off <= CENTRED * region.width


def full_figure(photo: ImageSize, body: PixelBox) -> CutOut:
    """The body as large as it may be in the best of the three shapes; padded only where the photo ends."""
    figure = _Figure(_Extent(photo.width, body.left, body.right), _Extent(photo.height, body.top, body.bottom))
    shapes = BUCKETS if photo.height >= LOW else [bucket for bucket in BUCKETS if bucket != TALLER]
    return max((_in_bucket(figure, bucket) for bucket in shapes), key=lambda cut: _rank(cut, photo))


def _body(photo: AcceptedPhoto) -> PixelBox:
    """Around the person; where nobody was made out, anything in the photo may be the person's."""
    if photo.seen.body is None:
        return PixelBox(0, 0, photo.width, photo.height)
    left, top, right, bottom = photo.seen.body
    bottom += SOLES * (bottom - top)
    box = PixelBox(
        floor(left * photo.width), floor(top * photo.height), ceil(right * photo.width), ceil(bottom * photo.height)
    )
    return box.within(ImageSize(photo.width, photo.height))


def _rank(cut: CutOut, photo: ImageSize) -> tuple[bool, int, float, int]:
    """No padding, or little of it and an exact bucket, then a large body, then many pixels."""
    padded = -(-100 * (cut.region.area - cut.region.within(photo).area) // cut.region.area)
    marred = padded + (0 if cut.size in BUCKETS else INEXACT)
    return padded == 0, -marred, cut.size.width / cut.region.width, cut.region.area


def _in_bucket(figure: _Figure, bucket: ImageSize) -> CutOut:
    height = _height(figure, bucket)
    width = width_at(height, bucket)
    room = room_at(height, bucket)
    left, top = figure.across.start(width, room.across), figure.down.start(height, room.down)
    return cut_out(PixelBox(left, top, left + width, top + height), bucket)


def _height(figure: _Figure, bucket: ImageSize) -> int:
    """Of the region: natural, but not under the bucket's own pixels, and less than both where the photo ends."""
    natural = max(figure.least(bucket, NATURAL), bucket.height)
    tight, small = figure.least(bucket, EXACT), figure.least(bucket, SMALL)
    for largest in (figure.unpadded(bucket, EXACT), figure.as_photo(bucket)):
        if (height := min(natural, largest)) >= max(tight, bucket.height):
            return height
    if tight >= bucket.height:
        return tight
    return min(max(small, figure.as_photo(bucket)), bucket.height)  # at the bucket's own height its margin is enough
