"""Images as one file: how far packing has come, what its files are called, and the manifest that goes with them."""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from pathlib import PurePosixPath

from croquis.domain.ids import DownloadId, ImageId, ModelId
from croquis.domain.images.exam import ImageChecks
from croquis.domain.images.image import Image, ImageKind
from croquis.domain.row import Failed, Row

MANIFEST = "manifest.json"


class DownloadStatus(StrEnum):
    """Equal to the values in `downloads.status`."""

    WORKING = "working"
    READY = "ready"
    FAILED = "failed"
    EXPIRED = "expired"


class Download(Failed):
    """One ZIP, as its row says; `image_bytes` are those of its images together, `bytes` those of the file."""

    id: DownloadId
    status: DownloadStatus
    path: str
    images: int
    image_bytes: int
    bytes: int | None
    tries: int
    created_at: datetime
    ended_at: datetime | None
    expires_at: datetime | None


class ManifestEntry(Row):
    """One file: what it shows, what makes it again, and what it came to."""

    file: str
    id: ImageId
    model_id: ModelId
    run: int
    kind: ImageKind
    prompt: str
    seed: int | None
    engine: str
    provider_version: str
    lora_scale: float | None
    guidance: float | None
    width: int
    height: int
    bytes: int
    sha256: str
    signed: bool
    checks: ImageChecks | None
    cost_usd: Decimal | None
    created_at: datetime


class Manifest(Row):
    """What is in the ZIP, in the order of its files."""

    download_id: DownloadId
    images: tuple[ManifestEntry, ...]


def file_names(images: Sequence[Image]) -> list[str]:
    """`001-1f0c9a3b.png`: in order, and never of a user's words."""
    return [f"{place:03}-{it.id[:8]}{PurePosixPath(it.path or '').suffix}" for place, it in enumerate(images, 1)]


def manifest(download: Download, images: Sequence[Image]) -> bytes:
    """The manifest as JSON; the same rows give the same bytes."""
    entries = tuple(
        ManifestEntry.model_validate({**it.model_dump(), "file": name, "cost_usd": it.actual_usd})
        for name, it in zip(file_names(images), images, strict=True)
    )
    return Manifest(download_id=download.id, images=entries).model_dump_json(indent=2).encode()
