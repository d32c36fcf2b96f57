"""What the checks and the exam find in planted pictures; with PHOTOS=folder also in pairs of its labelled photos."""

import os
from collections.abc import Iterator
from itertools import chain
from pathlib import Path

from bench import likeness, try_on
from bench.row import Row


def rows() -> Iterator[Row]:
    folder = os.environ.get("PHOTOS")
    it = likeness
    measures = (it.faces, it.pictures, it.bodies, it.previews, it.pairs, try_on.checks)
    found = chain(*(measure() for measure in measures), it.labelled(Path(folder)) if folder else ())
    for case in found:
        yield Row(case.what, case.share, at_least=case.bar.at_least, at_most=case.bar.at_most, detail=str(case))
