"""Photos on their way in, and out."""

from collections.abc import Mapping
from typing import Literal, Protocol

from croquis.domain.garments.garment import GarmentRow
from croquis.domain.ids import JobId, PhotoId
from croquis.domain.photos.accepted_photo import PhotoRow
from croquis.domain.photos.features import PhotoFeatures
from croquis.domain.photos.photo import Finding, PhotoStatus
from croquis.domain.row import Row
from croquis.ports.owner import Owner


class ClaimedUpload(Row):
    """What to do with an object that landed; without a photo or a garment nobody awaited it."""

    action: Literal["check", "delete", "nothing"]
    bucket: str = ""
    path: str = ""
    size: int | None = None
    photo: PhotoRow | None = None
    garment: GarmentRow | None = None


class LandedUpload(Row):
    """An object that nobody has dealt with yet."""

    object_id: str
    version: str


class PhotoVerdict(Row):
    """What the check found, and the clean copy if there is one."""

    status: PhotoStatus
    findings: tuple[Finding, ...]
    width: int | None = None
    height: int | None = None
    bytes: int | None = None
    sha256: str | None = None
    clean_path: str | None = None
    thumbnail_path: str | None = None
    seen: PhotoFeatures | None = None


class Photos(Protocol):
    """An owner announces, changes and removes; the workers check."""

    def add_photo(self, owner: Owner, job: JobId, slot: int, content_type: str, bytes: int) -> PhotoRow:
        """Announces a photo; the one that was in that slot is removed."""
        ...

    def remove_photo(self, owner: Owner, job: JobId, photo: PhotoId) -> PhotoRow: ...

    def change_photo(
        self,
        owner: Owner,
        job: JobId,
        photo: PhotoId,
        slot: int | None,
        override: bool | None,
        said: Mapping[str, object] | None,
        shows_only_the_person: bool | None,
    ) -> PhotoRow:
        """All of it or nothing; None leaves as it is. A declaration that an override needs is kept."""
        ...

    def claim_upload(self, object_id: str, version: str) -> ClaimedUpload:
        """One caller at a time; three checks at most."""
        ...

    def record_photo(self, photo: PhotoId, object_version: str, verdict: PhotoVerdict) -> bool:
        """False when the photo is no longer being checked."""
        ...

    def release_upload(self, object_id: str, version: str) -> None:
        """The claim met an outage, and counts as none."""
        ...

    def finish_upload(self, object_id: str, version: str) -> None: ...

    def claim_uploads_to_check(self, most: int, at_once: bool) -> list[LandedUpload]:
        """Nobody else is given them for five minutes, unless they are asked for at once, which ends claims too."""
        ...

    def objects_of_removed_photos(self, most: int, after: str | None) -> list[PhotoRow]: ...

    def removed_photo_is_gone(self, photo: PhotoId) -> None: ...
