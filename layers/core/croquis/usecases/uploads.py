"""Photos on their way in: announced and signed here, checked when they have landed, as garments are."""

from collections.abc import Callable
from functools import partial
from hashlib import sha256
from typing import NamedTuple

from croquis.domain.ids import JobId, PhotoId
from croquis.domain.photos.accepted_photo import PhotoRow
from croquis.domain.photos.examined_photo import ExaminedPhoto
from croquis.domain.photos.photo import Finding, PhotoStatus, Severity, refused, type_differs
from croquis.errors import CodedError, StepFailed, Unavailable
from croquis.http.presenter import photo_view, upload_view
from croquis.http.requests import AddPhoto, ChangePhoto
from croquis.http.views import PhotoView, UploadView
from croquis.ports import Croquis, Owner
from croquis.ports.photos import ClaimedUpload, PhotoVerdict
from croquis.usecases import garments, trainings
from croquis.usecases.garments import ExamineGarment
from croquis.usecases.landed_files import landed_file

UPLOADS, PHOTOS = "photo-uploads", "training-photos"

Examine = Callable[[bytes], ExaminedPhoto]  # decodes, turns, cleans and looks; CodedError for no photo that we take


class Examiners(NamedTuple):
    """Who looks at what landed."""

    photo: Examine
    garment: ExamineGarment


def add_photo(croquis: Croquis, owner: Owner, job_id: JobId, request: AddPhoto) -> UploadView:
    """Announce a photo and sign its upload as the user; the photo that was in that slot is replaced."""
    photo = croquis.store.photos.add_photo(owner, job_id, request.slot, request.content_type, request.bytes)
    signed = croquis.files.sign_upload_as(owner, UPLOADS, photo.upload_path)
    return upload_view(photo, signed)


def remove_photo(croquis: Croquis, owner: Owner, job_id: JobId, photo_id: PhotoId) -> None:
    """Take a photo out of a job; the sweep deletes its objects."""
    croquis.store.photos.remove_photo(owner, job_id, photo_id)


def change_photo(croquis: Croquis, owner: Owner, job_id: JobId, photo_id: PhotoId, request: ChangePhoto) -> PhotoView:
    """Move a photo to another slot, put its caption right, or say "use it anyway"; all of it or nothing."""
    said = request.model_dump(exclude_unset=True, exclude={"slot", "override", "shows_only_the_person"}) or None
    declared = request.shows_only_the_person
    photo = croquis.store.photos.change_photo(owner, job_id, photo_id, request.slot, request.override, said, declared)
    subject = trainings.find(croquis, owner, job_id).job.subject
    return photo_view(photo, subject, trainings.thumbnail_links(croquis, owner, [photo]))


def check(croquis: Croquis, examiners: Examiners, object_id: str, version: str) -> None:
    """Deal with an object that landed, once: judge what was awaited and keep its clean copy, delete everything else.

    May be repeated at any point: the claim, the copy's path and the verdict are the same again.
    """
    claim = croquis.store.photos.claim_upload(object_id, version)
    if claim.action == "nothing":
        return
    if claim.action == "check":
        try:
            record = _judged_upload(croquis, examiners, claim, version)
        except Unavailable:
            croquis.store.photos.release_upload(object_id, version)
            raise
        record()
    croquis.files.remove(claim.bucket, [claim.path])
    croquis.store.photos.finish_upload(object_id, version)


def _judged_upload(croquis: Croquis, examiners: Examiners, claim: ClaimedUpload, version: str) -> Callable[[], object]:
    """What records the verdict: an outage before that says nothing about the picture."""
    store = croquis.store
    if claim.photo:
        verdict = _verdict(croquis, examiners.photo, claim, claim.photo)
        return partial(store.photos.record_photo, claim.photo.id, version, verdict)
    if claim.garment:
        verdict = garments.verdict_on(croquis, examiners.garment, claim, claim.garment)
        return partial(store.garments.record_garment, claim.garment.id, version, verdict)
    raise StepFailed("no_photo", "The upload is to be checked, but its photo is missing.")


def _verdict(croquis: Croquis, examine: Examine, claim: ClaimedUpload, announced: PhotoRow) -> PhotoVerdict:
    data = landed_file(croquis, claim, announced.announced_bytes)
    if isinstance(data, Finding):
        return _unusable(PhotoStatus.REJECTED, data)
    try:
        examined = examine(data)
    except CodedError as error:
        return _unusable(PhotoStatus.UNREADABLE, refused(error.code, error.sentence, error.hint))
    return _judged(croquis, examined, announced)


def _judged(croquis: Croquis, photo: ExaminedPhoto, row: PhotoRow) -> PhotoVerdict:
    """The clean copy is kept whatever the body rules say: its owner may override them."""
    clean_path, thumbnail_path = row.clean_paths
    croquis.files.write(PHOTOS, clean_path, photo.clean_copy, content_type="image/jpeg")
    croquis.files.write(PHOTOS, thumbnail_path, photo.thumbnail, content_type="image/jpeg")
    other_type = type_differs(row.content_type, photo.content_type)
    findings = (*photo.findings, *([other_type] if other_type else []))
    blocked = any(finding.severity is Severity.BLOCKING for finding in findings)
    return PhotoVerdict(
        status=PhotoStatus.REJECTED if blocked else PhotoStatus.ACCEPTED,
        findings=findings,
        width=photo.width,
        height=photo.height,
        bytes=len(photo.clean_copy),
        sha256=sha256(photo.clean_copy).hexdigest(),
        clean_path=clean_path,
        thumbnail_path=thumbnail_path,
        seen=photo.features,
    )


def _unusable(status: PhotoStatus, finding: Finding) -> PhotoVerdict:
    return PhotoVerdict(status=status, findings=(finding,))
