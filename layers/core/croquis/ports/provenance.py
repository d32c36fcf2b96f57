"""Where a picture comes from, and the pictures uploaded to ask about it."""

from typing import Protocol

from croquis.domain.ids import ImageId, UploadId
from croquis.domain.images.image import Image
from croquis.domain.row import Row
from croquis.ports.owner import Owner


class ProvenanceUpload(Row):
    """A picture that is brought to be looked at."""

    id: UploadId
    path: str


class FoundProvenance(Row):
    """Whether a picture was saved here; which one, for its owner alone."""

    made_here: bool
    image: Image | None


class Provenance(Protocol):
    """Anyone signed in may ask."""

    def announce_provenance(self, owner: Owner) -> ProvenanceUpload:
        """Where a picture may be uploaded within the hour."""
        ...

    def provenance_upload(self, owner: Owner, upload: UploadId) -> ProvenanceUpload | None:
        """One's own; None for somebody else's."""
        ...

    def find_provenance(self, owner: Owner, sha256: str | None, image: ImageId | None) -> FoundProvenance:
        """By the hash of the file, or by the id that a signed manifest names."""
        ...

    def provenance_to_forget(self, most: int, after: str | None) -> list[ProvenanceUpload]:
        """Brought more than an hour ago, by id."""
        ...

    def provenance_is_gone(self, upload: UploadId) -> None:
        """Its object was deleted."""
        ...
