"""How many people a photo shows: the more of bodies and faces, because each detector misses people the other sees.

The detector of bodies is blind to who stands behind or beside a larger one: with that one taken out of the picture it
is not.
"""

import numpy as np
from PIL import Image

from croquis.domain.photos.body_findings import BodyCode, body_finding
from croquis.domain.photos.photo import Finding
from croquis_vision.detections import Candidates
from croquis_vision.faces import Face, other_faces
from croquis_vision.landmarks import Landmarks, landmarks_of
from croquis_vision.networks import Networks
from croquis_vision.person_detector import persons_in
from croquis_vision.thresholds import THRESHOLDS, Thresholds

LOOKED_AT = 2  # one of them is enough


def people_in(bodies: int, faces: list[Face], t: Thresholds = THRESHOLDS) -> int:
    """The number of people at first sight, the main person included."""
    return max(bodies, 1 + other_faces(faces, t.face_counted, t))


def more_hinted(bodies: Candidates, faces: list[Face], t: Thresholds = THRESHOLDS) -> bool:
    """Is there a weak sign of somebody else? A chair and a rock give one too: it is worth a second look, no more."""
    return len(bodies.above(t.person_hinted)) > 1 or other_faces(faces, t.face_hinted, t) > 0


def hidden_people(nets: Networks, picture: Image.Image, person: Landmarks, t: Thresholds = THRESHOLDS) -> int:
    """At least how many appear once the main person is taken out; far passers-by do not count.

    `picture` need not be larger than what the detector sees; `person` is in its pixels.
    """
    least = t.hidden_person_height * float(np.ptp(person.points[:, 1]))
    without = person.outline.removed_from(picture, least)
    if without is None:
        return 0
    found = persons_in(nets.person, without).above(t.hidden_person_hinted)
    if found and found[0].score >= t.hidden_person_sure:
        return 1
    others = (landmarks_of(nets.landmarks, without, detection) for detection in found[:LOOKED_AT])
    return int(any(it.score > t.hidden_landmark_score and _height(it, picture) >= least for it in others))


def crowd_finding(people: int) -> Finding | None:
    """Blocking when there is anybody beside the main person."""
    if people < 2:
        return None
    return body_finding(BodyCode.SEVERAL_PEOPLE, measured=people, threshold=1)


def _height(person: Landmarks, picture: Image.Image) -> float:
    return float(np.ptp(np.clip(person.points[:, 1], 0, picture.height)))
