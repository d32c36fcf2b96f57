"""A photo that will be trained on: its clean copy, what was seen in it, and what its owner said about it."""

from collections.abc import Iterable
from datetime import datetime
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, StringConstraints

from croquis.domain.ids import JobId, OwnerId, PhotoId
from croquis.domain.photos.body_findings import BodyCode
from croquis.domain.photos.features import PhotoFeatures
from croquis.domain.photos.photo import Finding, PhotoStatus, Severity
from croquis.domain.row import Row
from croquis.domain.short_text import CaptionText, IsPlain, plain

OwnCaption = Annotated[str, StringConstraints(strip_whitespace=True, max_length=500), AfterValidator(plain), IsPlain]


class Said(BaseModel):
    """The owner's own words; they go before what was measured, and stay with this photo's content.

    `caption` replaces the whole caption of the full figure; the others are facts that every view's caption tells.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)

    caption: OwnCaption | None = None
    pose: CaptionText | None = None
    clothes: CaptionText | None = None
    background: CaptionText | None = None
    light: CaptionText | None = None


class PhotoRow(Row):
    """A photo of a job as its row says; width, height and paths are of the clean copy, if it has one."""

    id: PhotoId
    job_id: JobId
    owner_id: OwnerId
    slot: int
    status: PhotoStatus
    version: int
    content_type: str
    announced_bytes: int
    upload_path: str
    findings: tuple[Finding, ...]
    width: int | None
    height: int | None
    sha256: str | None
    clean_path: str | None
    thumbnail_path: str | None
    seen: PhotoFeatures | None
    said: Said
    overridden_at: datetime | None
    created_at: datetime

    @property
    def clean_paths(self) -> tuple[str, str]:
        """Where clean copy and thumbnail are, or would be: the same whenever the photo is checked again."""
        root = f"{self.owner_id}/{self.job_id}/{self.id}"
        return f"{root}.jpg", f"{root}.thumbnail.jpg"

    @property
    def kept(self) -> "AcceptedPhoto | None":
        """The photo with its clean copy, accepted or not; None where there is none."""
        return AcceptedPhoto.model_validate(self.model_dump()) if self.clean_path else None


class AcceptedPhoto(BaseModel):
    """Read from a row of `training_photos`; width and height are those of the clean copy, in pixels."""

    model_config = ConfigDict(frozen=True, extra="ignore", defer_build=True)

    id: PhotoId
    slot: int
    sha256: str
    width: int
    height: int
    clean_path: str
    thumbnail_path: str
    seen: PhotoFeatures
    said: Said
    findings: tuple[Finding, ...] = ()

    def is_in_spite_of(self, *codes: BodyCode) -> bool:
        """Whether its owner uses it although one of these blocked it: then what they deny may be so, or not."""
        return any(it.severity is Severity.BLOCKING and it.code in codes for it in self.findings)


def accepted_of(photos: Iterable[PhotoRow]) -> tuple[AcceptedPhoto, ...]:
    """The photos that would be trained on, in the order given."""
    return tuple(kept for it in photos if it.status is PhotoStatus.ACCEPTED and (kept := it.kept))
