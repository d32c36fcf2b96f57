"""Where a face lies, in numbers alone: the five points, the way to the square that the recogniser knows, the crop."""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.floating]

SIDE = 112  # pixels of the recogniser's square
# right eye, left eye, tip of the nose, corners of the mouth, as their owner has them: where the recogniser wants them
TEMPLATE = np.array([(38.29, 51.70), (73.53, 51.50), (56.03, 71.74), (41.55, 92.37), (70.73, 92.20)])


class Face(NamedTuple):
    """One found face: its score, its box (left, top, right, bottom) and the five points in TEMPLATE's order; pixels."""

    score: float
    box: Floats
    points: Floats

    @property
    def between_eyes(self) -> float:
        """Pixels between the eyes if this face looked into the camera: how much there is to recognise it by."""
        return _length(TEMPLATE[1] - TEMPLATE[0]) / _length(to_template(self.points)[:, 0])

    @property
    def frontal(self) -> float:
        """About 1 for a face that looks into the camera, 0 for one seen from the side."""
        return _length(self.points[1] - self.points[0]) / self.between_eyes

    @property
    def side(self) -> float:
        """The longer side of the box."""
        return float(np.max(self.box[2:] - self.box[:2]))

    def moved(self, scale: float, offset: Floats) -> "Face":
        """The same face in the picture from which this one was cut: offset + pixels x scale."""
        return Face(self.score, self.box * scale + np.tile(offset, 2), self.points * scale + offset)


def to_template(points: Floats) -> Floats:
    """2 x 3: the turn, the scale and the shift that bring five points nearest to TEMPLATE; never a mirror.

    As complex numbers the points are multiplied by one number and shifted, and least squares has a formula.
    """
    source, target = _complex(points), _complex(TEMPLATE)
    middle, goal = complex(np.mean(source)), complex(np.mean(target))
    turn = complex(np.vdot(source - middle, target - goal)) / complex(np.vdot(source - middle, source - middle))
    shift = goal - turn * middle
    return np.array([(turn.real, -turn.imag, shift.real), (turn.imag, turn.real, shift.imag)])


def inverse(way: Floats) -> Floats:
    """2 x 3: the way back."""
    back = np.linalg.inv(way[:, :2])
    return np.column_stack([back, -back @ way[:, 2]])


def cosine(one: Floats, other: Floats) -> float:
    """1 for the same direction, 0 for nothing in common."""
    return float(one @ other / (_length(one) * _length(other)))


def _complex(points: Floats) -> npt.NDArray[np.complex128]:
    return points[:, 0] + 1j * points[:, 1]


def _length(vector: Floats) -> float:
    return float(np.sqrt(vector @ vector))
