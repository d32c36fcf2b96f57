"""The second looks: each is taken only where the first one left open what the photo is judged by."""

from dataclasses import dataclass, replace

import numpy as np
from PIL import Image

from croquis.domain.photos.body_findings import BodyCode, body_finding
from croquis.domain.photos.photo import CameraView, Finding
from croquis_vision.faces import face_close_up
from croquis_vision.framing import Framing, framing_finding, framing_of
from croquis_vision.landmarks import FEET, Landmarks, presence_in_mirror
from croquis_vision.networks import Networks
from croquis_vision.people import crowd_finding, hidden_people
from croquis_vision.thresholds import THRESHOLDS, Thresholds

FACING = (CameraView.FRONT, CameraView.THREE_QUARTER)


@dataclass(frozen=True)
class Sight:
    """What one look at a photo showed; the main person in pixels of `image`."""

    image: Image.Image
    small: Image.Image
    person: Landmarks
    view: CameraView
    people: int
    more_hinted: bool  # a weak sign of somebody else
    face: float  # the score of the main person's own

    @property
    def person_in_small(self) -> Landmarks:
        """The main person in pixels of `small`."""
        return self.person.scaled(np.divide(self.small.size, self.image.size))


@dataclass(frozen=True)
class Verdict:
    """What came out of all looks: the first thing that is wrong, if any."""

    wrong: Finding | None
    framing: Framing
    people: int


def look_closer(nets: Networks, sight: Sight, t: Thresholds = THRESHOLDS) -> Verdict:
    """Judge the photo; a network runs again only where the photo may still pass, or somebody else be in it."""
    framing, people = framing_of(sight.person, sight.image.size), sight.people
    if crowd := crowd_finding(people):
        return Verdict(crowd, framing, people)
    framing = _with_feet_in_mirror(nets, sight, framing, t)
    wrong = framing_finding(framing, t)
    if not wrong or sight.more_hinted:
        people += hidden_people(nets, sight.small, sight.person_in_small, t)
        wrong = crowd_finding(people) or wrong
    wrong = wrong or _head_finding(nets, sight, framing, t)
    return Verdict(wrong, framing, people)


def _with_feet_in_mirror(nets: Networks, sight: Sight, framing: Framing, t: Thresholds) -> Framing:
    """A score of the feet that coding noise alone could move over the threshold becomes the mean of two."""
    low, high = t.feet_doubted
    if not low <= framing.feet_presence < high or framing_finding(replace(framing, feet_presence=1.0), t):
        return framing
    mirrored = float(presence_in_mirror(nets.landmarks, sight.person)[list(FEET)].min())
    return replace(framing, feet_presence=(framing.feet_presence + mirrored) / 2)


def _head_finding(nets: Networks, sight: Sight, framing: Framing, t: Thresholds) -> Finding | None:
    """Whoever faces the camera has a face; of the others the head must stand out above the shoulders."""
    if sight.view not in FACING:
        shown, needed = framing.head_above_shoulders, t.head_above_shoulders
    else:
        shown, needed = sight.face, t.face_shown
        if shown < needed:
            shown = max(shown, face_close_up(nets.face, sight.image, sight.person))
    return body_finding(BodyCode.HEAD_CUT, measured=shown, threshold=needed) if shown < needed else None
