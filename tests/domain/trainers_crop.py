"""What the trainer crops from a picture, by both of its rules: ai-toolkit's until May 2026, and the one since."""

from collections.abc import Callable
from itertools import product
from math import ceil, floor
from typing import NamedTuple

from croquis.domain.dataset.cut_outs import CutOut
from sandbox.replicate.dataset import bucket_counts

RESOLUTIONS = (512, 768, 1_024)
DIVISIBILITY = 32
Size = tuple[int, int]


def of_a_list(size: Size, resolution: int) -> Size:
    """A list of buckets, scaled to the picture's own area at most and rounded down to 64."""
    (bucket,) = bucket_counts([size], resolution)
    return bucket


def nearest(size: Size, resolution: int) -> Size:
    """The multiples of 32 around the picture's own shape that come nearest to its area; it may be enlarged by 6 %."""
    most = resolution * resolution
    area = min(size[0] * size[1], most)
    scale = (area / (size[0] * size[1])) ** 0.5 / DIVISIBILITY
    around = product(*((floor(side * scale) * DIVISIBILITY, ceil(side * scale) * DIVISIBILITY) for side in size))
    # never empty: rounding both sides down fits
    return min(((w, h) for w, h in around if w * h <= most), key=lambda it: abs(it[0] * it[1] - area))


RULES: tuple[Callable[[Size, int], Size], ...] = (of_a_list, nearest)


class Left(NamedTuple):
    """Of a region, in pixels of the photo."""

    left: float
    top: float
    right: float
    bottom: float


def left_by_the_trainer(cut: CutOut) -> Left:
    """What neither rule takes at any resolution."""
    edges = [_cropped(cut, rule((cut.size.width, cut.size.height), it)) for rule in RULES for it in RESOLUTIONS]
    left, top, right, bottom = zip(*edges, strict=True)
    return Left(max(left), max(top), min(right), min(bottom))


def _cropped(cut: CutOut, bucket: Size) -> Left:
    region, (width, height) = cut.region, (cut.size.width, cut.size.height)
    scale = max(bucket[0] / width, bucket[1] / height)
    across = region.width * (1 - bucket[0] / ceil(width * scale - 1e-6)) / 2
    down = region.height * (1 - bucket[1] / ceil(height * scale - 1e-6)) / 2
    return Left(region.left + across, region.top + down, region.right - across, region.bottom - down)
