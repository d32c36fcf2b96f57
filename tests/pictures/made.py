"""Files with pictures, made when they are needed; and what the gate says of them when it refuses."""

import io
import struct
import zlib

import pytest
from PIL import Image, ImageDraw

from croquis_pictures import PhotoRefused, open_photo


def portrait(size: tuple[int, int] = (600, 800), mode: str = "RGB") -> Image.Image:
    """White with a red block at the top left: shows how a picture lies."""
    image = Image.new("RGB", size, "white")
    ImageDraw.Draw(image).rectangle((0, 0, size[0] // 2, size[1] // 4), fill="red")
    return image.convert(mode)


def saved(image: Image.Image, kind: str, **options: object) -> bytes:
    out = io.BytesIO()
    image.save(out, kind, **options)
    return out.getvalue()


def chunk(name: bytes, data: bytes) -> bytes:
    """Of a PNG."""
    return struct.pack(">L", len(data)) + name + data + struct.pack(">L", zlib.crc32(name + data))


def png_of_size(width: int, height: int) -> bytes:
    header = struct.pack(">LLBBBBB", width, height, 1, 0, 0, 0, 0)
    pixels = zlib.compress(b"\0" * 1000)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", pixels) + chunk(b"IEND", b"")


def refusal(data: bytes) -> PhotoRefused:
    with pytest.raises(PhotoRefused) as raised:
        open_photo(data)
    assert raised.value.sentence.endswith(".")
    assert raised.value.hint.endswith(".")
    return raised.value
