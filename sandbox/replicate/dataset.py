"""The zip of training images as the trainer reads it: what it extracts, what it trains, what it drops."""

import io
import math
import zipfile
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

from PIL import Image, ImageOps

TRAINED_TYPES = {".jpg", ".jpeg", ".png", ".webp"}
# the portrait and square buckets of SDXL that the trainer knows, at 1024; landscape mirrors them
PORTRAIT_BUCKETS = (
    *((512, 2048), (512, 1984), (512, 1920), (512, 1856), (576, 1792), (576, 1728), (576, 1664), (640, 1600)),
    *((640, 1536), (704, 1472), (704, 1408), (704, 1344), (768, 1344), (768, 1280), (832, 1216), (832, 1152)),
    *((896, 1152), (896, 1088), (960, 1088), (960, 1024), (1024, 1024)),
)
BUCKETS = (*PORTRAIT_BUCKETS, *((height, width) for width, height in PORTRAIT_BUCKETS if width != height))
TOLERANCE = 64
UPRIGHT_TO_SIDEWAYS = range(5, 9)  # the EXIF orientations that swap width and height
ORIENTATION_TAG = 0x0112


@dataclass
class Dataset:
    """What was found: members that are images with their upright sizes, captions, and what Pillow could not open."""

    extracted: int = 0
    images: dict[str, tuple[int, int]] = field(default_factory=dict)
    captions: list[str] = field(default_factory=list)
    broken: dict[str, str] = field(default_factory=dict)

    def lose(self, count: int) -> None:
        """As if the last `count` images could not be opened."""
        for name in sorted(self.images)[len(self.images) - count :]:
            del self.images[name]
            self.broken[name] = "cannot identify image file"


def read_dataset(path: Path) -> Dataset:
    """Look through the zip; ValueError and AssertionError in the trainer's own words."""
    if not zipfile.is_zipfile(path):
        raise ValueError("input_images must be a zip file")
    found = Dataset()
    with zipfile.ZipFile(path) as archive:
        for member in archive.infolist():
            if not _is_skipped(member.filename):
                found.extracted += 1
                _look_at(archive, member, found)
    if not found.images:
        raise AssertionError("no images found in input_images")
    return found


def photo(path: Path, name: str) -> Image.Image:
    """That image of the zip, upright."""
    return upright(bytes_of(path, name))


def bytes_of(path: Path, name: str) -> bytes:
    """What the zip has under that name."""
    with zipfile.ZipFile(path) as archive:
        return archive.read(name)


def upright(data: bytes) -> Image.Image:
    with Image.open(io.BytesIO(data)) as image:
        return ImageOps.exif_transpose(image).convert("RGB")


def read_pairs(path: Path) -> dict[str, str]:
    """The images of the zip in the order of their names, each with its caption; empty where it has none."""
    with zipfile.ZipFile(path) as archive:
        members = set(archive.namelist())
        captions = {name: str(PurePosixPath(name).with_suffix(".txt")) for name in sorted(members) if _is_trained(name)}
        return {
            name: archive.read(caption).decode(errors="replace") if caption in members else ""
            for name, caption in captions.items()
        }


def read_captions(path: Path) -> dict[str, bytes]:
    """The captions that the trainer copies into its output: those at the top of the zip."""
    with zipfile.ZipFile(path) as archive:
        return {name: archive.read(name) for name in archive.namelist() if _is_caption(name)}


def bucket_counts(sizes: list[tuple[int, int]], resolution: int) -> Counter[tuple[int, int]]:
    """How many images fall into which bucket, width before height."""
    return Counter(_bucket(size, resolution) for size in sizes)


def _look_at(archive: zipfile.ZipFile, member: zipfile.ZipInfo, found: Dataset) -> None:
    if _is_caption(member.filename):
        found.captions.append(member.filename)
    if not _is_trained(member.filename):
        return
    try:
        found.images[member.filename] = _upright_size(archive, member)
    except (OSError, SyntaxError, ValueError) as error:  # what Pillow raises for bytes that are no picture
        found.broken[member.filename] = str(error)


def _is_skipped(name: str) -> bool:
    return name.startswith(("__MACOSX/", "._"))


def _is_caption(name: str) -> bool:
    return name.endswith(".txt") and "/" not in name and not _is_skipped(name)


def _is_trained(name: str) -> bool:
    return not _is_skipped(name) and PurePosixPath(name).suffix.lower() in TRAINED_TYPES


def _upright_size(archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> tuple[int, int]:
    with archive.open(member) as file, Image.open(file) as image:
        width, height = image.size
        sideways = image.getexif().get(ORIENTATION_TAG) in UPRIGHT_TO_SIDEWAYS
        image.verify()
    return (height, width) if sideways else (width, height)


def _bucket(size: tuple[int, int], resolution: int) -> tuple[int, int]:
    # images are never enlarged: a small one gets the buckets of its own area
    scale = min(resolution, math.isqrt(size[0] * size[1])) / 1024
    return min((_scaled(bucket, scale) for bucket in BUCKETS), key=lambda bucket: _cut_pixels(size, bucket))


def _scaled(bucket: tuple[int, int], scale: float) -> tuple[int, int]:
    width, height = (max(TOLERANCE, int(side * scale) // TOLERANCE * TOLERANCE) for side in bucket)
    return width, height


def _cut_pixels(size: tuple[int, int], bucket: tuple[int, int]) -> float:
    scale = max(bucket[0] / size[0], bucket[1] / size[1])
    return size[0] * size[1] * scale * scale - bucket[0] * bucket[1]
