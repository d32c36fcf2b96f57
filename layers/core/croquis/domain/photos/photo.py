"""A photo of a job: what may be uploaded, its states, and what the check found about it."""

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from types import MappingProxyType
from typing import Literal, get_args

from pydantic import BaseModel, ConfigDict

# equal to croquis.photo_types() and croquis.max_photo_bytes() in SQL
PhotoType = Literal["image/jpeg", "image/png", "image/webp", "image/heic", "image/heif"]
PHOTO_TYPES: tuple[PhotoType, ...] = get_args(PhotoType)
MAX_PHOTO_BYTES = 25_000_000
# CheckPhoto has 1,769 MB: 250 for its libraries and networks, 300 to spare, and 17 bytes a pixel for the hungriest
# decoder (WebP; JPEG, PNG and HEIC take 7 to 12), as measured. 71 MP: the 50 and 64 of phones, not their 108
MAX_PHOTO_PIXELS = (1_769 - 250 - 300) * 1_000_000 // 17
MAX_ASPECT = 4
MIN_SHORT_SIDE = 512
KEPT_LONG_SIDE = 4_608  # the head alone is cut out of the full figure later, so native pixels are kept
THUMBNAIL_LONG_SIDE = 1_024
UNTOLD = ""  # what a browser says of a file whose type it does not know
OTHER_NAMES: Mapping[str, str] = MappingProxyType({
    "image/jpg": "image/jpeg",
    "image/pjpeg": "image/jpeg",
    "image/x-png": "image/png",
    "image/heic-sequence": "image/heic",
    "image/heif-sequence": "image/heif",
    "application/octet-stream": UNTOLD,
    "binary/octet-stream": UNTOLD,
})  # fmt: skip


class PhotoStatus(StrEnum):
    """Equal to the values in `training_photos.status`."""

    AWAITING_UPLOAD = "awaiting_upload"
    UPLOADED = "uploaded"
    CHECKING = "checking"
    ACCEPTED = "accepted"
    REJECTED = "rejected"
    UNREADABLE = "unreadable"
    REMOVED = "removed"


class CameraView(StrEnum):
    """From where the person is seen."""

    FRONT = "front"
    THREE_QUARTER = "three_quarter"
    SIDE = "side"
    BACK = "back"


class Severity(StrEnum):
    """Whether a finding keeps the photo out of the training."""

    BLOCKING = "blocking"
    ADVICE = "advice"


class Finding(BaseModel):
    """One thing the check found: a stable code, a sentence, a hint what to do, and the number behind it if any.

    Whether a blocking one may be overridden follows from its code (overrides.py); `overridden_at` says when it was.
    It is stored as JSON: a key that newer code wrote is ignored, as a row's new column is.
    """

    model_config = ConfigDict(frozen=True, extra="ignore", defer_build=True)

    code: str
    severity: Severity
    sentence: str
    hint: str
    measured: float | None = None
    threshold: float | None = None
    overridden_at: datetime | None = None


def size_differs(announced: int, found: int) -> Finding | None:
    """Blocking when another number of bytes arrived than was announced: part of the photo, or another file."""
    if announced == found:
        return None
    return Finding(
        code="size_differs",
        severity=Severity.BLOCKING,
        sentence=f"{found:,} bytes arrived, but {announced:,} were announced.",
        hint="Choose the file again and upload it once more.",
        measured=found,
        threshold=announced,
    )


def announced_type(claim: str) -> str:
    """What a browser claims a file to be, in the usual spelling; UNTOLD where it claims nothing."""
    plain = claim.partition(";")[0].strip().lower()
    return OTHER_NAMES.get(plain, plain)


def upload_type(announced: str) -> PhotoType:
    """With which type to upload a file that was announced so: a form that the storage asks for; the content decides."""
    for known in PHOTO_TYPES:
        if known == announced:
            return known
    return "image/jpeg"


def type_differs(announced: str, found: str) -> Finding | None:
    """Advice only: browsers guess the type from the file's name, and we go by the content in any case (FI-06)."""
    claimed = announced_type(announced)
    if claimed == UNTOLD or claimed.replace("heif", "heic") == found:
        return None
    return Finding(
        code="type_differs",
        severity=Severity.ADVICE,
        sentence=f"The file is {found}, although its name says otherwise.",
        hint="Nothing needs to be done: it was read as what it is.",
    )


def refused(code: str, sentence: str, hint: str) -> Finding:
    """The blocking finding for a file that could not be opened as a photo; its owner cannot override it."""
    return Finding(code=code, severity=Severity.BLOCKING, sentence=sentence, hint=hint)
