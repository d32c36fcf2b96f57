"""What is worn: garments, on their way in and out."""

from typing import Protocol

from croquis.domain.garments.garment import GarmentCategory, GarmentFeatures, GarmentRow, GarmentStatus
from croquis.domain.ids import GarmentId
from croquis.domain.photos.photo import Finding
from croquis.domain.row import Row
from croquis.ports.owner import Owner


class GarmentVerdict(Row):
    """What the check found, and the clean copy if there is one."""

    status: GarmentStatus
    findings: tuple[Finding, ...]
    width: int | None = None
    height: int | None = None
    bytes: int | None = None
    sha256: str | None = None
    clean_path: str | None = None
    thumbnail_path: str | None = None
    seen: GarmentFeatures | None = None


class Garments(Protocol):
    """An owner announces, names and removes; the workers check. What landed is claimed as photos are: Photos."""

    def add_garment(
        self, owner: Owner, name: str, category: GarmentCategory, content_type: str, bytes: int
    ) -> GarmentRow: ...

    def list_garments(
        self,
        owner: Owner,
        *,
        limit: int,
        before: str | None = None,
        garment: GarmentId | None = None,
        category: GarmentCategory | None = None,
        status: GarmentStatus | None = None,
    ) -> list[GarmentRow]:
        """Those that are not removed, newest first, at most `limit`, older than `before`; None filters nothing."""
        ...

    def change_garment(
        self, owner: Owner, garment: GarmentId, name: str | None, category: GarmentCategory | None
    ) -> GarmentRow:
        """All of it or nothing; None leaves as it is."""
        ...

    def remove_garment(self, owner: Owner, garment: GarmentId) -> GarmentRow: ...

    def record_garment(self, garment: GarmentId, object_version: str, verdict: GarmentVerdict) -> bool:
        """False when the garment is no longer being checked."""
        ...

    def remove_unsent_garments(self, most: int) -> int:
        """Removes those whose pictures never came; answers how many it was."""
        ...

    def garments_to_forget(self, most: int, after: str | None) -> list[GarmentRow]: ...

    def removed_garment_is_gone(self, garment: GarmentId) -> None: ...
