"""The three facts that are read from EXIF (CIPA DC-008, DCF 2.0): how the picture lies, and whether in Adobe RGB.

The block is hostile like all the rest: nothing is read but these entries, and nothing in it raises.
"""

import re
import struct
from dataclasses import dataclass

ORIENTATION, EXIF_IFD, COLOR_SPACE, INTEROPERABILITY_IFD, INTEROPERABILITY_INDEX = 0x0112, 0x8769, 0xA001, 0xA005, 1
ADOBE_RGB, UNCALIBRATED = 2, 0xFFFF  # 2 is in no standard, but cameras write it
DCF_OPTION_FILE = b"R03"  # DCF's only colour space beside sRGB (R98): Adobe RGB
HEADERS = {b"II*\0": "<", b"MM\0*": ">"}
XMP_ORIENTATION = re.compile(rb'tiff:Orientation(?:="|>)([1-8])')


@dataclass(frozen=True)
class Exif:
    """Orientation 1 lies as it is shown; 0 says nothing about it."""

    orientation: int = 0
    adobe_rgb: bool = False


def read_exif(block: bytes) -> Exif:
    """What a TIFF header and its entries say, with or without "Exif" before it; of a damaged one, what can be read."""
    tiff = block[6:] if block[:6] == b"Exif\0\0" else block
    order = HEADERS.get(tiff[:4])
    if order is None:
        return Exif()
    main = _entries(tiff, order, _long(tiff[4:8], order))
    camera = _entries(tiff, order, _long(main.get(EXIF_IFD, b""), order))
    interoperability = _entries(tiff, order, _long(camera.get(INTEROPERABILITY_IFD, b""), order))
    space = _short(camera.get(COLOR_SPACE, b""), order)
    index = interoperability.get(INTEROPERABILITY_INDEX, b"")[:3]
    return Exif(
        orientation=_short(main.get(ORIENTATION, b""), order),
        adobe_rgb=space == ADOBE_RGB or (space == UNCALIBRATED and index == DCF_OPTION_FILE),
    )


def orientation_of(exif: Exif, xmp: bytes) -> int:
    """EXIF's word, or else XMP's, which some editors write alone."""
    if exif.orientation:
        return exif.orientation
    said = XMP_ORIENTATION.search(xmp)
    return int(said[1]) if said else 1


def _entries(tiff: bytes, order: str, at: int) -> dict[int, bytes]:
    """Tag -> the four bytes of its value field, of one directory; as many as there are."""
    if not 0 < at <= len(tiff) - 2:
        return {}
    (count,) = struct.unpack_from(f"{order}H", tiff, at)
    last = min(at + 2 + 12 * count, len(tiff) - 11)
    rows = (struct.unpack_from(f"{order}HHL4s", tiff, row) for row in range(at + 2, last, 12))
    return {tag: value for tag, _, _, value in rows}


def _short(value: bytes, order: str) -> int:
    return struct.unpack(f"{order}H", value[:2])[0] if len(value) >= 2 else 0


def _long(value: bytes, order: str) -> int:
    return struct.unpack(f"{order}L", value)[0] if len(value) == 4 else 0
