"""The photo check beside decoding and the networks alone: warm, from an empty interpreter, and its memory."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from photo_cases import good_photo, jpeg
from PIL import Image

from bench import fresh, photos
from bench.row import Row

BAR = 1.3
FUNCTION_MB = 1_769  # CheckPhoto's MemorySize
PHONE_12 = (3_000, 4_000)
PHONE_48 = (6_000, 8_000)


def rows() -> Iterator[Row]:
    big, small = photos.warm_of_a_phones_photo(), photos.warm_of_small_photos()
    yield Row("warm check of 13 MP / (decode + networks)", big.ratio, at_most=BAR, detail=str(big))
    yield Row("warm check of 1 MP / (decode + networks)", small.ratio, at_most=BAR, detail=str(small))
    with _photo_file() as photo:
        cold = fresh.cold_start(photo)
    yield Row("first check / (imports + decode + networks)", cold.ratio, detail=str(cold))
    for megapixels, size in ((12, PHONE_12), (48, PHONE_48)):
        with _photo_file(size) as photo:
            peak = fresh.peak_memory(photo)
        yield Row(f"peak memory of a check of {megapixels} MP", peak, " MB", at_most=FUNCTION_MB)


@contextmanager
def _photo_file(size: tuple[int, int] | None = None) -> Iterator[Path]:
    """A demo photo as a JPEG, as it is or of this size."""
    photo = good_photo("03")
    with tempfile.TemporaryDirectory(prefix="croquis-bench-") as folder:
        path = Path(folder) / "photo.jpg"
        path.write_bytes(jpeg(photo.resize(size, Image.Resampling.BICUBIC) if size else photo))
        yield path
