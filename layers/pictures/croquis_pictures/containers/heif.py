"""HEIF (ISO/IEC 23008-12): what costs libheif a good picture is renamed where it stands, so that no offset moves.

libheif refuses a file for EXIF that lies outside it or for a colour box that it does not know, and takes a clean
aperture that cuts much for damage: it measures the coded picture by the shown one. So the cut is made here.
"""

import struct
from collections.abc import Generator, Iterable
from fractions import Fraction
from itertools import islice
from math import floor
from typing import NamedTuple

from croquis_pictures.colour import PRIMARIES, TRANSFERS, CodePoints, ways_of
from croquis_pictures.containers.said import Box, Said

UNKNOWN = b"free"  # a type that libheif passes over
METADATA = {b"Exif", b"mime", b"uri "}
PROFILES = {b"prof", b"rICC"}
KNOWN_MATRICES = range(15)
MOST_BOXES = 10_000
LUMA_DEPTH_AT = 17  # in hvcC (ISO/IEC 14496-15)


class Part(NamedTuple):
    """A box: its type stands at `at`, its content from `start` to `end`."""

    name: bytes
    at: int
    start: int
    end: int


def take_apart(data: bytes) -> tuple[bytes, Said]:
    """The file with nothing to stumble over, and what it says; as it came where it is not understood."""
    try:
        stones, said = _read(data)
    except (struct.error, ValueError, ZeroDivisionError):
        return data, Said()
    if stones:
        cleared = bytearray(data)
        for at in stones:
            cleared[at : at + 4] = UNKNOWN
        data = bytes(cleared)
    return data, said


def _read(data: bytes) -> tuple[list[int], Said]:
    """Where the types stand that are to be renamed, and what the file says."""
    meta = _content(data, _one(_parts(data, 0, len(data)), b"meta"), 4)
    properties = _content(data, _one(meta, b"iprp"))
    boxes = _content(data, _one(properties, b"ipco"))
    primary = _primary(data, _one(meta, b"pitm"))
    own = _linked(data, properties, boxes, primary)
    stones = [*_metadata_items(data, _one(meta, b"iinf"))]
    stones += [it.at for it in boxes if it.name == b"colr" and not _is_sound_nclx(data[it.start : it.end])]
    stones += [it.at for it in own if it.name == b"clap"]
    # a picture made of tiles may leave it to them to say how they are coded
    tile = _linked(data, properties, boxes, _first_tile(data, meta, primary))
    return stones, _said(data, [*own, *tile], _crop(data, own))


def _said(data: bytes, properties: Iterable[Part], crop: Box | None) -> Said:
    codes, profile, depth = None, b"", 8
    for name, _, start, end in reversed([*properties]):  # so that the picture's own word comes after its tile's
        content = data[start:end]
        if name == b"hvcC" and len(content) > LUMA_DEPTH_AT:
            depth = 8 + (content[LUMA_DEPTH_AT] & 7)
        elif name == b"colr" and content[:4] in PROFILES:
            profile = content[4:]
        elif name == b"colr" and content[:4] == b"nclx" and len(content) >= 8:
            codes = struct.unpack_from(">HH", content, 4)
    # a profile tells more than the numbers, which are there for the decoder (ISO/IEC 23000-22)
    return Said(ways=(*ways_of(profile=profile), *ways_of(codes=codes and CodePoints(*codes, depth))), crop=crop)


def _is_sound_nclx(content: bytes) -> bool:
    if content[:4] != b"nclx" or len(content) < 11:
        return False
    primaries, transfer, matrix = struct.unpack_from(">HHH", content, 4)
    return primaries in PRIMARIES and transfer in TRANSFERS and matrix in KNOWN_MATRICES


def _parts(data: bytes, start: int, end: int) -> list[Part]:
    return list(islice(_walk(data, start, end), MOST_BOXES))


