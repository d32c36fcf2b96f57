"""How a sweep goes through the kinds of loss: each has its share of the time, and each item is on its own."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Protocol, TypeVar

from croquis.errors import SweepIncomplete

CLAIM = 10  # what is claimed and not reached before the time is over waits until it is late again
LAST_SECONDS = 45  # as long as one item may take, and what is said at the end

Found = TypeVar("Found")
SecondsLeft = Callable[[], float]


class Identified(Protocol):
    """What has an id to page by."""

    @property
    def id(self) -> str: ...


Paged = TypeVar("Paged", bound=Identified)


@dataclass(frozen=True)
class Kind:
    """One kind of loss; each piece of `work` makes up for one, which is found when the piece is asked for."""

    name: str
    work: Iterator[Callable[[], object]]


@dataclass
class Swept:
    """How many were found of each kind; which kinds there was no time to end; what resisted, or could not be found."""

    found: dict[str, int] = field(default_factory=dict[str, int])
    cut_short: list[str] = field(default_factory=list[str])
    errors: list[tuple[str, Exception]] = field(default_factory=list[tuple[str, Exception]])

    def answer(self) -> dict[str, int]:
        """What was found; SweepIncomplete when something of it resisted."""
        if self.errors:
            raise SweepIncomplete(f"Not all could be made up for: {', '.join(sorted({it for it, _ in self.errors}))}.")
        return self.found


def drained(found: list[Found]) -> Iterator[Found]:
    """What an earlier kind has left there, asked for when the turn comes."""
    while found:
        yield found.pop()


def one_kind(name: str, found: Iterable[Found], make_up_for: Callable[[Found], object]) -> Kind:
    """What was found, and what makes up for each."""
    return Kind(name, (partial(make_up_for, it) for it in found))


def asked(ask: Callable[[], list[Found]]) -> Iterator[Found]:
    """One page, asked for when its kind's turn comes."""
    yield from ask()


def pages(page_after: Callable[[str | None], list[Paged]]) -> Iterator[Paged]:
    """All pages, by key: the Data API gives at most a thousand rows at once (JB-04)."""
    after = None
    while page := page_after(after):
        yield from page
        after = page[-1].id


def claimed(claim: Callable[[int], list[Found]]) -> Iterator[Found]:
    """All pages of a function whose answer is a claim: what one sweep was given, no other is given for a while."""
    while page := claim(CLAIM):
        yield from page


def deleted(delete: Callable[[], int]) -> Iterator[int]:
    """As many as the database deletes by itself, page by page."""
    while many := delete():
        yield from range(many)


def each_kind(seconds_left: SecondsLeft, kinds: Sequence[Kind]) -> Swept:
    """Each kind has an equal share of the time that those before it left."""
    swept = Swept()
    for place, kind in enumerate(kinds):
        left = seconds_left()
        share = max(0.0, left - LAST_SECONDS) / (len(kinds) - place)
        _each(kind, swept, lambda until=left - share: seconds_left() > until)
    return swept


def _each(kind: Kind, swept: Swept, in_time: Callable[[], bool]) -> None:
    swept.found.setdefault(kind.name, 0)
    while in_time():
        try:
            make_up_for = next(kind.work)
        except StopIteration:
            return
        except Exception as error:  # noqa: BLE001  what cannot be looked for does not end the other kinds
            swept.errors.append((kind.name, error))
            return
        swept.found[kind.name] += 1
        try:
            make_up_for()
        except Exception as error:  # noqa: BLE001  nor does one that resists
            swept.errors.append((kind.name, error))
    if kind.name not in swept.cut_short:
        swept.cut_short.append(kind.name)
