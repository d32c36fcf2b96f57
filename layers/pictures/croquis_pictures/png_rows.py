"""Whether a PNG holds all the rows that it announces: its decoder leaves those black that never come."""

import zlib
from collections.abc import Iterator
from math import ceil

from PIL import Image

CHANNELS = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}  # by colour type
WHOLE = [(0, 0, 1, 1)]  # first column and row, step to the next
ADAM7 = [(0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2)]
PIECE = 1 << 20


def ends_in_black(image: Image.Image) -> bool:
    """Whether the last row could be one that never came: only then is it worth to unpack the file once more."""
    return not any(image.crop((0, image.height - 1, *image.size)).tobytes())


def has_all_rows(png: bytes) -> bool:
    """By the number of bytes that its pixels unpack to; in constant memory."""
    width, height = int.from_bytes(png[16:20]), int.from_bytes(png[20:24])
    depth, colour, interlaced = png[24], png[25], png[28]
    needed = 0
    for left, top, across, down in ADAM7 if interlaced else WHOLE:
        columns, rows = ceil((width - left) / across), ceil((height - top) / down)
        needed += rows * (1 + ceil(columns * depth * CHANNELS[colour] / 8)) if columns > 0 < rows else 0
    return _unpacked_bytes(png, needed) >= needed


def _unpacked_bytes(png: bytes, enough: int) -> int:
    stream, found = zlib.decompressobj(), 0
    for packed in _pixel_chunks(png):
        while found < enough and (piece := stream.decompress(packed, PIECE)):
            found += len(piece)
            packed = stream.unconsumed_tail
    return found


def _pixel_chunks(png: bytes) -> Iterator[bytes]:
    at = 8
    while at < len(png):
        size = int.from_bytes(png[at : at + 4])
        if png[at + 4 : at + 8] == b"IDAT":
            yield png[at + 8 : at + 8 + size]
        at += 12 + size
