"""How many people a photo shows: the more of bodies and faces, because each detector misses people the other sees."""

from PIL import Image

from croquis.domain.photos.body_findings import BodyCode, body_finding
from croquis.domain.photos.photo import Finding
from croquis_vision.detections import Candidates
from croquis_vision.faces import faces_in
from croquis_vision.networks import Network
from croquis_vision.thresholds import THRESHOLDS, Thresholds


def people_in(bodies: Candidates, face: Network, image: Image.Image, t: Thresholds = THRESHOLDS) -> int:
    """The number of people."""
    return max(len(bodies.above(t.person_counted)), len(faces_in(face, image).above(t.face_counted)))


def crowd_finding(people: int) -> Finding | None:
    """Blocking when there is anybody beside the main person."""
    if people < 2:
        return None
    return body_finding(BodyCode.SEVERAL_PEOPLE, measured=people, threshold=1)
