"""How long an order is going to take, and what it will cost: by the last ones like it, where enough were finished."""

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from croquis.domain.row import Row

FEWEST_FINISHED = 9  # of fewer, the next one lies outside of all that were seen more often than twice of ten
IMAGE_SECONDS = 45  # assumed, as for the previews of a run: half are made in 12.8 s, some wait for the engine first


class Basis(StrEnum):
    """What an estimate rests on."""

    HISTORY = "history"  # of ten orders eight take between `low` and `high`
    BUILT_IN = "built_in"  # ours, made before anything was measured here


class History(Row):
    """What the last orders took: their middle, and between what the next one will lie eight times of ten."""

    finished: int
    low: float | None
    middle: float | None
    high: float | None

    @property
    def spread(self) -> tuple[float, float, float] | None:
        """Low, middle and high, where enough were finished."""
        if self.finished < FEWEST_FINISHED or self.low is None or self.middle is None or self.high is None:
            return None
        return self.low, self.middle, self.high


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
    if history.spread is None:
        return Minutes(in_minutes(seconds), None, None, Basis.BUILT_IN, history.finished)
    low, middle, high = (in_minutes(it * unit) for it in history.spread)
    return Minutes(middle, low, high, Basis.HISTORY, history.finished)


def dollars_of(reserved: Decimal, prices: History) -> tuple[Decimal, Decimal] | None:
    """Between what it will cost, to a cent; the history is in shares of what was reserved."""
    if prices.spread is None:
        return None
    low, _, high = prices.spread
    return in_cents(reserved * Decimal(low)), in_cents(reserved * Decimal(high))


def in_cents(usd: Decimal) -> Decimal:
    return usd.quantize(Decimal("0.01"))


def in_minutes(seconds: float) -> float:
    """As they are told, to a tenth."""
    return round(seconds / 60, 1)
