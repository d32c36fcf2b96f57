"""The dataset of twelve photos of 12 MP, beside decoding, resizing and zipping alone.

Each side runs in fresh processes, in turns; imports are not timed. Nothing heavy is imported above: a measured process
has only what its side needs.
"""

import json
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Callable, Iterator
from hashlib import sha256
from io import BytesIO
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING, Any, NamedTuple

from bench.fresh import peak_memory_so_far
from bench.turns import Turns, in_turns

if TYPE_CHECKING:
    from croquis_pictures import Photo

ROUNDS = 5
RATIO_BAR, MEMORY_BAR = 0.7, 300
PHOTOS = 12
SIZE = (3_000, 4_000)  # of a phone's photo
GRAIN = 6  # grey levels of noise, so that a clean copy has the 5 MB of a phone's photo
Measured = dict[str, float]


class Dataset(NamedTuple):
    """Seconds of both sides; MB of 10^6 bytes."""

    turns: Turns
    pictures: int
    peak_mb: float
    imports_mb: float
    photos_mb: float
    zip_mb: float


def measure() -> Dataset:
    """Both sides, and the most memory that the build took."""
    with tempfile.TemporaryDirectory(prefix="croquis-bench-") as name:
        folder = Path(name)
        pictures = _make_photos(folder)
        _fresh(build, folder)
        with zipfile.ZipFile(folder / "dataset.zip") as archive:
            archive.extractall(folder / "ready")
        builds: list[Measured] = []

        def built() -> float:
            builds.append(_fresh(build, folder))
            return builds[-1]["seconds"]

        turns = in_turns(built, lambda: _fresh(alone, folder)["seconds"], ROUNDS)
        return Dataset(
            turns,
            pictures,
            peak_mb=max(it["peak_mb"] for it in builds),
            imports_mb=max(it["imports_mb"] for it in builds),
            photos_mb=sum(path.stat().st_size for path in folder.glob("*.jpg")) / 1e6,
            zip_mb=(folder / "dataset.zip").stat().st_size / 1e6,
        )


def build(folder: Path) -> Measured:
    """Runs in a fresh process: what the state does between its reads from the storage and its upload."""
    from croquis.domain.dataset.plan import planned_dataset
    from croquis.domain.photos.accepted_photo import AcceptedPhoto
    from croquis.domain.subject import Gender, Subject
    from croquis_pictures.crops import draw
    from croquis_pictures.dataset import DatasetItem, write_dataset

    imports, began = peak_memory_so_far(), perf_counter()
    photos = [AcceptedPhoto.model_validate(row) for row in json.loads((folder / "photos.json").read_text())]
    plan = planned_dataset(photos, Subject("qtxkbrdf", Gender.FEMALE))

    def drawn(photo: AcceptedPhoto) -> Iterator[DatasetItem]:
        planned = [it for it in plan if it.photo is photo]
        jpegs = draw((folder / photo.clean_path).read_bytes(), [it.picture for it in planned])
        for it, jpeg in zip(planned, jpegs, strict=True):
            yield DatasetItem(it.stem, jpeg, it.caption)

    with (folder / "dataset.zip").open("wb") as archive:
        write_dataset(archive, (item for photo in photos for item in drawn(photo)))
    return {"seconds": perf_counter() - began, "peak_mb": peak_memory_so_far(), "imports_mb": imports}


def alone(folder: Path) -> Measured:
    """Runs in a fresh process, without a line of ours: the same sizes and files; nothing is encoded."""
    from PIL import Image

    plan = json.loads((folder / "sizes.json").read_text())
    began = perf_counter()
    for name, pictures in plan.items():
        with Image.open(BytesIO((folder / name).read_bytes())) as photo:
            for size, box in pictures:
                photo.resize(size, Image.Resampling.LANCZOS, box=box)
    with zipfile.ZipFile(folder / "alone.zip", "w", zipfile.ZIP_STORED) as archive:
        for path in sorted((folder / "ready").iterdir()):
            archive.write(path, path.name)
    return {"seconds": perf_counter() - began}


def _make_photos(folder: Path) -> int:
    """The clean copies, what a check sees in them, and which sizes are wanted of them; the number of pictures."""
    from croquis.domain.dataset.plan import trained_pictures
    from croquis.domain.images.image import ImageSize

    photos = [_accepted(number, folder) for number in range(1, PHOTOS + 1)]
    sizes = {
        photo.clean_path: [
            ((it.width, it.height), it.region.within(ImageSize(*SIZE))) for it in trained_pictures(photo)
        ]
        for photo in photos
    }
    (folder / "photos.json").write_text(json.dumps([photo.model_dump(mode="json") for photo in photos]))
    (folder / "sizes.json").write_text(json.dumps(sizes))
    return sum(map(len, sizes.values()))


def _accepted(number: int, folder: Path) -> Any:
    from croquis.domain.ids import PhotoId
    from croquis.domain.photos.accepted_photo import AcceptedPhoto, Said
    from croquis_vision import check_photo

    photo, path = _phones_photo(number), f"{number:02}.jpg"
    data = photo.clean_copy()
    (folder / path).write_bytes(data)
    width, height = photo.kept_size
    return AcceptedPhoto(
        id=PhotoId(str(number)),
        slot=number,
        sha256=sha256(data).hexdigest(),
        width=width,
        height=height,
        clean_path=path,
        thumbnail_path=path,
        seen=check_photo(photo).features,
        said=Said(),
    )


def _phones_photo(number: int) -> "Photo":
    import numpy as np
    from photo_cases import good_photo, jpeg
    from PIL import Image

    from croquis_pictures import open_photo

    large = np.asarray(good_photo(f"{number:02}").resize(SIZE, Image.Resampling.BICUBIC), np.float32)
    grain = np.random.default_rng(number).normal(0, GRAIN, large.shape)
    return open_photo(jpeg(Image.fromarray(np.clip(large + grain, 0, 255).astype(np.uint8))))


def _fresh(side: Callable[[Path], Measured], folder: Path) -> Measured:
    command = [sys.executable, "-m", "bench.dataset", side.__name__, str(folder)]
    outcome = subprocess.run(command, capture_output=True, text=True)
    if outcome.returncode:
        raise RuntimeError(f"{side.__name__} ended with {outcome.returncode}: {outcome.stderr[-1000:]}")
    return json.loads(outcome.stdout)


if __name__ == "__main__":
    print(json.dumps({"build": build, "alone": alone}[sys.argv[1]](Path(sys.argv[2]))))
