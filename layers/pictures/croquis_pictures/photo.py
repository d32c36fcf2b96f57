"""A person's photo: opened once, upright and without metadata, and the two copies that are kept of it."""

from dataclasses import dataclass
from io import BytesIO

from PIL import Image

from croquis.domain.photos.photo import (
    KEPT_LONG_SIDE,
    MAX_ASPECT,
    MAX_PHOTO_BYTES,
    MAX_PHOTO_PIXELS,
    MIN_SHORT_SIDE,
    THUMBNAIL_LONG_SIDE,
)
from croquis_pictures.decoding import Limits, PhotoRefused, PictureType, decode

__all__ = ["Photo", "PhotoRefused", "jpeg_of", "open_photo"]


@dataclass(frozen=True)
class Photo:
    """An upright 8-bit sRGB picture without metadata.

    `image` has at most 4,608 pixels on its long side; `width` and `height` are those of the upload, upright;
    `content_type` is what its bytes are, whatever was announced.
    """

    image: Image.Image
    content_type: str
    width: int
    height: int

    @property
    def kept_size(self) -> tuple[int, int]:
        """Width and height of the clean copy, in pixels."""
        return self.image.size

    def clean_copy(self) -> bytes:
        """The JPEG that is stored and trained on: the pixels of `image`, no metadata, the same bytes every time."""
        return jpeg_of(self.image)

    def thumbnail(self) -> bytes:
        """A JPEG of at most 1,024 pixels on the long side, for looking at."""
        small = self.image.copy()
        small.thumbnail((THUMBNAIL_LONG_SIDE, THUMBNAIL_LONG_SIDE), Image.Resampling.LANCZOS)
        return jpeg_of(small, quality=85)


def open_photo(data: bytes) -> Photo:
    """Upright sRGB picture without metadata, or raises PhotoRefused with a `code`; never another exception (FI-04)."""
    decoded = decode(data, _photo_limits())
    return Photo(decoded.image, decoded.content_type, decoded.width, decoded.height)


def jpeg_of(image: Image.Image, *, quality: int = 95) -> bytes:
    """A JPEG with colour at full resolution (4:4:4): fabric and skin edges survive the next re-encoding."""
    out = BytesIO()
    image.save(out, "JPEG", quality=quality, subsampling=0)
    return out.getvalue()


def _photo_limits() -> Limits:
    return Limits(
        types=frozenset(PictureType),
        data_bytes=MAX_PHOTO_BYTES,
        pixels=MAX_PHOTO_PIXELS,
        kept_long_side=KEPT_LONG_SIDE,
        aspect=MAX_ASPECT,
        short_side=MIN_SHORT_SIDE,
    )
