"""How long an order is going to take: by what the last ones took, where enough of them were finished."""

from dataclasses import dataclass
from enum import StrEnum

from croquis.domain.row import Row

FEWEST_FINISHED = 5  # below that a spread says nothing
IMAGE_SECONDS = 45  # assumed, as for the previews of a run: half are made in 12.8 s, some wait for the engine first


class Basis(StrEnum):
    """What an estimate rests on."""

    HISTORY = "history"  # eight of the last ten took between `low` and `high`
    BUILT_IN = "built_in"  # ours, made before anything was measured here


class History(Row):
    """What the last orders took, at most a hundred: their middle, and between what eight of ten lie."""

    finished: int
    low: float | None
    middle: float | None
    high: float | None


@dataclass(frozen=True)
class Minutes:
    """What is expected; the interval only where it was measured."""

    expected: float
    low: float | None
    high: float | None
    basis: Basis
    finished: int


def minutes_of(seconds: float, history: History, *, unit: float = 1) -> Minutes:
    """`seconds` is the built-in estimate; the history counts in units of so many seconds."""
    low, middle, high = history.low, history.middle, history.high
    if history.finished < FEWEST_FINISHED or low is None or middle is None or high is None:
        return Minutes(in_minutes(seconds), None, None, Basis.BUILT_IN, history.finished)
    low, middle, high = (in_minutes(it * unit) for it in (low, middle, high))
    return Minutes(middle, low, high, Basis.HISTORY, history.finished)


def in_minutes(seconds: float) -> float:
    """As they are told, to a tenth."""
    return round(seconds / 60, 1)
