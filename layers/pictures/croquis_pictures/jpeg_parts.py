"""A JPEG taken apart before anything is decoded: what it announces, its scans, and where the picture ends (T.81).

The picture ends with the scan that completes it. What stands behind that is not looked at: a second picture, a video,
a phone's tags, or no end marker at all.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from math import ceil
from typing import NamedTuple

from croquis_pictures.parts import TooManyParts

MOST_SCANS = 64  # cameras write 1, editors up to 20; each is a pass over all pixels
MOST_SEGMENTS = 1_000  # a large profile takes 255, a large XMP 400

MARKER = re.compile(rb"\xff+([^\x00\xff])")
SCAN_END = re.compile(rb"\xff+[^\x00\xff\xd0-\xd7]")
RESTART = re.compile(rb"\xff[\xd0-\xd7]")
SCAN, END, RESTART_INTERVAL = 0xDA, 0xD9, 0xDD
BARE = {0x01, *range(0xD0, 0xD9)}  # markers without a length
FRAMES = {*range(0xC0, 0xD0)} - {0xC4, 0xC8, 0xCC}
PROGRESSIVE = {0xC2, 0xC6, 0xCA, 0xCE}
BETWEEN_SCANS = {0xC4, 0xCC, SCAN, 0xDB, RESTART_INTERVAL, 0xFE, *range(0xE0, 0xF0)}


class Incomplete(Exception):
    """Pixels that the header announces are not there."""


class Scan(NamedTuple):
    """The markers that lead to a scan, its own the last; its data; and the restart markers that must be in them."""

    markers: bytes
    data: memoryview
    restarts: int

    @property
    def has_its_restarts(self) -> bool:
        return not self.restarts or len(RESTART.findall(self.data)) >= self.restarts


class Segment(NamedTuple):
    code: int
    payload: bytes
    end: int

    @property
    def whole(self) -> bytes:
        return b"\xff" + bytes([self.code]) + (len(self.payload) + 2).to_bytes(2) + self.payload


@dataclass
class Frame:
    """What is announced; and of each component's 64 coefficients, which bit has come last (0: all of it)."""

    progressive: bool
    size: tuple[int, int]
    sampling: dict[int, tuple[int, int]]
    bits: dict[int, list[int]] = field(default_factory=dict[int, list[int]])

    @property
    def complete(self) -> bool:
        return len(self.bits) == len(self.sampling) and not any(map(any, self.bits.values()))

    def take(self, header: bytes) -> list[int]:
        """Note what a scan brings, and say of which components; of none when it is no scan of this frame."""
        if len(header) < 6 or len(header) != 4 + 2 * header[0]:
            return []
        ids, (first, last, precision) = list(header[1:-3:2]), header[-3:]
        if not self.progressive:
            first, last, precision = 0, 63, 0
        if not {*ids} <= {*self.sampling} or not first <= last <= 63:
            return []
        for component in ids:
            self.bits.setdefault(component, [16] * 64)[first : last + 1] = [precision & 15] * (last + 1 - first)
        return ids

    def units(self, components: list[int]) -> int:
        """How many units of coded data a scan of these components has."""
        across, down = (max(factors) for factors in zip(*self.sampling.values(), strict=True))
        x, y = self.sampling[components[0]] if len(components) == 1 else (1, 1)
        width, height = self.size
        return ceil(ceil(width * x / across) / 8) * ceil(ceil(height * y / down) / 8)


def scans_of(data: bytes) -> list[Scan]:
    """The scans that make up the picture, in order. Raises TooManyParts or Incomplete."""
    frame, interval = None, 0
    scans: list[Scan] = []
    markers = [b"\xff\xd8"]
    for segment in _segments(data):
        if segment.code in FRAMES:
            frame = frame or _frame(segment)
        elif segment.code == RESTART_INTERVAL:
            interval = int.from_bytes(segment.payload)
        markers.append(segment.whole)
        if segment.code == SCAN:
            components = frame.take(segment.payload) if frame else []
            if frame is None or not components:
                break
            if len(scans) == MOST_SCANS:
                raise TooManyParts
            restarts = ceil(frame.units(components) / interval) - 1 if interval else 0
            scans.append(
                Scan(b"".join(markers), memoryview(data)[segment.end : _end_of_scan(data, segment.end)], restarts)
            )
            if frame.complete:
                return scans
            markers = []
    raise Incomplete


def _segments(data: bytes) -> Iterator[Segment]:
    """One after the other, without the bytes that fill the room between them; each scan's data are passed over."""
    at, scanned = 2, False
    for _ in range(MOST_SEGMENTS):
        found = MARKER.match(data, at) if scanned else MARKER.search(data, at)
        code = found[1][0] if found else END
        if found is None or code == END or (scanned and code not in BETWEEN_SCANS):
            return
        at = found.end()
        if code in BARE:
            continue
        start = at + 2
        at += int.from_bytes(data[at:start])
        if not start <= at <= len(data):
            return
        yield Segment(code, data[start:at], at)
        if code == SCAN:
            at, scanned = _end_of_scan(data, at), True
    raise TooManyParts


def _end_of_scan(data: bytes, at: int) -> int:
    found = SCAN_END.search(data, at)
    return found.start() if found else len(data)


def _frame(segment: Segment) -> Frame:
    height, width = int.from_bytes(segment.payload[1:3]), int.from_bytes(segment.payload[3:5])
    parts = segment.payload[6 : 6 + 3 * segment.payload[5]]
    sampling = {parts[at]: (parts[at + 1] >> 4 or 1, parts[at + 1] & 15 or 1) for at in range(0, len(parts) - 2, 3)}
    return Frame(segment.code in PROGRESSIVE, (width, height), sampling)
