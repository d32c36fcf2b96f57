"""The dataset of twelve photos of 12 MP, beside decoding, resizing and zipping alone."""

from collections.abc import Iterator

from bench import dataset, turns
from bench.row import Row


def rows() -> Iterator[Row]:
    it = dataset.measure()
    yield turns.row(
        "dataset of 12 photos: decode + resize + zip -0 alone / ours",
        it.turns,
        at_least=dataset.RATIO_BAR,
        detail=f"{it.pictures} pictures; {it.photos_mb:.0f} MB of photos, {it.zip_mb:.0f} MB of zip",
    )
    yield Row(
        "peak memory of a dataset of 12 x 12 MP",
        it.peak_mb,
        " MB",
        at_most=dataset.MEMORY_BAR,
        detail=f"{it.imports_mb:.0f} MB of it imports",
    )
