"""The bytes of the objects on disk: one immutable file per version, named by that version and nothing else,
so that no object's name ever becomes a path. Knows nothing of rows, rights or HTTP."""

import hashlib
import os
from collections.abc import AsyncIterable, Iterable
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4


@dataclass(frozen=True)
class StoredFile:
    """A complete file: its version, its size in bytes, and its entity tag in quotes."""

    version: str
    size: int
    etag: str


class ObjectFiles:
    """The folder of all versions; a file appears there whole or not at all. One gateway at a time owns it."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._incoming = folder / "incoming"
        self._incoming.mkdir(parents=True, exist_ok=True)
        for left_by_a_crash in self._incoming.iterdir():
            left_by_a_crash.unlink()

    def path(self, version: str) -> Path:
        """Where the bytes of a version are, if they are."""
        return self._folder / version

    async def store(self, chunks: AsyncIterable[bytes]) -> StoredFile:
        """Make these bytes a new version, in constant memory; when they break off, nothing is left of them."""
        version, digest = str(uuid4()), md5()
        incoming = self._incoming / version
        try:
            with incoming.open("wb") as file:
                async for chunk in chunks:
                    digest.update(chunk)
                    file.write(chunk)
                size = file.tell()
            incoming.replace(self.path(version))
        finally:
            incoming.unlink(missing_ok=True)
        return StoredFile(version, size, f'"{digest.hexdigest()}"')

    def adopt(self, part: Path, version: str) -> StoredFile:
        """Make a file that was written elsewhere on this disk the bytes of a version; the part stays until its
        owner removes it, so that this can be done again.

        The tag is not a digest of the content, as with every multipart upload of an object store.
        """
        self.drop([version])
        os.link(part, self.path(version))
        return StoredFile(version, part.stat().st_size, f'"{md5(version.encode()).hexdigest()}-1"')

    def drop(self, versions: Iterable[str | None]) -> None:
        """Forget the bytes of these versions; those that are gone already are no error."""
        for version in versions:
            if version:
                self.path(version).unlink(missing_ok=True)


def md5(data: bytes = b"") -> "hashlib._Hash":
    # an entity tag, as object stores make them, not a safeguard
    return hashlib.md5(data, usedforsecurity=False)
