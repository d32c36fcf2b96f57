"""Reads the trainer's log: how far a training is, the loss over its steps, and the lines that an owner may read.

Only a display may depend on it. The log is the whole text so far, up to 1.4 MB, with one bar line per half step. The
last bar says steps - 1: a training is over when the provider says so, never when the bar does.
"""

import math
import re

from croquis.adapters.replicate.readable_lines import readable_lines
from croquis.ports.provider import Progress, TrainerLog

TAIL_CHARACTERS = 16_000
HEAD_CHARACTERS = 256_000
MOST_POINTS = 500
STEADY = 50  # steps, from which on their mean foretells more than the bar's guess, which follows the last few
MOST_SECONDS = 9_999 * 3_600

_BAR = re.compile(
    r"flux_train_replicate:\s+\d{1,3}%\|[^|\n]*\|\s*(?P<step>\d{1,9})/(?P<total>\d{1,9})"
    r"\s+\[(?P<elapsed>[\d:]+)<(?P<eta>[\d:?]+),\s*[\d.?]+\s*(?:it/s|s/it)(?:,(?P<values>[^\]\n]{0,400}))?\]",
    re.ASCII,
)
_LOSS_OF_BAR = re.compile(r"(?<!\S)loss[:=]\s*([^\s,]+)", re.ASCII)
_IMAGES = re.compile(r"Found (\d{1,6}) images", re.ASCII)
_LOSS = re.compile(r"\d+(?:\.\d+)?(?:e[+-]?\d{1,3})?", re.ASCII | re.IGNORECASE)
_CLOCK = re.compile(r"(?:(?P<hours>\d{1,4}):)?(?P<minutes>\d{1,2}):(?P<seconds>\d{1,2})", re.ASCII)


def trainer_log_of(log: str) -> TrainerLog:
    """Everything that is kept of a log; of the same log always the same."""
    progress = progress_of(log)
    last_line, lines = readable_lines(log)
    return TrainerLog(progress, last_line, lines, _points(log, progress.total) if progress else ())


def progress_of(log: str) -> Progress | None:
    """What the log's last complete bar says, or None before the first one; whatever the log, never an exception."""
    bars = list(_BAR.finditer(log[-TAIL_CHARACTERS:]))
    if not bars:
        return None
    step, total = int(bars[-1]["step"]), int(bars[-1]["total"])
    if not 0 <= step <= total or not total:
        return None
    return Progress(step, total, _loss(bars[-1]["values"]), _left(bars[-1], step, total))


def _left(bar: re.Match[str], step: int, total: int) -> int | None:
    elapsed = _seconds(bar["elapsed"])
    if step < STEADY or not elapsed:
        return _seconds(bar["eta"])
    return min(round(elapsed / step * (total - step)), MOST_SECONDS)


def images_found(log: str) -> int | None:
    """How many pictures the trainer unpacked, or None until it says so."""
    match = _IMAGES.search(log, 0, HEAD_CHARACTERS)
    return int(match[1]) if match else None


def _points(log: str, total: int) -> tuple[tuple[int, float], ...]:
    """The loss at every step, or at every second, third, ... so that a longer log has the same ones and more."""
    every = -(-(total + 1) // MOST_POINTS)
    found: dict[int, float | None] = {}
    for bar in _BAR.finditer(log):
        step = int(bar["step"])
        if step % every == 0 and step <= total and _LOSS_OF_BAR.search(bar["values"] or ""):
            # the first bar of a step has its own loss, the second already that of the next one
            found.setdefault(step, _loss(bar["values"]))
    return tuple((step, loss) for step, loss in sorted(found.items()) if loss is not None)


def _loss(values: str | None) -> float | None:
    # a diverged training says `nan` or `inf`: that is no number to draw
    said = _LOSS_OF_BAR.search(values or "")
    loss = float(said[1]) if said and _LOSS.fullmatch(said[1]) else math.inf
    return loss if math.isfinite(loss) else None


def _seconds(text: str) -> int | None:
    clock = _CLOCK.fullmatch(text)
    if clock is None:
        return None
    return int(clock["hours"] or 0) * 3600 + int(clock["minutes"]) * 60 + int(clock["seconds"])
