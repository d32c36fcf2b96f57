"""How well do pictures resemble their person? The previews of a run are judged together, each other picture alone."""

import logging
from collections.abc import Callable

from croquis.domain.ids import ImageId, JobId
from croquis.domain.images.checks import Graded, Seen, checks_of, not_copied, report_on
from croquis.domain.images.exam import FacesMeasured, FacesToMeasure, NotMeasured
from croquis.domain.images.fitting import fitted
from croquis.domain.images.image import Image, ImageKind
from croquis.domain.images.repairs import Sight, judged
from croquis.domain.photos.accepted_photo import accepted_of
from croquis.domain.photos.photo import Severity
from croquis.errors import Unavailable
from croquis.ports import Croquis
from croquis.ports.exams import ImageToCheck, PreviewsToGrade
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
        checks = checks_of(seen, image.framing, face, not_copied(seen.features, photos), image.saved_size)
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
        _judge(croquis, found, look)
    if found.look_book:
        croquis.queue.fill_look_book(found.look_book)


def _judge(croquis: Croquis, found: ImageToCheck, look: Look) -> None:
    seen, before = _seen(croquis, found.image, look), _before(found)
    # a repair's face is held against the one before, too; it itself is the last one
    pictures = tuple(it.path for it in (before if _is_repair(found) else None, found.image) if it and it.path)
    asked = FacesToMeasure(pictures=pictures, reference=found.reference) if found.reference else None
    measured = _measured(croquis, asked) if asked else None
    face = measured.judgements[-1] if measured else None
    checks = checks_of(seen, found.image.framing, face, None, found.image.saved_size)
    seen_before = _seen(croquis, before, look) if before else None
    if found.image.kind is ImageKind.TRY_ON:
        if before and seen_before:
            checks = fitted(checks, seen_before.features, seen.features, found.garments, before)
        # where its owner asked for that, what is flagged is made once more: the next sweep starts it
        croquis.store.try_ons.record_try_on_checks(found.image.id, checks, checks.is_flagged)
    else:
        repair = judged(_sight(seen_before), _sight(seen), measured) if seen_before else None
        croquis.store.exams.record_checks(found.image.id, checks, repair)


def _before(found: ImageToCheck) -> Image | None:
    """The picture that it is held against; its file goes with it when it is removed."""
    return found.source if found.source and found.source.may_be_used else None


def _is_repair(found: ImageToCheck) -> bool:
    return found.image.kind is ImageKind.REPAIR


def _sight(seen: Seen) -> Sight:
    return Sight(frozenset(it.code for it in seen.findings if it.severity is Severity.BLOCKING), seen.features)


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