def _walk(data: bytes, at: int, end: int) -> Generator[Part]:
    while at + 8 <= end:
        size, header = int.from_bytes(data[at : at + 4]), 8
        if size == 1:
            size, header = int.from_bytes(data[at + 8 : at + 16]), 16
        after = end if size == 0 else min(at + size, end)
        if after < at + header:
            return
        yield Part(data[at + 4 : at + 8], at + 4, at + header, after)
        at = after


def _one(parts: Iterable[Part], name: bytes) -> Part:
    found = next((it for it in parts if it.name == name), None)
    if found is None:
        raise ValueError("a box that every HEIF has is missing")
    return found


def _content(data: bytes, part: Part, header: int = 0) -> list[Part]:
    return _parts(data, part.start + header, part.end)


def _primary(data: bytes, part: Part) -> int:
    return struct.unpack_from(">L" if data[part.start] else ">H", data, part.start + 4)[0]


def _metadata_items(data: bytes, items: Part) -> Generator[int]:
    for entry in _content(data, items, 8 if data[items.start] else 6):
        at = entry.start + (10 if data[entry.start] == 3 else 8)
        if data[at : at + 4] in METADATA:
            yield at


def _first_tile(data: bytes, meta: Iterable[Part], primary: int) -> int:
    for references in (it for it in meta if it.name == b"iref"):
        form = ">LHL" if data[references.start] else ">HHH"
        for part in _content(data, references, 4):
            if part.name == b"dimg" and part.end - part.start >= struct.calcsize(form):
                made, _, tile = struct.unpack_from(form, data, part.start)
                if made == primary:
                    return tile
    return 0


def _linked(data: bytes, properties: Iterable[Part], boxes: list[Part], item: int) -> list[Part]:
    """The properties of an item, in the order in which they apply."""
    for part in (it for it in properties if it.name == b"ipma"):
        entry, number = (">LB" if data[part.start] else ">HB"), ("H" if data[part.start + 3] & 1 else "B")
        at = part.start + 8
        for _ in range(min(struct.unpack_from(">L", data, part.start + 4)[0], MOST_BOXES)):
            identity, count = struct.unpack_from(entry, data, at)
            at += struct.calcsize(entry)
            if identity == item:
                numbers = struct.unpack_from(f">{count}{number}", data, at)
                indices = [it & (0x7FFF if number == "H" else 0x7F) for it in numbers]  # the top bit: essential
                return [boxes[it - 1] for it in indices if 0 < it <= len(boxes)]
            at += count * struct.calcsize(number)
    return []


def _crop(data: bytes, properties: Iterable[Part]) -> Box | None:
    """The clean aperture in the picture as libheif gives it, turned and mirrored; None if it cuts nothing off."""
    width: int = 0
    height: int = 0
    box: Box | None = None
    for part in properties:
        if part.name == b"ispe":
            width, height = struct.unpack_from(">LL", data, part.start + 4)
        elif part.name == b"clap":
            box = _aperture(struct.unpack_from(">LLLLlLlL", data, part.start), width, height)
        elif part.name == b"irot":
            for _ in range(data[part.start] & 3):  # a quarter anticlockwise each
                box = box and (box[1], width - box[2], box[3], width - box[0])
                width, height = height, width
        elif part.name == b"imir" and box and data[part.start] & 1:
            box = (width - box[2], box[1], width - box[0], box[3])
        elif part.name == b"imir" and box:
            box = (box[0], height - box[3], box[2], height - box[1])
    return box


def _aperture(clap: tuple[int, ...], width: int, height: int) -> Box | None:
    wide, high, right, down = (Fraction(*clap[at : at + 2]) for at in (0, 2, 4, 6))
    left, top = (
        floor(Fraction(it - 1, 2) + off - (cut - 1) / 2)
        for it, off, cut in ((width, right, wide), (height, down, high))
    )
    box = (max(left, 0), max(top, 0), min(left + round(wide), width), min(top + round(high), height))
    return box if box[0] < box[2] and box[1] < box[3] else None
