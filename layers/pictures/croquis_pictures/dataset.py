"""The training zip: flat, stored, captioned, one picture in memory at a time, the same bytes for the same pictures."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import BinaryIO
from zipfile import ZIP_STORED, ZipFile, ZipInfo

PLAIN_FILE, UNIX = 0o100644 << 16, 3
NEUTRAL_STEM = re.compile(r"[0-9a-z][0-9a-z_-]{0,31}")


@dataclass(frozen=True)
class DatasetItem:
    """One picture and its caption."""

    stem: str
    jpeg: bytes
    caption: str


def write_dataset(target: BinaryIO, items: Iterable[DatasetItem]) -> None:
    """Write the zip: `<stem>.jpg` and `<stem>.txt` per item, in the order given; an item is asked for when its turn
    comes and let go before the next. `target` must be seekable: else zipfile would add data descriptors.

    Raises ValueError for a stem that is not neutral or occurs twice: two pictures would share one caption.
    """
    with ZipFile(target, "w", ZIP_STORED) as archive:
        for name, data in _members(items):
            member = ZipInfo(name)  # of 1980: the clock must not change the bytes
            member.create_system, member.external_attr = UNIX, PLAIN_FILE
            archive.writestr(member, data)


def _members(items: Iterable[DatasetItem]) -> Iterator[tuple[str, bytes]]:
    seen: set[str] = set()
    for item in items:
        if item.stem in seen or not NEUTRAL_STEM.fullmatch(item.stem):
            raise ValueError(f"{item.stem!r} is no neutral name, or occurs twice")
        seen.add(item.stem)
        yield f"{item.stem}.jpg", item.jpeg
        yield f"{item.stem}.txt", _one_line(item.caption)


def _one_line(caption: str) -> bytes:
    # the trainer turns a line break into a comma; a lone surrogate would stop the upload, so it becomes "?"
    return " ".join(caption.split()).encode("utf-8", "replace")
