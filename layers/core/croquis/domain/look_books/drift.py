"""How far the pictures of a look-book drift from their person: with intervals, cell by cell, the worst first."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from croquis.domain.images.exam import ImageChecks, Judgement, PassRate
from croquis.domain.row import Row

PARTS = (
    "face",
    "body",
    "one_person",
    "head_to_toe",
    "garments",
)  # what is looked at, in the order of how much it weighs


class Looked(NamedTuple):
    """A picture of a look-book and what was found in it; None: nobody looked."""

    row_no: int
    column_no: int
    checks: ImageChecks | None


class CellDrift(Row):
    """One cell: what fails, of what nobody can tell, and what was not measured."""

    row_no: int
    column_no: int
    fails: tuple[str, ...]
    cannot_tell: tuple[str, ...]
    not_measured: tuple[str, ...]


class DriftReport(Row):
    """Of the finished looks. A part that is None was measured in no picture."""

    sandbox: bool  # then it says nothing of any model: no model made these pictures
    pictures: int
    face: PassRate | None
    body: PassRate | None
    one_person: PassRate | None
    head_to_toe: PassRate | None
    garments: PassRate | None  # whether they have the colours of their pictures
    cells: tuple[CellDrift, ...]  # the worst first


def drift_of(pictures: Sequence[Looked], *, sandbox: bool) -> DriftReport:
    """Of a look-book's pictures, in any order; those that looks were tried on are not among them."""
    found = [_judgements(it.checks) for it in pictures]
    rates = {part: _rate([it[part] for it in found if part in it]) for part in PARTS}
    cells = [_cell(it, judged) for it, judged in zip(pictures, found, strict=True)]
    return DriftReport(sandbox=sandbox, pictures=len(pictures), **rates, cells=tuple(sorted(cells, key=_how_bad)))


def _judgements(checks: ImageChecks | None) -> Mapping[str, Judgement]:
    told = {part: getattr(checks, part, None) for part in PARTS}
    return {part: it for part, it in told.items() if it is not None}


def _rate(judgements: list[Judgement]) -> PassRate | None:
    return PassRate.of(judgements) if judgements else None


def _cell(picture: Looked, judged: Mapping[str, Judgement]) -> CellDrift:
    def those(wanted: Judgement) -> tuple[str, ...]:
        return tuple(part for part in PARTS if judged.get(part) is wanted)

    return CellDrift(
        row_no=picture.row_no,
        column_no=picture.column_no,
        fails=those(Judgement.FAILS),
        cannot_tell=those(Judgement.CANNOT_TELL),
        not_measured=tuple(part for part in PARTS if part not in judged),
    )


def _how_bad(cell: CellDrift) -> tuple[int, list[int], int, int, int, int]:
    """A failure weighs more than any doubt, and a doubt more than what nobody looked at; else as they stand."""
    which = [PARTS.index(part) for part in cell.fails]
    doubts, unseen = len(cell.cannot_tell), len(cell.not_measured)
    return -len(cell.fails), which, -doubts, -unseen, cell.row_no, cell.column_no
