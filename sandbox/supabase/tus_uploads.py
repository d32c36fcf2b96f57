"""Resumable uploads between their requests: a description and a growing file each, on disk, so that they survive
a restart. The size of the file is the offset. Knows nothing of HTTP."""

import json
import time
from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from uuid import UUID, uuid4

UPLOAD_LIVES_SECONDS = 24 * 60 * 60


@dataclass(frozen=True)
class ResumableUpload:
    """One upload: where it goes, what it is, and how far it may grow."""

    bucket: str
    name: str
    length: int | None  # None until the client knows it
    limit: int
    mime_type: str
    cache_control: str
    user_metadata: dict
    version: str = field(default_factory=lambda: str(uuid4()))
    expires_at: float = field(default_factory=lambda: time.time() + UPLOAD_LIVES_SECONDS)
    complete: bool = False

    @property
    def place(self) -> tuple[str, str]:
        return self.bucket, self.name

    @property
    def id(self) -> str:
        """The last part of the upload's URL, as the real service makes it."""
        return urlsafe_b64encode(f"{self.bucket}/{self.name}/{self.version}".encode()).decode().rstrip("=")


class ResumableUploads:
    """All uploads that were begun and have not expired; those that have are cleared away at the start."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        for description in folder.glob("*.json"):
            self._living(_read(description))

    def begin(self, upload: ResumableUpload) -> None:
        self.part(upload).touch()
        self._save(upload)

    def find(self, upload_id: str) -> ResumableUpload | None:
        """The upload with this id; None if it never was, was given up, or has expired."""
        version = _version_of(upload_id)
        if version is None:
            return None
        try:
            upload = self._living(_read(self._description(version)))
        except FileNotFoundError:
            return None
        return upload if upload and upload.id == upload_id else None

    def part(self, upload: ResumableUpload) -> Path:
        """The file that grows."""
        return self._folder / f"{upload.version}.part"

    def offset(self, upload: ResumableUpload) -> int:
        """How many bytes have come in, and are the client's no more to send."""
        return upload.length or 0 if upload.complete else self.part(upload).stat().st_size

    def declare_length(self, upload: ResumableUpload, length: int) -> ResumableUpload:
        declared = replace(upload, length=length)
        self._save(declared)
        return declared

    def finish(self, upload: ResumableUpload) -> None:
        """Keep the description, so that a client that missed the last answer learns that it is done."""
        self._save(replace(upload, complete=True))
        self.part(upload).unlink(missing_ok=True)

    def forget(self, upload: ResumableUpload) -> None:
        self._description(upload.version).unlink(missing_ok=True)
        self.part(upload).unlink(missing_ok=True)

    def _living(self, upload: ResumableUpload) -> ResumableUpload | None:
        if upload.expires_at > time.time():
            return upload
        self.forget(upload)
        return None

    def _save(self, upload: ResumableUpload) -> None:
        unfinished = self._folder / f"{upload.version}.tmp"
        unfinished.write_text(json.dumps(asdict(upload)))
        unfinished.replace(self._description(upload.version))

    def _description(self, version: str) -> Path:
        return self._folder / f"{version}.json"


def _read(description: Path) -> ResumableUpload:
    return ResumableUpload(**json.loads(description.read_text()))


def _version_of(upload_id: str) -> str | None:
    """The version in an id; anything but a UUID must not become a file's name."""
    try:
        decoded = urlsafe_b64decode(upload_id + "=" * (-len(upload_id) % 4)).decode()
        return str(UUID(decoded.rpartition("/")[2]))
    except ValueError:
        return None
