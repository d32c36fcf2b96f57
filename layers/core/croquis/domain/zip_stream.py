"""A ZIP written as a stream: members stored as they are, one in memory at a time; the same members, the same bytes."""

from collections.abc import Iterable, Iterator
from io import RawIOBase
from typing import NamedTuple
from zipfile import ZIP_STORED, ZipFile, ZipInfo

LONG_AGO = (1980, 1, 1, 0, 0, 0)  # the clock must not change the bytes
PLAIN_FILE = 0o100644 << 16
LOCAL, DESCRIPTOR, CENTRAL, END = 30, 16, 46, 22  # bytes of a record without its name


class ZipMember(NamedTuple):
    """One file; its name is plain ASCII of ours, never a user's words."""

    name: str
    data: bytes


def zip_size(sizes: Iterable[tuple[str, int]]) -> int:
    """How many bytes `zip_chunks` gives for members of these names and sizes."""
    return END + sum(LOCAL + DESCRIPTOR + CENTRAL + 2 * len(name) + size for name, size in sizes)


def zip_chunks(members: Iterable[ZipMember]) -> Iterator[bytes]:
    """The ZIP, piece by piece; a member is asked for when its turn comes and let go before the next.

    Raises ValueError for a name that is not ASCII or comes twice, LargeZipFile for what does not fit a plain ZIP.
    """
    written = _Written()
    names: set[str] = set()
    with ZipFile(written, "w", ZIP_STORED, allowZip64=False) as archive:
        for name, data in members:
            if name in names or not name.isascii():
                raise ValueError(f"{name!r} is not ASCII, or comes twice")
            names.add(name)
            described = ZipInfo(name, LONG_AGO)
            described.external_attr, described.create_system = PLAIN_FILE, 3
            archive.writestr(described, data)
            yield from written.taken()
    yield from written.taken()


class _Written(RawIOBase):
    """What the archive has written since it was last taken."""

    def __init__(self) -> None:
        self._pieces: list[bytes] = []

    def writable(self) -> bool:
        return True

    def write(self, piece: bytes, /) -> int:  # pyright: ignore[reportIncompatibleMethodOverride] - a ZipFile writes bytes
        self._pieces.append(piece)
        return len(piece)

    def taken(self) -> list[bytes]:
        pieces, self._pieces = self._pieces, []
        return pieces
