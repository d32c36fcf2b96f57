"""Parts of a photo that become pictures: in whole pixels, in the trainer's shapes, never enlarged."""

from typing import NamedTuple

from croquis.domain.images.image import TALL, TALLER, ImageSize

# the trainer takes these as they are, up to a few pixels; of every other shape it cuts more off
BUCKETS = (TALL, TALLER, ImageSize(896, 1152))


class PixelBox(NamedTuple):
    """A part of the clean copy in pixels; what lies outside it is padded."""

    left: int
    top: int
    right: int
    bottom: int

    @property
    def width(self) -> int:
        return self.right - self.left

    @property
    def height(self) -> int:
        return self.bottom - self.top

    @property
    def area(self) -> int:
        return self.width * self.height

    def within(self, photo: ImageSize) -> "PixelBox":
        """What of it lies in the photo."""
        return PixelBox(
            max(self.left, 0), max(self.top, 0), min(self.right, photo.width), min(self.bottom, photo.height)
        )


class CutOut(NamedTuple):
    """A part of a photo and the size in which it is drawn."""

    region: PixelBox
    size: ImageSize


def cut_out(region: PixelBox, size: ImageSize) -> CutOut:
    """The region in this size, or in its own where its pixels are fewer; both have the same shape."""
    enough = region.width >= size.width and region.height >= size.height
    return CutOut(region, size if enough else ImageSize(region.width, region.height))


def width_at(height: int, bucket: ImageSize) -> int:
    """The whole pixels of a region of the bucket's shape: at most one less than its shape would give."""
    return height * bucket.width // bucket.height


def height_at(width: int, bucket: ImageSize) -> int:
    """The greatest height at which a region of the bucket's shape is not wider than this."""
    return width * bucket.height // bucket.width
