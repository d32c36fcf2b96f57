"""WebP (RFC 9649): the chunks that the pixels need, without profile, EXIF and XMP."""

import struct
from collections.abc import Generator

from croquis_pictures.colour import ways_of
from croquis_pictures.containers.said import Said
from croquis_pictures.exif import orientation_of, read_exif
from croquis_pictures.parts import MOST_PARTS, TooManyParts

PIXELS = {b"VP8X", b"VP8 ", b"VP8L", b"ALPH", b"ANIM", b"ANMF"}


def take_apart(data: bytes) -> tuple[bytes, Said]:
    """The picture without its metadata, and what that said."""
    kept, beside = list[bytes](), dict[bytes, bytes]()
    for name, chunk in _chunks(data):
        if name in PIXELS:
            kept.append(chunk)
        else:
            beside.setdefault(name, chunk[8:])
    pixels = b"".join(kept)
    facts = read_exif(beside.get(b"EXIF", b""))
    said = Said(
        ways=ways_of(profile=beside.get(b"ICCP", b""), adobe_rgb=facts.adobe_rgb),
        orientation=orientation_of(facts, beside.get(b"XMP ", b"")),
    )
    return b"RIFF" + struct.pack("<L", len(pixels) + 4) + b"WEBP" + pixels, said


def _chunks(data: bytes) -> Generator[tuple[bytes, bytes]]:
    at, end = 12, min(len(data), 8 + int.from_bytes(data[4:8], "little"))
    for _ in range(MOST_PARTS):
        if at + 8 > end:
            return
        size = int.from_bytes(data[at + 4 : at + 8], "little")
        after = at + 8 + size + size % 2
        yield data[at : at + 4], data[at:after]
        at = after
    raise TooManyParts
