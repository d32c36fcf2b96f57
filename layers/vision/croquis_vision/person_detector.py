"""BlazePose's detector: where in the picture people are, and which way up."""

import numpy as np
from PIL import Image

from croquis_vision.detections import Candidates, Detection, Detector
from croquis_vision.networks import Floats, Network

# of its four points the first is the middle of the hips, and the second lies on a circle around the whole body
PERSON = Detector(side=224, grids=((8, 2), (16, 2), (32, 6)), points=4)
MARGIN = 1.3  # side of the square for a second look, in long sides of the picture


def persons_in(network: Network, image: Image.Image) -> Candidates:
    """What may be a person; good at large ones, blind to small ones and to who stands behind another."""
    return PERSON.look(network, image)


def persons_from_afar(network: Network, image: Image.Image, score: float) -> list[Detection]:
    """With a margin around the picture: a veil, long hair or a coat from edge to edge is taken for a person only so."""
    side = round(MARGIN * max(image.size))
    corner = ((side - image.width) // 2, (side - image.height) // 2)
    framed = Image.new("RGB", (side, side))
    framed.paste(image, corner)
    found = PERSON.look(network, framed).above(score)
    return [it._replace(points=_within(it.points * side, corner, image.size)) for it in found]


def _within(points: Floats, corner: tuple[int, int], size: tuple[int, int]) -> Floats:
    return (points - np.array(corner, np.float32)) / np.array(size, np.float32)
