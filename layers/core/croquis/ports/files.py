"""Private buckets of the storage."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from croquis.ports.owner import Owner


@dataclass(frozen=True)
class SignedUpload:
    """The right to put one object at one path: whole to `url`, or in parts (TUS) to `resumable_url` with the token."""

    bucket: str
    path: str
    token: str
    expires_at: datetime
    url: str
    resumable_url: str


class Files(Protocol):
    """Private buckets. Paths are ours, never a user's words. Whatever is read but as an owner is logged."""

    def sign_upload_as(self, owner: Owner, bucket: str, path: str) -> SignedUpload:
        """The right to one upload, if the user's policy allows that path; Supabase gives it two hours."""
        ...

    def links_as(self, owner: Owner, bucket: str, paths: Sequence[str], *, seconds: int) -> dict[str, str]:
        """Short-lived download links of what the user may see; paths without one are left out."""
        ...

    def links(self, bucket: str, paths: Sequence[str], *, seconds: int) -> dict[str, str]:
        """The same of whatever is there, for somebody whom no policy knows."""
        ...

    def as_download(self, link: str, name: str) -> str:
        """The same link, which makes a browser keep the file under that name instead of showing it."""
        ...

    def link(self, bucket: str, path: str, *, seconds: int, download_as: str | None = None) -> str:
        """A download link; `download_as` becomes the file name in it."""
        ...

    def read(self, bucket: str, path: str, *, limit: int) -> bytes:
        """The whole object. Raises Refused: too_many_bytes past `limit`, no_such_object when it is gone."""
        ...

    def write(self, bucket: str, path: str, data: bytes, *, content_type: str) -> None:
        """Complete when it returns. A second writer of the same path writes the same bytes."""
        ...

    def has_room(self, bucket: str, path: str, *, size: int, content_type: str) -> bool:
        """Whether the storage would take an object of that size there: its project may allow less than the bucket."""
        ...

    def write_stream(self, bucket: str, path: str, chunks: Iterable[bytes], *, size: int, content_type: str) -> None:
        """Resumable upload in 6-MB chunks and constant memory; the object appears only when all of it is there."""
        ...

    def remove(self, bucket: str, paths: Sequence[str]) -> None:
        """Deletes what is there; what is not there is no error."""
        ...
