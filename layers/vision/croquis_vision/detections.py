"""What the two detectors have in common: a square picture in, scored boxes with a few points out.

Both are single-shot detectors: at every anchor of a grid they guess a score and, relative to it, a box and points.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

import numpy as np
from PIL import Image

from croquis_vision.networks import Floats, Network

SAME_OBJECT = 0.3  # intersection over union
LEAST_SCORE = 0.1  # of some two thousand guesses, those below are of no use at any threshold


class Detection(NamedTuple):
    """One found thing; its n x 2 points are shares of the picture's width and height."""

    score: float
    points: Floats

    def size(self, picture: tuple[int, int]) -> float:
        """Pixels between its first two points: of a body from the hips to a circle around it, whatever is cut off."""
        return float(np.hypot(*((self.points[1] - self.points[0]) * picture)))


@dataclass(frozen=True)
class Candidates:
    """Everything the network guessed that may be something; the same answer can be cut at several thresholds."""

    scores: Floats
    boxes: Floats  # left, top, right, bottom as shares of the square: only compared with each other
    points: Floats

    def above(self, score: float) -> list[Detection]:
        """The detections of at least this score, best first."""
        kept = self.scores >= score
        return list(_merged(self.scores[kept], self.boxes[kept], self.points[kept]))


@dataclass(frozen=True)
class Detector:
    """How one detector is built: the side of its square, (stride, anchors per cell) of its grids, its points."""

    side: int
    grids: tuple[tuple[int, int], ...]
    points: int

    @cached_property
    def anchors(self) -> Floats:
        return np.concatenate([_grid(self.side // stride, per_cell) for stride, per_cell in self.grids])

    def look(self, network: Network, image: Image.Image) -> Candidates:
        """Run the network once over the whole picture."""
        square, offset, scale = _squared(image, self.side)
        outputs = network(square)
        scores = logistic(outputs["Identity_1"][:, 0])
        kept = np.flatnonzero(scores >= LEAST_SCORE)
        guesses, anchors = outputs["Identity"][kept] / self.side, self.anchors[kept]
        centres, half = guesses[:, :2] + anchors, guesses[:, 2:4] / 2
        points = guesses[:, 4 : 4 + 2 * self.points].reshape(-1, self.points, 2) + anchors[:, np.newaxis]
        boxes = np.concatenate([centres - half, centres + half], axis=1)
        return Candidates(scores[kept], boxes, (points - offset) * scale)


def logistic(values: Floats) -> Floats:
    """From a network's number to a score between 0 and 1."""
    return 1 / (1 + np.exp(-np.clip(values, -60, 60)))


def _grid(cells: int, per_cell: int) -> Floats:
    centres = (np.arange(cells, dtype=np.float32) + 0.5) / cells
    columns, rows = np.meshgrid(centres, centres)
    return np.repeat(np.stack([columns.ravel(), rows.ravel()], axis=1), per_cell, axis=0)


def _squared(image: Image.Image, side: int) -> tuple[Floats, Floats, Floats]:
    """The picture, -1 to 1, amid a black square, and the way back: (share of the square - offset) x scale."""
    width, height = (max(1, round(length * side / max(image.size))) for length in image.size)
    left, top = (side - width) // 2, (side - height) // 2
    square = Image.new("RGB", (side, side))
    square.paste(image.resize((width, height), Image.Resampling.BILINEAR, reducing_gap=1.0), (left, top))
    offset = np.array([left, top], np.float32) / side
    scale = np.array([side / width, side / height], np.float32)
    return np.asarray(square, np.float32) / np.float32(127.5) - 1, offset, scale


def _merged(scores: Floats, boxes: Floats, points: Floats) -> Iterator[Detection]:
    """Weighted suppression: overlapping guesses become their mean by score, which is steadier than the best."""
    order = np.argsort(-scores, kind="stable")
    while order.size:
        same = _overlap(boxes[order[0]], boxes[order]) > SAME_OBJECT
        same[0] = True
        group, order = order[same], order[~same]
        weights = scores[group] / scores[group].sum()
        yield Detection(float(scores[group[0]]), np.tensordot(weights, points[group], 1))


def _overlap(box: Floats, others: Floats) -> Floats:
    shared = np.minimum(box[2:], others[:, 2:]) - np.maximum(box[:2], others[:, :2])
    intersection = np.clip(shared, 0, None).prod(axis=1)
    areas = (others[:, 2:] - others[:, :2]).prod(axis=1)
    return intersection / (areas[0] + areas - intersection + np.float32(1e-9))
