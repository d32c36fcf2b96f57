"""What is seen in photos: in those that were made for it, and in the labelled ones of the folder PHOTOS, if given."""

import os
from collections.abc import Iterator
from pathlib import Path

from photo_cases import EXPECTED, HEIGHTS

from bench import labelled, photos
from bench.row import Row


def rows() -> Iterator[Row]:
    """Also prints the tables of confusion."""
    found = photos.verdicts()
    photos.print_verdicts(found)
    made, right = len(EXPECTED) * len(HEIGHTS), photos.right(found)
    yield Row("made photos judged as they were made", right / made, detail=f"{right} of {made}")
    if folder := os.environ.get("PHOTOS"):
        yield from _labelled(Path(folder))


def _labelled(folder: Path) -> Iterator[Row]:
    found = labelled.judged_photos(folder)
    labelled.print_confusion(found)
    it = labelled.figures(found)
    yield Row("labelled photos: precision", it.precision, at_least=0.97, detail=it.detail)
    yield Row("labelled photos: recall", it.recall, at_least=0.95)
    yield Row("labelled photos: views", it.views, at_least=0.88, detail=it.views_detail)
    yield Row("labelled photos: check / (decode + networks)", it.ratio, at_most=1.3)
    yield Row("labelled photos: with a second look", it.again)
