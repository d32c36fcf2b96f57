"""How far a reader of a run's log has come, as one word: `run.line.step`, of the last line and point that were read."""

from typing import NamedTuple

FORM = r"^[0-9]{1,6}\.[0-9]{1,9}\.(-1|[0-9]{1,9})$"


class LogPlace(NamedTuple):
    """`step` is -1 before the first point."""

    run: int = 0
    line: int = 0
    step: int = -1

    def __str__(self) -> str:
        return f"{self.run}.{self.line}.{self.step}"


def log_place_of(text: str | None) -> LogPlace:
    """The place; the beginning, when there is none."""
    return LogPlace(*map(int, text.split("."))) if text else LogPlace()
