"""BlazePose's detector: where in the picture people are, and which way up."""

from PIL import Image

from croquis_vision.detections import Candidates, Detector
from croquis_vision.networks import Network

# of its four points the first is the middle of the hips, and the second lies on a circle around the whole body
PERSON = Detector(side=224, grids=((8, 2), (16, 2), (32, 6)), points=4)


def persons_in(network: Network, image: Image.Image) -> Candidates:
    """What may be a person; good at large ones, blind to small ones and to who stands behind another."""
    return PERSON.look(network, image)
