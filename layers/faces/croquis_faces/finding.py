"""YuNet: the faces of a picture with their five points, and a second, nearer look at the small ones."""

from collections.abc import Iterator, Mapping

import numpy as np
from PIL import Image

from croquis_faces.geometry import Face, Floats
from croquis_faces.networks import Network

SQUARE = 640
STRIDES = (8, 16, 32)
SURE = 0.7
SAME_FACE = 0.3  # intersection over union
NEAR = 160  # pixels of the square: a face that is smaller there is looked at again, enlarged
MARGIN = 2.0  # side of that crop, in sides of the face
HEAD = 0.45  # share of an upright picture's height in which the head of a whole figure lies
LOOKED_AT = 4


def find_faces(finder: Network, image: Image.Image) -> list[Face]:
    """The faces, largest first, in pixels of the picture; where none is seen, the upper part is looked at enlarged."""
    found = _look(finder, image, (0, 0, *image.size))
    if not found and image.height > image.width:
        found = _look(finder, image, (0, 0, image.width, round(image.height * HEAD)))
    largest = sorted(found, key=lambda face: -face.side)
    return [_nearer(finder, image, face) for face in largest[:LOOKED_AT]] + largest[LOOKED_AT:]


def _nearer(finder: Network, image: Image.Image, face: Face) -> Face:
    """The same face with better points: of a small one the first look sees a dozen pixels."""
    if face.side * SQUARE / max(image.size) >= NEAR:
        return face
    centre, half = face.box.reshape(2, 2).mean(axis=0), face.side * MARGIN / 2
    corner = np.floor(centre - half).astype(int)
    region = (*corner.tolist(), *(corner + round(2 * half)).tolist())
    seen = [it for it in _look(finder, image, region) if _overlap(it.box, face.box[np.newaxis])[0] > SAME_FACE]
    return max(seen, key=lambda it: it.score, default=face)


def _look(finder: Network, image: Image.Image, region: tuple[int, int, int, int]) -> list[Face]:
    """The faces within this rectangle, which may reach beyond the picture."""
    left, top, right, bottom = region
    scale = max(right - left, bottom - top) / SQUARE
    size = (max(1, round((right - left) / scale)), max(1, round((bottom - top) / scale)))
    square = Image.new("RGB", (SQUARE, SQUARE))
    square.paste(image.crop(region).resize(size, Image.Resampling.BILINEAR, reducing_gap=3.0))
    outputs = finder(np.asarray(square, np.float32)[:, :, ::-1])  # it was trained on BGR
    candidates = [face for stride in STRIDES for face in _decoded(outputs, stride)]
    return [face.moved(scale, np.array([left, top], np.float64)) for face in _best(candidates)]


def _decoded(outputs: Mapping[str, Floats], stride: int) -> Iterator[Face]:
    scores = np.sqrt(np.clip(outputs[f"cls_{stride}"][:, 0] * outputs[f"obj_{stride}"][:, 0], 0, 1))
    for index in np.flatnonzero(scores >= SURE):
        cell = np.array([index % (SQUARE // stride), index // (SQUARE // stride)], np.float64)
        box, points = outputs[f"bbox_{stride}"][index], outputs[f"kps_{stride}"][index].reshape(5, 2)
        centre, half = (box[:2] + cell) * stride, np.exp(box[2:]) * stride / 2
        yield Face(float(scores[index]), np.concatenate([centre - half, centre + half]), (points + cell) * stride)


def _best(candidates: list[Face]) -> Iterator[Face]:
    """Without those that overlap a better one."""
    left = sorted(candidates, key=lambda face: -face.score)
    while left:
        best, *left = left
        yield best
        left = [face for face in left if _overlap(best.box, face.box[np.newaxis])[0] <= SAME_FACE]


def _overlap(box: Floats, others: Floats) -> Floats:
    shared = np.minimum(box[2:], others[:, 2:]) - np.maximum(box[:2], others[:, :2])
    intersection = np.clip(shared, 0, None).prod(axis=1)
    areas = (others[:, 2:] - others[:, :2]).prod(axis=1)
    return intersection / ((box[2:] - box[:2]).prod() + areas - intersection)
