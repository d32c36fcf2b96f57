"""One photo, looked at once: each network runs once, and every rule reads what it saw."""

from collections.abc import Iterable

import numpy as np
from PIL import Image

from croquis.domain.photos.body_findings import BodyCode, body_finding
from croquis.domain.photos.photo import Finding, Severity
from croquis_pictures import Photo
from croquis_vision.exposure import exposure_finding, exposure_of
from croquis_vision.facing import view_of
from croquis_vision.features import features_of
from croquis_vision.framing import framing_advice, framing_finding, framing_of
from croquis_vision.landmarks import Landmarks, main_person
from croquis_vision.networks import networks
from croquis_vision.people import crowd_finding, people_in
from croquis_vision.person_box import judged_greys, person_box
from croquis_vision.person_detector import persons_in
from croquis_vision.posture import pose_of
from croquis_vision.report import PhotoReport
from croquis_vision.sharpness import blur_of, sharpness_finding
from croquis_vision.thresholds import THRESHOLDS, Thresholds

WORKING_LONG_SIDE = 1_280  # enough for the landmarks, which see 256 pixels of it, and to judge sharpness at 1,024
SMALL_LONG_SIDE = 448  # twice what the detectors see, and enough for colours


def check_photo(photo: Photo, t: Thresholds = THRESHOLDS) -> PhotoReport:
    """Is it one whole person, upright, sharp? The same photo gives the same report; raises only WeightsMissing."""
    nets = networks()
    image = _shrunk(photo.image, WORKING_LONG_SIDE)
    small, grey = _shrunk(image, SMALL_LONG_SIDE), image.convert("L")
    bodies = persons_in(nets.person, small)
    person = main_person(nets.landmarks, image, bodies.above(t.person_score), t.landmark_score)
    size_findings = _size_findings(photo, t)
    if person is None:
        return PhotoReport((body_finding(BodyCode.NO_PERSON), *size_findings))
    people = people_in(bodies, nets.face, small, t)
    return _report(grey, small, person, people, size_findings, t)


def _report(
    grey: Image.Image, small: Image.Image, person: Landmarks, people: int, size_findings: list[Finding], t: Thresholds
) -> PhotoReport:
    box, view = person_box(person, grey.size), view_of(person, t)
    greys, pose = judged_greys(grey, box), pose_of(person, view, grey.size)
    framing, blur, exposure = framing_of(person, grey.size), blur_of(greys), exposure_of(greys, t)
    wrong = crowd_finding(people) or framing_finding(framing, t)
    found = [
        *([wrong] if wrong else framing_advice(framing, t)),
        sharpness_finding(blur, t),
        exposure_finding(exposure, t) if exposure else None,
        *size_findings,
    ]
    return PhotoReport(
        findings=_blocking_first(found),
        features=features_of(small, person.scaled(np.divide(small.size, grey.size)), box, view, pose),
        people=people,
        pose=pose,
        body_height=round(framing.size, 4),
        sharpness=round(blur, 4),
        exposure=exposure,
    )


def _shrunk(image: Image.Image, long_side: int) -> Image.Image:
    """By a whole number, which takes a fifth of the time of any other; at least `long_side` is left."""
    factor = max(image.size) // long_side
    return image.reduce(factor) if factor > 1 else image


def _size_findings(photo: Photo, t: Thresholds) -> list[Finding]:
    short = min(photo.width, photo.height)
    if short >= t.short_side_advised:
        return []
    return [body_finding(BodyCode.SMALL_PHOTO, measured=short, threshold=t.short_side_advised)]


def _blocking_first(found: Iterable[Finding | None]) -> tuple[Finding, ...]:
    findings = [finding for finding in found if finding]
    return tuple(sorted(findings, key=lambda finding: finding.severity is not Severity.BLOCKING))
