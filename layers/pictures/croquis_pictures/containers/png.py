"""PNG (W3C, third edition): the chunks that the pixels need; the others are read as far as they describe colours."""

import struct
import zlib
from collections.abc import Generator
from dataclasses import dataclass

from croquis_pictures.colour import CodePoints, ways_of
from croquis_pictures.containers.said import Key, Said
from croquis_pictures.exif import orientation_of, read_exif
from croquis_pictures.parts import MOST_PARTS, TooManyParts

SIGNATURE_BYTES = 8
PALETTE = 3
SAMPLES = {0: 1, 2: 3}  # colour types whose transparency is one colour: grey and RGB
INFLATED_BYTES = 4_000_000  # of a profile or XMP; the tags that colours need stand at its beginning
XMP = b"XML:com.adobe.xmp\0"


@dataclass(frozen=True)
class Chunk:
    """A chunk as it lies."""

    raw: bytes

    @property
    def name(self) -> bytes:
        return self.raw[4:8]

    @property
    def data(self) -> bytes:
        return self.raw[8:-4]

    @property
    def whole(self) -> bool:
        """Complete, with the right checksum."""
        length, checksum = int.from_bytes(self.raw[:4]), int.from_bytes(self.raw[-4:])
        return len(self.raw) == length + 12 and zlib.crc32(self.raw[4:-4]) == checksum


def take_apart(data: bytes) -> tuple[bytes, Said]:
    """The picture without its metadata, and what that said; a damaged ancillary chunk says nothing."""
    kept, beside = [data[:SIGNATURE_BYTES]], dict[bytes, bytes]()
    colour, depth = data[25:26], data[24:25]
    palette = colour == bytes([PALETTE])
    pixels_begun = False
    for chunk in _chunks(data):
        pixels_begun = pixels_begun or chunk.name == b"IDAT"
        if chunk.name in (b"IHDR", b"IDAT", b"IEND") or (palette and chunk.name == b"PLTE"):
            kept.append(chunk.raw)
        elif not chunk.whole:
            continue
        elif palette and chunk.name == b"tRNS":
            kept.append(chunk.raw)
        elif chunk.name == b"iTXt":
            if chunk.data.startswith(XMP):
                beside.setdefault(chunk.name, chunk.data)
        elif not pixels_begun or chunk.name == b"eXIf":
            beside.setdefault(chunk.name, chunk.data)
    facts = read_exif(beside.get(b"eXIf", b""))
    said = Said(
        ways=ways_of(
            codes=_codes(beside.get(b"cICP", b""), int.from_bytes(depth)),
            profile=_profile(beside.get(b"iCCP", b"")),
            srgb=b"sRGB" in beside,
            gamma=int.from_bytes(beside.get(b"gAMA", b"")[:4]) / 100_000,
            chromaticities=_chromaticities(beside.get(b"cHRM", b"")),
            adobe_rgb=facts.adobe_rgb,
        ),
        orientation=orientation_of(facts, _xmp(beside.get(b"iTXt", b""))),
        animated=int.from_bytes(beside.get(b"acTL", b"")[:4]) > 1,
        key=_key(beside.get(b"tRNS", b""), int.from_bytes(colour), int.from_bytes(depth)),
    )
    return b"".join(kept), said


def _chunks(data: bytes) -> Generator[Chunk]:
    at = SIGNATURE_BYTES
    for _ in range(MOST_PARTS):
        if at + 8 > len(data):
            return
        end = at + 12 + int.from_bytes(data[at : at + 4])
        yield Chunk(data[at:end])
        at = end
    raise TooManyParts


def _inflated(data: bytes) -> bytes:
    try:
        return zlib.decompressobj().decompress(data, INFLATED_BYTES)
    except zlib.error:
        return b""


def _profile(chunk: bytes) -> bytes:
    _, _, packed = chunk.partition(b"\0")
    return _inflated(packed[1:])


def _xmp(chunk: bytes) -> bytes:
    packed = chunk[len(XMP) : len(XMP) + 1] == b"\1"
    text = chunk[len(XMP) + 2 :].split(b"\0", 2)[-1]
    return _inflated(text) if packed else text


def _codes(chunk: bytes, depth: int) -> CodePoints | None:
    if len(chunk) != 4 or chunk[2] != 0:  # PNG's samples are RGB: no other matrix is allowed
        return None
    return CodePoints(primaries=chunk[0], transfer=chunk[1], depth=depth, narrow=chunk[3] == 0)


def _chromaticities(chunk: bytes) -> tuple[float, ...]:
    return tuple(it / 100_000 for it in struct.unpack(">8L", chunk)) if len(chunk) == 32 else ()


def _key(chunk: bytes, colour: int, depth: int) -> Key | None:
    count = SAMPLES.get(colour, 0)
    if not count or len(chunk) < 2 * count:
        return None
    samples = struct.unpack(f">{count}H", chunk[: 2 * count])
    return Key(tuple(it & ((1 << depth) - 1) for it in samples), depth)
