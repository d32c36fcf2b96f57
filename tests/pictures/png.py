"""PNG files chunk by chunk, with what no encoder would write."""

import struct
import zlib
from collections.abc import Iterable

Chunk = tuple[bytes, bytes]

SIGNATURE = b"\x89PNG\r\n\x1a\n"
GREY, RGB, PALETTE, GREY_ALPHA = 0, 2, 3, 4
DEPTHS = {8: "B", 16: "H"}


def chunk(name: bytes, data: bytes) -> bytes:
    return struct.pack(">L", len(data)) + name + data + struct.pack(">L", zlib.crc32(name + data))


def plain(
    *samples: int, colour: int = RGB, depth: int = 8, before: Iterable[Chunk] = (), after: Iterable[Chunk] = ()
) -> bytes:
    """A picture of one colour, with these chunks before and after its pixels."""
    pixel = struct.pack(f">{len(samples)}{DEPTHS[depth]}", *samples)
    return of_rows([pixel * 600] * 800, colour=colour, depth=depth, before=before, after=after)


def of_rows(
    rows: list[bytes],
    *,
    width: int = 600,
    colour: int = RGB,
    depth: int = 8,
    before: Iterable[Chunk] = (),
    after: Iterable[Chunk] = (),
) -> bytes:
    header = struct.pack(">LLBBBBB", width, len(rows), depth, colour, 0, 0, 0)
    pixels = zlib.compress(b"".join(b"\0" + row for row in rows), 1)
    parts = [(b"IHDR", header), *before, (b"IDAT", pixels), *after, (b"IEND", b"")]
    return SIGNATURE + b"".join(chunk(name, data) for name, data in parts)


def iccp(profile: bytes) -> Chunk:
    return b"iCCP", b"profile\0\0" + zlib.compress(profile)


def gama(gamma: float) -> Chunk:
    return b"gAMA", struct.pack(">L", round(gamma * 100_000))


def chrm(*white_red_green_blue: float) -> Chunk:
    return b"cHRM", struct.pack(">8L", *(round(it * 100_000) for it in white_red_green_blue))


def cicp(primaries: int, transfer: int, *, matrix: int = 0, full_range: int = 1) -> Chunk:
    return b"cICP", bytes([primaries, transfer, matrix, full_range])
