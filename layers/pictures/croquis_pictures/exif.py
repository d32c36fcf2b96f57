"""The three facts that are read from EXIF (CIPA DC-008, DCF 2.0): how the picture lies, and whether in Adobe RGB.

The block is hostile like all the rest: nothing is read but these entries, and nothing in it raises.
"""

import re
import struct
from dataclasses import dataclass

ORIENTATION, EXIF_IFD, COLOR_SPACE, INTEROPERABILITY_IFD, INTEROPERABILITY_INDEX = 0x0112, 0x8769, 0xA001, 0xA005, 1
ADOBE_RGB, UNCALIBRATED = 2, 0xFFFF  # 2 is in no standard, but cameras write it
DCF_OPTION_FILE = int.from_bytes(b"R03\0")  # DCF's only colour space beside sRGB (R98): Adobe RGB
FORMS = {(2, 4): ">L", (3, 1): "{}H", (4, 1): "{}L"}  # a text of three letters, a short number, a long one
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
    if order is None or len(tiff) < 8:
        return Exif()
    main = _entries(tiff, order, struct.unpack_from(f"{order}L", tiff, 4)[0])
    camera = _entries(tiff, order, main.get(EXIF_IFD, 0))
    interoperability = _entries(tiff, order, camera.get(INTEROPERABILITY_IFD, 0))
    space, index = camera.get(COLOR_SPACE), interoperability.get(INTEROPERABILITY_INDEX)
    return Exif(
        orientation=main.get(ORIENTATION, 0),
        adobe_rgb=space == ADOBE_RGB or (space == UNCALIBRATED and index == DCF_OPTION_FILE),
    )


def orientation_of(exif: Exif, xmp: bytes) -> int:
    """EXIF's word, or else XMP's, which some editors write alone."""
    if exif.orientation:
        return exif.orientation
    said = XMP_ORIENTATION.search(xmp)
    return int(said[1]) if said else 1


def _entries(tiff: bytes, order: str, at: int) -> dict[int, int]:
    """Tag -> value of one directory, as far as it goes: the numbers and short texts that stand in their own entry."""
    if not 0 < at <= len(tiff) - 2:
        return {}
    (count,) = struct.unpack_from(f"{order}H", tiff, at)
    found = dict[int, int]()
    for row in range(at + 2, min(at + 2 + 12 * count, len(tiff) - 11), 12):
        tag, kind, length = struct.unpack_from(f"{order}HHL", tiff, row)
        form = FORMS.get((kind, length))
        if form:
            found[tag] = struct.unpack_from(form.format(order), tiff, row + 8)[0]
    return found
