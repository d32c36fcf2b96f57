"""Two sides measured in turns, so that whatever else runs on this machine disturbs both alike."""

import math
from collections.abc import Callable, Sequence
from statistics import median, quantiles
from typing import NamedTuple

from bench.row import Row


class Turns(NamedTuple):
    """What each side took, round by round."""

    ours: tuple[float, ...]
    other: tuple[float, ...]

    @property
    def ratios(self) -> tuple[float, ...]:
        return tuple(ours / other for ours, other in zip(self.ours, self.other, strict=True))

    @property
    def ratio(self) -> float:
        """The median of the rounds' ratios."""
        return median(self.ratios)

    @property
    def spread(self) -> float:
        """How far apart the middle half of the ratios lies, as a share of their median."""
        low, _, high = quantiles(self.ratios, n=4, method="inclusive")
        return (high - low) / self.ratio


def in_turns(ours: Callable[[], float], other: Callable[[], float], rounds: int) -> Turns:
    """Each side once in each round, and each first in every other round."""
    found: list[tuple[float, float]] = []
    for number in range(rounds):
        if number % 2:
            after = other()
            found.append((ours(), after))
        else:
            found.append((ours(), other()))
    return Turns(*zip(*found, strict=True))


def row(
    what: str, turns: Turns, *, at_most: float | None = None, at_least: float | None = None, detail: str = ""
) -> Row:
    """Of seconds: ours / the other where there is a most, the other / ours (how fast we are) where there is a least."""
    fast = at_least is not None
    measured = Turns(turns.other, turns.ours) if fast else turns
    return Row(
        what,
        measured.ratio,
        at_most=at_most,
        at_least=at_least,
        ours=seconds(turns.ours),
        other=seconds(turns.other),
        spread=measured.spread,
        detail=detail,
    )


def p95(taken: Sequence[float]) -> float:
    return sorted(taken)[math.ceil(0.95 * len(taken)) - 1]


def seconds(taken: tuple[float, ...]) -> str:
    """The median and the range, in the unit that fits."""
    scale, unit = (1, "s") if median(taken) >= 1 else (1000, "ms")
    low, middle, high = (f"{scale * it:.3g}" for it in (min(taken), median(taken), max(taken)))
    return f"{middle} {unit} ({low}-{high})"
