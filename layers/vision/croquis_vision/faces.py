"""BlazeFace, full range: where in the picture faces are, also small ones. It tells nobody from anybody."""

from typing import NamedTuple

import numpy as np
from PIL import Image

from croquis_vision.detections import Candidates, Detector
from croquis_vision.landmarks import HIPS, NOSE, SHOULDERS, Landmarks
from croquis_vision.networks import Floats, Network
from croquis_vision.thresholds import THRESHOLDS, Thresholds

FACE = Detector(side=192, grids=((4, 1),), points=6)
NOSE_OF_FACE = 2
LEAST_SCORE = 0.1
HEAD = 4.0  # side of the square around a head, in distances from the nose to the shoulders
LEAST_HEAD = 0.3  # of the torso: the least that this distance is, where the nose was guessed too low
MIDDLE = 0.3  # of that square: a face that is farther from its middle is not the head's


class Face(NamedTuple):
    """A face beside the main person's body: lengths in body heights."""

    score: float
    from_nose: float
    height: float


def faces_in(network: Network, image: Image.Image) -> Candidates:
    """What may be a face."""
    return FACE.look(network, image)


def faces_around(faces: Candidates, person: Landmarks, size: tuple[int, int]) -> list[Face]:
    """The faces as they lie to the main person, who has this many pixels of the picture."""
    height = max(float(np.ptp(person.points, axis=0).max()), 1.0)
    return [
        Face(
            score,
            from_nose=_length(points[NOSE_OF_FACE] * size - person.points[NOSE]) / height,
            height=float(np.ptp(points[:, 1]) * size[1]) / height,
        )
        for score, points in faces.above(LEAST_SCORE)
    ]


def own_face(faces: list[Face], t: Thresholds = THRESHOLDS) -> float:
    """The score of the main person's face."""
    return max((face.score for face in faces if face.from_nose < t.face_apart), default=0.0)


def other_faces(faces: list[Face], score: float, t: Thresholds = THRESHOLDS) -> int:
    """How many faces of at least this score others have; a far crowd is left out."""
    return sum(
        face.score >= score and face.from_nose >= t.face_apart and face.height >= t.face_height for face in faces
    )


def face_close_up(network: Network, image: Image.Image, person: Landmarks) -> float:
    """The score of the face in the middle of the head's surroundings: a small or tilted face is found only there."""
    middle, shoulders = person.points[NOSE], person.between(SHOULDERS)
    neck, torso = _length(middle - shoulders), _length(shoulders - person.between(HIPS))
    side = HEAD * max(neck, LEAST_HEAD * torso, 1.0) / 2
    box = np.concatenate([middle - side, middle + side]).astype(int)
    faces = FACE.look(network, image.crop(tuple(box.tolist()))).above(LEAST_SCORE)
    near = (face.score for face in faces if _length(face.points[NOSE_OF_FACE] - 0.5) < MIDDLE)
    return max(near, default=0.0)


def _length(line: Floats) -> float:
    return float(np.hypot(*line))
