"""The photo check on a folder of labelled photos: who is taken, who is refused for what, and from where they are seen.

The folder holds pictures and a `labels.csv` with the columns `file`, `label` and `view` (others are ignored).
"""

import csv
from collections import Counter
from collections.abc import Callable, Iterator
from io import BytesIO
from pathlib import Path
from statistics import mean
from time import process_time
from typing import NamedTuple
from unittest.mock import patch

import numpy as np
from PIL import Image

from bench.photos import Warm, verdict
from croquis_pictures import open_photo
from croquis_vision import check_photo
from croquis_vision.networks import Network, networks

FULL, NOT_COUNTED = "full", "border"
SMALLEST, ENLARGED = 512, 520  # a smaller picture is refused for that alone; the rules about the body are judged here
SIDES = (224, 256, 192)
ROUNDS = 5


class Judged(NamedTuple):
    """One photo, and what it cost in processor time."""

    label: str
    verdict: str
    view: str  # as labelled, or empty
    seen_view: str
    runs: int  # of networks
    cost: Warm


class Figures(NamedTuple):
    """Of one folder; `border` photos count for views alone."""

    precision: float
    recall: float
    views: float
    ratio: float
    again: float
    detail: str
    views_detail: str


def judged_photos(folder: Path) -> list[Judged]:
    """Every photo that `labels.csv` names."""
    with (folder / "labels.csv").open(newline="") as table:
        return [_judged(folder / row["file"], row["label"], row.get("view") or "") for row in csv.DictReader(table)]


def full_photos(folder: Path) -> Iterator[Image.Image]:
    """Those that show one person head to toe, as `labels.csv` says."""
    with (folder / "labels.csv").open(newline="") as table:
        names = [row["file"] for row in csv.DictReader(table) if row["label"] == FULL]
    for name in names:
        with Image.open(BytesIO(_large_enough(folder / name))) as photo:
            yield photo.convert("RGB")


def figures(found: list[Judged]) -> Figures:
    """Precision and recall of "take it", the share of right views, and how often a network ran again."""
    counted = [it for it in found if it.label != NOT_COUNTED]
    taken = [it for it in counted if it.verdict == "ok"]
    right, wanted = sum(it.label == FULL for it in taken), sum(it.label == FULL for it in counted)
    viewed = [it for it in found if it.view and it.seen_view]
    seen = sum(it.view == it.seen_view for it in viewed)
    return Figures(
        precision=right / max(len(taken), 1),
        recall=right / max(wanted, 1),
        views=seen / max(len(viewed), 1),
        ratio=mean(it.cost.ratio for it in found),
        again=sum(it.runs > len(SIDES) for it in found) / len(found),
        detail=f"{right} of {wanted} taken, and {len(taken) - right} of {len(counted) - wanted} others",
        views_detail=f"{seen} of {len(viewed)}",
    )


def print_confusion(found: list[Judged]) -> None:
    """Labels down, verdicts across; then views as labelled and as seen."""
    _print_table("label", [(it.label, it.verdict) for it in found])
    _print_table("view", [(it.view, it.seen_view) for it in found if it.view and it.seen_view])


def _print_table(what: str, pairs: list[tuple[str, str]]) -> None:
    columns = sorted({column for _, column in pairs}, key=lambda it: (it != "ok", it))
    counts = Counter(pairs)
    print(f"\n{what:<14}" + "".join(f"{column:>18}" for column in columns))
    for row in sorted({row for row, _ in pairs}):
        print(f"{row:<14}" + "".join(f"{counts[row, column] or '.':>18}" for column in columns))


def _judged(path: Path, label: str, view: str) -> Judged:
    data, nets = _large_enough(path), networks()
    photo = open_photo(data)
    squares = [(net, np.zeros((side, side, 3), np.float32)) for net, side in zip(nets, SIDES, strict=True)]
    report = check_photo(photo)
    return Judged(
        label,
        verdict=verdict(report),
        view=view,
        seen_view=report.view or "",
        runs=_runs(lambda: check_photo(photo)),
        cost=Warm(
            decode=_least(lambda: open_photo(data)),
            networks=_least(lambda: [net(square) for net, square in squares]),
            check=_least(lambda: check_photo(photo)),
        ),
    )


def _large_enough(path: Path) -> bytes:
    with Image.open(path) as image:
        scale = ENLARGED / min(image.size)
        if min(image.size) >= SMALLEST:
            return path.read_bytes()
        size = (round(image.width * scale), round(image.height * scale))
        image.convert("RGB").resize(size, Image.Resampling.BICUBIC).save(out := BytesIO(), "JPEG", quality=95)
    return out.getvalue()


def _runs(work: Callable[[], object]) -> int:
    with patch.object(Network, "__call__", autospec=True, side_effect=Network.__call__) as ran:
        work()
    return ran.call_count


def _least(work: Callable[[], object]) -> float:
    return min(_milliseconds(work) for _ in range(ROUNDS))


def _milliseconds(work: Callable[[], object]) -> float:
    start = process_time()
    work()
    return 1000 * (process_time() - start)
