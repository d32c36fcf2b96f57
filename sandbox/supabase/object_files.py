"""The bytes of the objects on disk: one immutable file per version, named by that version and nothing else,
so that no object's name ever becomes a path. Knows nothing of rows, rights or HTTP."""

import hashlib
import os
import shutil
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self
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

    def receive(self, limit: int) -> "IncomingFile":
        """Open a file that will accept at most `limit` bytes; a context manager that leaves nothing behind
        unless it was kept."""
        version = str(uuid4())
        return IncomingFile(version, self._incoming / version, self.path(version), limit)

    def adopt(self, part: Path, version: str) -> StoredFile:
        """Make a file that was written elsewhere on this disk the bytes of a version; the part stays until its
        owner removes it, so that this can be done again.

        The tag is not a digest of the content, as with every multipart upload of an object store.
        """
        self.drop([version])
        os.link(part, self.path(version))
        return StoredFile(version, part.stat().st_size, f'"{md5(version.encode()).hexdigest()}-1"')

    def copy(self, version: str) -> str:
        """Copy the bytes of a version; the new version."""
        copied = str(uuid4())
        shutil.copyfile(self.path(version), self._incoming / copied)
        (self._incoming / copied).replace(self.path(copied))
        return copied

    def drop(self, versions: Iterable[str | None]) -> None:
        """Forget the bytes of these versions; those that are gone already are no error."""
        for version in versions:
            if version:
                self.path(version).unlink(missing_ok=True)


class IncomingFile:
    """A body on its way to disk, in constant memory. Beyond its limit it swallows bytes without writing them:
    the sender is told when it has finished, as an answer in mid-body may never be read."""

    def __init__(self, version: str, temporary: Path, final: Path, limit: int) -> None:
        self._version = version
        self._temporary = temporary
        self._final = final
        self._limit = limit
        self._digest = md5()
        self._file = temporary.open("wb")
        self.size = 0

    @property
    def too_large(self) -> bool:
        return self.size > self._limit

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._file.close()
        self._temporary.unlink(missing_ok=True)

    def write(self, data: bytes) -> None:
        self.size += len(data)
        if self.too_large:
            return
        self._digest.update(data)
        self._file.write(data)

    def keep(self) -> StoredFile:
        """Make the complete file the bytes of a new version."""
        self._file.close()
        self._temporary.replace(self._final)
        return StoredFile(self._version, self.size, f'"{self._digest.hexdigest()}"')


def md5(data: bytes = b"") -> "hashlib._Hash":
    # an entity tag, as object stores make them, not a safeguard
    return hashlib.md5(data, usedforsecurity=False)
