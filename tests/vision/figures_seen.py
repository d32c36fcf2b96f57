"""What the landmark network sees of one picture, with its mask: what the measures of a body are made of."""

from dataclasses import replace
from functools import cache
from pathlib import Path

import numpy as np
from fetch_models import FOLDER
from PIL import Image

from croquis_vision.detections import logistic
from croquis_vision.landmarks import HIPS, SIDE, Landmarks, _region, landmarks_of
from croquis_vision.networks import Floats, Network, networks
from croquis_vision.person_detector import persons_in
from croquis_vision.proportions import UNKNOWN, Proportions, proportions_of


class _Keeping:
    """The landmark network, keeping the mask that it made last."""

    def __init__(self, weights: Path) -> None:
        self._network = Network(weights, ("Identity", "Identity_1", "Identity_2", "Identity_4"))
        self.mask: Floats = np.zeros((SIDE, SIDE))

    def __call__(self, picture: Floats):
        outputs = self._network(picture)
        self.mask = logistic(outputs["Identity_2"][..., 0])
        return outputs


@cache
def _network() -> _Keeping:
    return _Keeping(FOLDER / "pose_landmark_full.tflite")


def seen(image: Image.Image) -> tuple[Landmarks, Floats] | None:
    """The main person in the pixels of the upright cut-out, and the mask."""
    found = persons_in(networks().person, image).above(0.5)
    if not found:
        return None
    person = landmarks_of(_network(), image, found[0])  # type: ignore[arg-type]
    turn = _region(found[0].points * image.size)
    points = (person.points - turn[:, 2]) @ np.linalg.inv(turn[:, :2]).T
    return replace(person, points=points), _network().mask


def measured(image: Image.Image) -> Proportions:
    """Its proportions."""
    found = seen(image)
    return proportions_of(*found) if found else UNKNOWN


def seen_hips(image: Image.Image) -> float:
    """The row of the picture in which the hips lie."""
    found = persons_in(networks().person, image).above(0.5)
    return float(landmarks_of(networks().landmarks, image, found[0]).between(HIPS)[1])
