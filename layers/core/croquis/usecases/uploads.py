"""Photos on their way in: announced and signed here, checked when they have landed."""

from hashlib import sha256
from typing import Any, Protocol

from croquis.domain.captions import caption
from croquis.domain.ids import JobId, PhotoId
from croquis.domain.photo import MAX_PHOTO_BYTES, Finding, PhotoStatus, Severity, refused, size_differs, type_differs
from croquis.domain.slots import slot
from croquis.errors import CodedError, Refused
from croquis.ports import Croquis, Owner
from croquis.views import AddPhoto, PhotoView, UploadView

UPLOADS, PHOTOS = "photo-uploads", "training-photos"


class OpenedPhoto(Protocol):
    """What the picture layer finds in a file's bytes."""

    @property
    def content_type(self) -> str: ...
    @property
    def width(self) -> int: ...
    @property
    def height(self) -> int: ...
    def clean_copy(self) -> bytes: ...
    def thumbnail(self) -> bytes: ...


class OpenPhoto(Protocol):
    """Decodes, turns and cleans, or raises a CodedError."""

    def __call__(self, data: bytes) -> OpenedPhoto: ...


def add_photo(croquis: Croquis, owner: Owner, job_id: JobId, request: AddPhoto) -> UploadView:
    """Announce a photo and sign its upload as the user; the photo that was in that slot is replaced."""
    photo = croquis.rows.call_as(owner, "add_photo", job=job_id, **request.model_dump())
    url = croquis.files.sign_upload_as(owner, UPLOADS, photo["upload_path"])
    return UploadView(photo=PhotoView.model_validate(photo), upload_url=url)


def remove_photo(croquis: Croquis, owner: Owner, job_id: JobId, photo_id: PhotoId) -> None:
    """Take a photo out of a draft; the sweep deletes its objects."""
    croquis.rows.call_as(owner, "remove_photo", job=job_id, photo=photo_id)


def check(croquis: Croquis, open_photo: OpenPhoto, object_id: str, version: str) -> None:
    """Deal with an object that landed, once: judge the awaited photo and keep its clean copy, delete everything else.

    May be repeated at any point: the claim, the copy's path and the verdict are the same again.
    """
    claim = croquis.rows.call("claim_upload", object_id=object_id, version=version)
    if claim["action"] == "nothing":
        return
    if claim["action"] == "check":
        verdict = _verdict(croquis, open_photo, claim)
        croquis.rows.call("record_photo", photo=claim["photo"]["id"], object_version=version, verdict=verdict)
    croquis.files.remove(claim["bucket"], [claim["path"]])
    croquis.rows.call("finish_upload", object_id=object_id, version=version)


def clean_paths(photo: dict[str, Any]) -> tuple[str, str]:
    """Where the clean copy and the thumbnail of a photo are, or would be: the same whenever it is checked again."""
    root = f"{photo['owner_id']}/{photo['job_id']}/{photo['id']}"
    return f"{root}.jpg", f"{root}.thumbnail.jpg"


def _verdict(croquis: Croquis, open_photo: OpenPhoto, claim: dict[str, Any]) -> dict[str, object]:
    announced = claim["photo"]
    if wrong := size_differs(announced["announced_bytes"], claim["size"]):
        return _rejected(PhotoStatus.REJECTED, wrong)
    try:
        data = croquis.files.read(claim["bucket"], claim["path"], limit=MAX_PHOTO_BYTES)
        photo = open_photo(data)
    except Refused as gone:
        return _rejected(PhotoStatus.UNREADABLE, refused(gone.code, gone.sentence, "Upload the photo again."))
    except CodedError as error:
        return _rejected(PhotoStatus.UNREADABLE, refused(error.code, error.sentence, error.mend))
    if wrong := type_differs(announced["content_type"], photo.content_type):
        # announced as something else: not what its owner meant to send
        return _rejected(
            PhotoStatus.REJECTED,
            wrong.model_copy(update={"severity": Severity.BLOCKING, "mend": "Upload it again with its true type."}),
        )
    return _accepted(croquis, photo, claim)


def _accepted(croquis: Croquis, photo: OpenedPhoto, claim: dict[str, Any]) -> dict[str, object]:
    of = claim["photo"]
    clean, thumbnail = photo.clean_copy(), photo.thumbnail()
    clean_path, thumbnail_path = clean_paths(of)
    croquis.files.write(PHOTOS, clean_path, clean, content_type="image/jpeg")
    croquis.files.write(PHOTOS, thumbnail_path, thumbnail, content_type="image/jpeg")
    digest = sha256(clean).hexdigest()
    return {
        "status": PhotoStatus.ACCEPTED,
        "width": photo.width,
        "height": photo.height,
        "bytes": len(clean),
        "sha256": digest,
        "clean_path": clean_path,
        "thumbnail_path": thumbnail_path,
        "caption": caption(claim["trigger_word"], slot(of["slot"]), photo_sha256=digest),
    }


def _rejected(status: PhotoStatus, finding: Finding) -> dict[str, object]:
    return {"status": status, "findings": [finding.model_dump(mode="json")]}
