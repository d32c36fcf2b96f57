"""The training zip: flat, stored, captioned, in constant memory, and the same bytes for the same pictures.

Written by hand because zipfile cannot both stream and leave out data descriptors; each member is in memory when its
header is written, so its size and CRC are known.
"""

import re
import struct
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

LOCAL_HEADER = struct.Struct("<4s5H3L2H")
CENTRAL_HEADER = struct.Struct("<4s6H3L5H2L")
END_RECORD = struct.Struct("<4s4H2LH")
VERSION, UNIX, STORED, NO_FLAGS = 20, 3, 0, 0
MIDNIGHT, NEW_YEAR_1980 = 0, 0x0021  # the earliest moment that a zip can say: the clock must not change the bytes
PLAIN_FILE = 0o100644 << 16
NEUTRAL_STEM = re.compile(r"[0-9a-z][0-9a-z_-]{0,31}")


@dataclass(frozen=True)
class DatasetItem:
    """One picture and its caption."""

    stem: str
    jpeg: bytes
    caption: str


def dataset_zip(items: Iterable[DatasetItem]) -> Iterator[bytes]:
    """The zip, chunk by chunk: `<stem>.jpg` and `<stem>.txt` per item, in the order given; an item is asked for when
    its turn comes and let go before the next.

    Raises ValueError for a stem that is not neutral or occurs twice: two pictures would share one caption.
    """
    directory: list[bytes] = []
    offset = 0
    for name, data in _members(items):
        header = _local_header(name, data)
        directory.append(_central_header(name, data, offset))
        offset += len(header) + len(data)
        yield header
        yield data
    listing = b"".join(directory)
    count = len(directory)
    yield listing + END_RECORD.pack(b"PK\5\6", 0, 0, count, count, len(listing), offset, 0)


def _members(items: Iterable[DatasetItem]) -> Iterator[tuple[bytes, bytes]]:
    seen: set[str] = set()
    for item in items:
        if item.stem in seen or not NEUTRAL_STEM.fullmatch(item.stem):
            raise ValueError(f"{item.stem!r} is no neutral name, or occurs twice")
        seen.add(item.stem)
        yield f"{item.stem}.jpg".encode(), item.jpeg
        yield f"{item.stem}.txt".encode(), _one_line(item.caption)


def _one_line(caption: str) -> bytes:
    # the trainer turns a line break into a comma; a lone surrogate would stop the upload, so it becomes "?"
    return " ".join(caption.split()).encode("utf-8", "replace")


def _local_header(name: bytes, data: bytes) -> bytes:
    return (
        LOCAL_HEADER.pack(b"PK\3\4", VERSION, NO_FLAGS, STORED, MIDNIGHT, NEW_YEAR_1980, *_sums(name, data), 0) + name
    )


def _central_header(name: bytes, data: bytes, offset: int) -> bytes:
    made_by = UNIX << 8 | VERSION
    when = (MIDNIGHT, NEW_YEAR_1980)
    nothing = (0, 0, 0, 0)  # extra field, comment, disk, internal attributes
    fixed = (b"PK\1\2", made_by, VERSION, NO_FLAGS, STORED, *when, *_sums(name, data), *nothing, PLAIN_FILE, offset)
    return CENTRAL_HEADER.pack(*fixed) + name


def _sums(name: bytes, data: bytes) -> tuple[int, int, int, int]:
    return zlib.crc32(data), len(data), len(data), len(name)
