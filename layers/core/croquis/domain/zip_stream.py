"""A ZIP written as a stream: members stored as they are, one in memory at a time; the same members, the same bytes."""

import struct
from collections.abc import Iterable, Iterator
from typing import NamedTuple
from zlib import crc32

VERSION, STORED, UNIX, PLAIN_FILE = 20, 0, 3, 0o100644 << 16
MIDNIGHT, FIRST_OF_1980 = 0, 1 << 5 | 1  # the clock must not change the bytes
MOST_BYTES, MOST_MEMBERS = 2**32 - 1, 2**16 - 1  # beyond them a ZIP needs other records

LOCAL = struct.Struct("<4s5H3L2H")
CENTRAL = struct.Struct("<4s6H3L5H2L")
END = struct.Struct("<4s4H2LH")


class ZipMember(NamedTuple):
    """One file; its name is plain ASCII of ours, never a user's words."""

    name: str
    data: bytes


def zip_size(sizes: Iterable[tuple[str, int]]) -> int:
    """How many bytes `zip_chunks` gives for members of these names and sizes."""
    return END.size + sum(LOCAL.size + CENTRAL.size + 2 * len(name) + size for name, size in sizes)


def zip_chunks(members: Iterable[ZipMember]) -> Iterator[bytes]:
    """The ZIP, piece by piece; a member is asked for when its turn comes and let go before the next.

    Raises ValueError for a name that is not ASCII or comes twice, and for what does not fit a plain ZIP.
    """
    directory: dict[str, bytes] = {}
    at = 0
    for name, data in members:
        if name in directory or not name.isascii() or len(directory) == MOST_MEMBERS:
            raise ValueError(f"{name!r} is not ASCII, comes twice, or is one too many")
        described = (STORED, MIDNIGHT, FIRST_OF_1980, crc32(data), len(data), len(data), len(name), 0)
        head = LOCAL.pack(b"PK\3\4", VERSION, 0, *described) + name.encode()
        where = (0, 0, 0, PLAIN_FILE, at)
        directory[name] = CENTRAL.pack(b"PK\1\2", UNIX << 8 | VERSION, VERSION, 0, *described, *where) + name.encode()
        at += len(head) + len(data)
        if at > MOST_BYTES:
            raise ValueError("a ZIP without 64-bit records holds 4 GB at most")
        yield head
        yield data
    listed = b"".join(directory.values())
    yield listed
    yield END.pack(b"PK\5\6", 0, 0, len(directory), len(directory), len(listed), at, 0)
