"""The largest photos of phones, checked in a process of their own: they fit into the memory of the function."""

import io
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from contracts.deployment import resources
from pictures.heic_grid import heic_grid
from PIL import Image

from croquis.domain.photos.photo import MAX_PHOTO_PIXELS
from croquis_vision.networks import networks

LIBRARIES, A_PIXEL, TO_SPARE = 250_000_000, 17, 300_000_000  # bytes
CHECK = """
import sys
from pathlib import Path
from croquis_vision import examine_photo

examined = examine_photo(Path(sys.argv[1]).read_bytes())
peak = next(line for line in Path("/proc/self/status").read_text().splitlines() if line.startswith("VmHWM"))
print(examined.width, examined.height, peak.split()[1])
"""


def saved(mode: str, size: tuple[int, int], kind: str, **options: object) -> bytes:
    image = (
        Image.linear_gradient("L")
        .point(lambda level: level & 0xF0)
        .resize(size, Image.Resampling.NEAREST)
        .convert(mode)
    )
    if mode == "RGBA":
        image.putalpha(200)
    image.save(out := io.BytesIO(), kind, **options)
    return out.getvalue()


LARGEST: dict[str, Callable[[], bytes]] = {
    "progressive JPEG of 50 MP": lambda: saved("RGB", (8192, 6144), "JPEG", progressive=True, subsampling=0),
    "PNG of 50 MP with alpha": lambda: saved("RGBA", (8160, 6144), "PNG", compress_level=1),
    "WebP of 50 MP with alpha": lambda: saved("RGBA", (8192, 6144), "WEBP", lossless=True, quality=0, method=0),
    "HEIC of 48 MP": lambda: heic_grid(8064, 6048),
}


@pytest.mark.parametrize("kind", LARGEST)
def test_a_check_of_the_largest_photos_of_phones_fits_into_its_function(kind: str, tmp_path: Path) -> None:
    """FI-04: with the networks loaded; the limit of pixels is made of the same two numbers."""
    networks()  # says clearly when they are missing
    photo = tmp_path / "photo"
    photo.write_bytes(LARGEST[kind]())
    checked = subprocess.run(
        [sys.executable, "-c", CHECK, photo],
        env={"PYTHONPATH": ":".join(sys.path)},
        capture_output=True,
        text=True,
        check=True,
    )
    width, height, peak = map(int, checked.stdout.split())
    assert max(width, height) == 4608
    assert peak * 1024 < LIBRARIES + A_PIXEL * 48_000_000


def test_the_limit_of_pixels_is_what_the_function_has_room_for() -> None:
    memory = resources("AWS::Serverless::Function")["CheckPhoto"]["MemorySize"] * 1_000_000
    assert 0 <= memory - TO_SPARE - LIBRARIES - A_PIXEL * MAX_PHOTO_PIXELS < A_PIXEL
