"""How like its person is what was made? The previews of a run are judged together, every other picture by itself."""

import logging
from collections.abc import Callable

from croquis.domain.ids import ImageId, JobId
from croquis.domain.images.checks import Graded, Seen, checks_of, not_copied, report_on
from croquis.domain.images.exam import FacesMeasured, FacesToMeasure, NotMeasured
from croquis.domain.images.image import Image
from croquis.domain.photos.accepted_photo import accepted_of
from croquis.errors import Unavailable
from croquis.ports import Croquis
from croquis.ports.exams import PreviewsToGrade
from croquis.usecases.images import IMAGES, MAX_IMAGE_BYTES

Look = Callable[[bytes], Seen]

log = logging.getLogger(__name__)


def grade(croquis: Croquis, job_id: JobId, run: int, look: Look) -> None:
    """Judge a run's saved previews and write its exam; entered again, the first exam stays."""
    found = croquis.store.exams.previews_to_grade(job_id, run)
    if found.graded:
        return
    photos = [it.seen for it in accepted_of(found.photos)]
    faces, no_face = _faces_of(croquis, found)
    judged = faces.judgements if faces else (None,) * len(found.images)
    graded: dict[ImageId, Graded] = {}
    for image, face in zip(found.images, judged, strict=True):
        seen = _seen(croquis, image, look)
        checks = checks_of(seen, image.framing, face, not_copied(seen.features, photos))
        graded[image.id] = Graded(checks, image.framing, seen.features)
    report = report_on(list(graded.values()), photos, no_face=no_face, sandbox=croquis.sandbox)
    checked = {image: it.checks for image, it in graded.items()}
    croquis.store.exams.record_exam(job_id, run, report, checked, faces.reference if faces else None)


def check(croquis: Croquis, image_id: ImageId, look: Look) -> None:
    """Judge one saved picture, once; one that is gone is left alone. The look-book that ordered it may then go on."""
    found = croquis.store.exams.image_to_check(image_id)
    if found is None or found.image.path is None:
        return
    if not found.image.checks:
        seen, face = _seen(croquis, found.image, look), None
        if found.reference:
            asked = FacesToMeasure(pictures=(found.image.path,), reference=found.reference)
            measured = _measured(croquis, asked)
            face = measured.judgements[0] if measured else None
        croquis.store.exams.record_checks(image_id, checks_of(seen, found.image.framing, face, None))
    if found.look_book:
        croquis.queue.fill_look_book(found.look_book)


def _seen(croquis: Croquis, image: Image, look: Look) -> Seen:
    return look(croquis.files.read(IMAGES, image.path or "", limit=MAX_IMAGE_BYTES))


def _faces_of(croquis: Croquis, found: PreviewsToGrade) -> tuple[FacesMeasured | None, NotMeasured | None]:
    """What was measured, or why nothing was."""
    if not found.faces_agreed:
        return None, NotMeasured.NO_CONSENT
    pictures = tuple(it.path for it in found.images if it.path)
    photos = () if found.reference else tuple(it.clean_path for it in accepted_of(found.photos))
    measured = _measured(croquis, FacesToMeasure(pictures=pictures, photos=photos, reference=found.reference))
    if measured is None:
        return None, NotMeasured.BROKEN
    return (measured, None) if measured.reference else (None, NotMeasured.NO_REFERENCE)


def _measured(croquis: Croquis, asked: FacesToMeasure) -> FacesMeasured | None:
    """None when it broke off: what else was found is worth telling without it."""
    try:
        return croquis.faces.measure(asked)
    except Unavailable as error:
        log.error("faces were not measured", extra={"reason": str(error)})
        return None
