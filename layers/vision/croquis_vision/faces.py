"""BlazeFace, full range: where in the picture faces are, also small ones. It tells nobody from anybody."""

from PIL import Image

from croquis_vision.detections import Candidates, Detector
from croquis_vision.networks import Network

FACE = Detector(side=192, grids=((4, 1),), points=6)


def faces_in(network: Network, image: Image.Image) -> Candidates:
    """What may be a face."""
    return FACE.look(network, image)
