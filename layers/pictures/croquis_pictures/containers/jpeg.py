"""JPEG (ITU-T T.81): the segments that the pixels need, without the APP segments and comments between them."""

import re
from collections.abc import Generator

from croquis_pictures.colour import ways_of
from croquis_pictures.containers.said import Said
from croquis_pictures.exif import orientation_of, read_exif
from croquis_pictures.parts import MOST_PARTS, TooManyParts

APP0, APP1, APP2, APP14, APP15, COMMENT = 0xE0, 0xE1, 0xE2, 0xEE, 0xEF, 0xFE
START, SCAN, END = 0xD8, 0xDA, b"\xff\xd9"
WITH_LENGTH = re.compile(rb"\xff[\xc0-\xcf\xd8\xda-\xfe]")  # and the start, whose end is another marker
SCAN_HEADER_BYTES = {6 + 2 * components for components in (1, 2, 3, 4)}
EXIF, XMP, PROFILE = b"Exif\0\0", b"http://ns.adobe.com/xap/1.0/\0", b"ICC_PROFILE\0"


def take_apart(data: bytes) -> tuple[bytes, Said]:
    """The picture without its metadata, and what that said; everything from the first scan on stays as it is."""
    kept, exif, xmp, profile = [data[:2]], b"", b"", dict[int, bytes]()
    for marker, start, end in _segments(data):
        if marker == SCAN:
            kept.append(data[start:])
            break
        body = data[start + 4 : end]
        if marker == APP1 and body.startswith(EXIF):
            exif = exif or body
        elif marker == APP1 and body.startswith(XMP):
            xmp = xmp or body
        elif marker == APP2 and body.startswith(PROFILE) and len(body) > 14:
            profile.setdefault(body[12], body[14:])
        elif _decides_about_pixels(marker, body):
            kept.append(data[start:end])
    facts = read_exif(exif)
    joined = b"".join(part for _, part in sorted(profile.items()))
    said = Said(ways=ways_of(profile=joined, adobe_rgb=facts.adobe_rgb), orientation=orientation_of(facts, xmp))
    return b"".join(kept), said


def _segments(data: bytes) -> Generator[tuple[int, int, int]]:
    """Marker, start and end of each segment up to the first scan's header.

    A segment that does not end where another marker stands has a wrong length: like decoders, this looks for the
    next marker, but not inside the whole JPEG that a preview in EXIF is.
    """
    at = 2
    for _ in range(MOST_PARTS):
        found = WITH_LENGTH.search(data, at)
        if found is None:
            return
        at, marker = found.start(), data[found.start() + 1]
        length = int.from_bytes(data[at + 2 : at + 4])
        end = at + 2 + length
        if marker == SCAN and length in SCAN_HEADER_BYTES:
            yield marker, at, end
            return
        if marker == START:
            at = data.find(END, at) + len(END)
            if at < len(END):
                return
        elif marker != SCAN and length >= 2 and data[end : end + 1] == b"\xff":
            yield marker, at, end
            at = end
        else:
            at += 2
    raise TooManyParts


def _decides_about_pixels(marker: int, body: bytes) -> bool:
    if marker == APP0:
        return body.startswith(b"JFIF\0") and len(body) >= 14
    if marker == APP14:
        return body.startswith(b"Adobe") and len(body) >= 12
    return not APP0 <= marker <= APP15 and marker != COMMENT
