"""Where the main person is, pixel by pixel, as the landmark network outlines them in its upright cut-out."""

from dataclasses import dataclass, field, replace

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageFilter

from croquis_vision.networks import Floats, Pixels

Mask = npt.NDArray[np.bool_]

AROUND = 2  # pixels of the cut-out: a point on the rim of a shoe is on the body
ROOM = 5  # pixels of the cut-out: what is left of hair, hands and shadow around a removed body looks like somebody
STEP = 12  # levels
COARSE = 8  # what is behind a person is guessed at an eighth of the picture's size
EVERY = 2  # pixels of the cut-out, in both directions


def _nobody() -> Mask:
    return np.zeros((1, 1), np.bool_)


def _nothing() -> Pixels:
    return np.zeros((1, 1, 3), np.uint8)


def _upright() -> Floats:
    return np.eye(2, 3, dtype=np.float32)


@dataclass(frozen=True)
class Outline:
    """Which pixels of the upright cut-out are the body, and where the cut-out lies in the picture."""

    body: Mask = field(default_factory=_nobody)
    pixels: Pixels = field(default_factory=_nothing)
    turn: Floats = field(default_factory=_upright)  # 2 x 3: from pixels of the cut-out to pixels of the picture

    def scaled(self, scale: Floats) -> "Outline":
        """The same in a copy of the picture whose width and height are multiplied by this."""
        return replace(self, turn=self.turn * np.asarray(scale)[:, np.newaxis])

    def shares_at(self, points: Floats) -> list[float]:
        """How much around each of these points of the picture is the body, 0 to 1."""
        x, y = np.floor(self.in_cut_out(points)).astype(np.intp).T
        windows = [self.body[_around(row), _around(column)] for row, column in zip(y, x, strict=True)]
        return [float(window.mean()) if window.size else 0.0 for window in windows]

    @property
    def greys(self) -> Pixels:
        """How bright the body's pixels are, in a row."""
        return np.asarray(Image.fromarray(self.pixels).convert("L"))[self.body]

    def points_inside(self, size: tuple[int, int]) -> Floats:
        """The body's pixels that lie in a picture of this size, as n points of it: one of every few."""
        rows, columns = np.nonzero(self.body[::EVERY, ::EVERY])
        points = EVERY * np.column_stack([columns, rows]) @ self.turn[:, :2].T + self.turn[:, 2]
        return points[((points >= 0) & (points < size)).all(axis=1)]

    def removed_from(self, picture: Image.Image, least: float) -> Image.Image | None:
        """The picture with what is around the body smeared over it.

        None where that leaves nothing that is `least` pixels high and stands out: a wall, a sky.
        """
        mask = self._mask(picture.size)
        holed = picture.copy()
        holed.paste(0, (0, 0), mask)
        known = 1 - np.asarray(mask.reduce(COARSE), np.float32) / 255
        coarse = np.asarray(holed.reduce(COARSE), np.float32)
        if _steps(coarse, known >= 1) < least / COARSE:
            return None
        # black was mixed into the colours in the measure in which the body covers them
        colours = coarse / np.maximum(known, 1e-3)[..., np.newaxis]
        behind = Image.fromarray(np.clip(_smeared(colours, known), 0, 255).astype(np.uint8))
        holed.paste(behind.resize(picture.size, Image.Resampling.BILINEAR), (0, 0), mask)
        return holed

    def _mask(self, size: tuple[int, int]) -> Image.Image:
        grown = Image.fromarray(self.body.astype(np.uint8) * 255).filter(ImageFilter.BoxBlur(ROOM))
        solid = grown.point([0] + [255] * 255)
        return solid.transform(size, Image.Transform.AFFINE, tuple(self._back[:2].ravel()))

    @property
    def _back(self) -> Floats:
        return np.linalg.inv(np.vstack([self.turn, (0, 0, 1)]))

    def in_cut_out(self, points: Floats) -> Floats:
        """Where these points of the picture lie in the cut-out."""
        back = self._back
        return points @ back[:2, :2].T + back[:2, 2]


def _around(pixel: int) -> slice:
    return slice(max(0, pixel - AROUND), max(0, pixel + AROUND + 1))


def _steps(colours: Floats, known: Mask) -> int:
    """How often neighbours in a row differ: whoever stands or sits has two sides, a floor and a shadow have none."""
    differ = np.abs(np.diff(colours, axis=1)).max(axis=2) > STEP
    return int(np.count_nonzero(differ & known[:, 1:] & known[:, :-1]))


def _smeared(colours: Floats, known: Floats) -> Floats:
    """Unknown pixels from ever coarser copies: the nearer a known one is, the more it counts."""
    height, width = known.shape
    if known.min() >= 1 or max(height, width) == 1:
        return colours
    weighted = np.concatenate([colours * known[..., np.newaxis], known[..., np.newaxis]], axis=2)
    padded = np.pad(weighted, ((0, height % 2), (0, width % 2), (0, 0)))
    sums = padded.reshape(padded.shape[0] // 2, 2, padded.shape[1] // 2, 2, 4).sum(axis=(1, 3))
    weight = sums[..., 3:]
    coarser = _smeared(sums[..., :3] / np.maximum(weight, 1e-6), np.minimum(weight[..., 0], 1))
    guess = coarser.repeat(2, axis=0).repeat(2, axis=1)[:height, :width]
    share = known[..., np.newaxis]
    return colours * share + guess * (1 - share)
