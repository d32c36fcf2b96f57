"""Downloads: ordered by an owner, packed by a worker, forgotten by the sweep."""

from collections.abc import Mapping, Sequence
from typing import Protocol

from croquis.domain.ids import DownloadId, ImageId, ModelId, PhotoId
from croquis.domain.images.download import Download
from croquis.domain.images.image import Image, ImageKind
from croquis.domain.row import Row
from croquis.ports.owner import Owner


class DownloadToPack(Row):
    """A download with its images, in the order of its files."""

    download: Download
    images: tuple[Image, ...]


class PhotoToPack(Row):
    """A clean copy of a photo."""

    id: PhotoId
    path: str
    bytes: int


class ExportToPack(Row):
    """What an export holds besides its pictures."""

    rows: Mapping[str, object]
    photos: tuple[PhotoToPack, ...]


class Downloads(Protocol):
    """Whatever takes an image from its owner ends every download that holds it."""

    def order_download(
        self,
        owner: Owner,
        idempotency_key: str | None,
        image_ids: Sequence[ImageId] | None,
        model: ModelId | None,
        kind: ImageKind | None,
        since: str | None,
        until: str | None,
        favourite: bool | None,
        accepted: bool | None,
        sent_sha256: str,
    ) -> Download:
        """All of them or none: Refused names the image that may not be in it. The same key, the same download."""
        ...

    def order_export(
        self, owner: Owner, idempotency_key: str | None, model: ModelId | None, sent_sha256: str
    ) -> Download:
        """Everything of a model, or of the account where none is given. The same key, the same download."""
        ...

    def export_to_pack(self, download: DownloadId) -> ExportToPack | None:
        """None for a download of images alone."""
        ...

    def read_download(self, owner: Owner, download: DownloadId) -> Download | None: ...

    def claim_download(self, download: DownloadId) -> DownloadToPack | None:
        """Given to one worker for eleven minutes; None when it is not to be packed, or not now."""
        ...

    def download_is_packed(self, download: DownloadId, bytes: int) -> bool:
        """False when it is not to be given any more: then the ZIP must not stay."""
        ...

    def fail_download(self, download: DownloadId, code: str, sentence: str, hint: str) -> None: ...

    def downloads_to_pack(self, most: int, after: str | None, at_once: bool) -> list[Download]: ...

    def downloads_to_forget(self, most: int, after: str | None) -> list[Download]: ...

    def download_is_gone(self, download: DownloadId) -> None: ...
