"""One photo: each network runs once, every rule reads what it saw, and only what may pass is looked at again."""

from collections.abc import Iterable

from PIL import Image

from croquis.domain.photos.body_findings import BodyCode, body_finding
from croquis.domain.photos.photo import Finding, Severity
from croquis_pictures import Photo
from croquis_vision.exposure import exposure_finding, exposure_of
from croquis_vision.faces import faces_around, faces_in, own_face
from croquis_vision.facing import view_of
from croquis_vision.features import features_of
from croquis_vision.framing import framing_advice
from croquis_vision.landmarks import main_person
from croquis_vision.looking_closer import Sight, Verdict, look_closer
from croquis_vision.networks import networks
from croquis_vision.people import crowd_finding, more_hinted, people_in
from croquis_vision.person_box import judged_greys, person_box
from croquis_vision.person_detector import persons_from_afar, persons_in
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
    small = _shrunk(image, SMALL_LONG_SIDE)
    candidates, size_findings = persons_in(nets.person, small), _size_findings(photo, t)
    bodies = candidates.above(t.person_score)
    found = bodies or persons_from_afar(nets.person, small, t.person_score)
    person = main_person(nets.landmarks, image, found, t.landmark_score)
    if person is None:
        return PhotoReport((body_finding(BodyCode.NO_PERSON), *size_findings))
    crowd = crowd_finding(len(bodies))  # then nobody needs to be told by the face
    faces = [] if crowd else faces_around(faces_in(nets.face, small), person, image.size)
    sight = Sight(
        image,
        small,
        person,
        view=view_of(person, t),
        people=people_in(len(bodies), faces, t),
        more_hinted=more_hinted(candidates, faces, t),
        face=own_face(faces, t),
    )
    return _report(sight, look_closer(nets, sight, t), size_findings, t)


def people_seen(photo: Photo, t: Thresholds = THRESHOLDS) -> int:
    """How many people are made out at first sight; raises only WeightsMissing."""
    small = _shrunk(_shrunk(photo.image, WORKING_LONG_SIDE), SMALL_LONG_SIDE)
    return len(persons_in(networks().person, small).above(t.person_score))


def _report(sight: Sight, verdict: Verdict, size_findings: list[Finding], t: Thresholds) -> PhotoReport:
    image, small, person = sight.image, sight.small, sight.person
    box = person_box(person, image.size)
    blur = blur_of(judged_greys(image.convert("L"), box))
    exposure, pose = exposure_of(person.outline.greys, t), pose_of(person, sight.view, image.size)
    found = [
        *([verdict.wrong] if verdict.wrong else framing_advice(verdict.framing, t)),
        sharpness_finding(blur, t),
        exposure_finding(exposure, t) if exposure else None,
        *size_findings,
    ]
    return PhotoReport(
        findings=_blocking_first(found),
        features=features_of(small, sight.person_in_small, box, sight.view, pose),
        people=verdict.people,
        pose=pose,
        body_height=round(verdict.framing.size, 4),
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
