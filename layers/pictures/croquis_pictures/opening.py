"""Opens a picture with the decoder of its own type alone, after a look at what the file is made of."""

from collections.abc import Callable, Generator
from contextlib import contextmanager
from functools import partial
from io import BytesIO

from PIL import Image
from PIL.ImageFile import ImageFile

from croquis_pictures.jpeg_parts import Incomplete, scans_of
from croquis_pictures.jpeg_pixels import load_pixels
from croquis_pictures.parts import count_chunks
from croquis_pictures.png_rows import ends_in_black, has_all_rows


@contextmanager
def opened(data: bytes, kind: str) -> Generator[tuple[ImageFile, Callable[[], object]]]:
    """The picture with nothing but its header read, and what loads its pixels. Raises TooManyParts, or anything."""
    if kind == "JPEG":
        scans = scans_of(data)
        with Image.open(BytesIO(scans[0].markers), formats=[kind]) as source:
            yield source, partial(load_pixels, source, scans)
    elif kind == "PNG":
        count_chunks(data)
        with Image.open(BytesIO(data), formats=[kind]) as source:
            yield source, partial(_load_png, source, data)
    else:
        with Image.open(BytesIO(data), formats=[kind]) as source:
            yield source, source.load


def _load_png(source: ImageFile, data: bytes) -> None:
    source.load()
    if ends_in_black(source) and not has_all_rows(data):
        raise Incomplete
