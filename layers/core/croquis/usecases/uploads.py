"""Photos on their way in: announced and signed here, checked when they have landed."""

from collections.abc import Callable
from hashlib import sha256

from croquis.domain.ids import JobId, PhotoId
from croquis.domain.photos.accepted_photo import PhotoRow
from croquis.domain.photos.examined_photo import ExaminedPhoto
from croquis.domain.photos.photo import (
    MAX_PHOTO_BYTES,
    Finding,
    PhotoStatus,
    Severity,
    refused,
    size_differs,
    type_differs,
)
from croquis.errors import CodedError, Refused, StepFailed, Unavailable
from croquis.http.presenter import photo_view, upload_view
from croquis.http.requests import AddPhoto, ChangePhoto
from croquis.http.views import PhotoView, UploadView
from croquis.ports import Croquis, Owner
from croquis.ports.photos import ClaimedUpload, PhotoVerdict
from croquis.usecases import trainings

UPLOADS, PHOTOS = "photo-uploads", "training-photos"


Examine = Callable[[bytes], ExaminedPhoto]  # decodes, turns, cleans and looks; CodedError for no photo that we take


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


def check(croquis: Croquis, examine: Examine, object_id: str, version: str) -> None:
    """Deal with an object that landed, once: judge the awaited photo and keep its clean copy, delete everything else.

    May be repeated at any point: the claim, the copy's path and the verdict are the same again.
    """
    claim = croquis.store.photos.claim_upload(object_id, version)
    if claim.action == "nothing":
        return
    if claim.action == "check":
        if claim.photo is None:
            raise StepFailed("no_photo", "The upload is to be checked, but its photo is missing.")
        try:
            verdict = _verdict(croquis, examine, claim, claim.photo)
        except Unavailable:
            croquis.store.photos.release_upload(object_id, version)
            raise
        croquis.store.photos.record_photo(claim.photo.id, version, verdict)
    croquis.files.remove(claim.bucket, [claim.path])
    croquis.store.photos.finish_upload(object_id, version)


def _verdict(croquis: Croquis, examine: Examine, claim: ClaimedUpload, announced: PhotoRow) -> PhotoVerdict:
    """Of the file, read whole: what the storage says about it is no fact, nor is it one that it cannot be read now."""
    try:
        data = croquis.files.read(claim.bucket, claim.path, limit=MAX_PHOTO_BYTES)
    except Refused as refusal:
        if refusal.code != "too_many_bytes":
            raise  # tried again: three times, then claim_upload calls the photo unreadable
        return _unusable(PhotoStatus.REJECTED, refused(refusal.code, refusal.sentence, "Upload the photo again."))
    if wrong := size_differs(announced.announced_bytes, len(data)):
        if claim.size == announced.announced_bytes:  # what landed had the right size, so this is something else
            raise StepFailed("other_bytes", "The storage answered with something else than what landed.")
        return _unusable(PhotoStatus.REJECTED, wrong)
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
