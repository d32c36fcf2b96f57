"""What a file is made of, counted before a decoder looks at it: a flood of parts costs seconds and says nothing."""

from itertools import count

MOST_PARTS = 100_000  # chunks or segments of any kind, most of which are thrown away unread
MOST_CHUNKS = 25_000  # of a PNG: 25 MB in chunks of 1 kB, where libpng writes 8 kB


class TooManyParts(Exception):
    """More scans, segments or chunks than any camera or editor writes."""


def count_chunks(png: bytes) -> None:
    """Raises TooManyParts for a PNG in too many pieces; what they hold is left to its decoder."""
    at = 8
    for number in count():
        if at >= len(png) or png[at + 4 : at + 8] == b"IEND":
            return
        if number == MOST_CHUNKS:
            raise TooManyParts
        at += 12 + int.from_bytes(png[at : at + 4])
