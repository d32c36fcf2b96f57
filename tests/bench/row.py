"""What a line of the bench yields: figures beside their bars, and curves to be drawn."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Row:
    """One figure beside its bar: a ratio, or with a `unit` a size; `ours` and `other` are what it was made of."""

    what: str
    measured: float
    unit: str = ""
    at_most: float | None = None
    at_least: float | None = None
    ours: str = ""
    other: str = ""
    spread: float | None = None  # of the ratios, as a share of their median
    detail: str = ""

    @property
    def ok(self) -> bool | None:
        """None where there is no bar."""
        if self.at_most is not None:
            return self.measured <= self.at_most
        return None if self.at_least is None else self.measured >= self.at_least

    @property
    def bar(self) -> str:
        if self.at_most is not None:
            return f"≤ {self.at_most:.3g}{self.unit}"
        return "" if self.at_least is None else f"≥ {self.at_least:.3g}{self.unit}"

    @property
    def figure(self) -> str:
        """The measured figure, to as many digits as tell something."""
        if self.unit:
            return f"{self.measured:,.{0 if self.measured >= 10 else 2}f}{self.unit}"
        return f"{self.measured:.{2 if self.measured >= 0.1 else 4}f}"


@dataclass(frozen=True)
class Curve:
    """One curve of a plot."""

    name: str
    points: tuple[tuple[float, float], ...]


@dataclass(frozen=True)
class Plot:
    """Curves over one pair of axes; `name` becomes part of the name of its picture in docs/pictures."""

    name: str
    title: str
    x: str
    y: str
    curves: tuple[Curve, ...]
    logarithmic_x: bool = False
    logarithmic_y: bool = False


Found = Row | Plot
