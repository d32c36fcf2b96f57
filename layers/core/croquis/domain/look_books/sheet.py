"""What the contact sheet of a look-book shows for each cell: the words below a picture, or in its place."""

from collections.abc import Sequence
from typing import NamedTuple

from croquis.domain.look_books.drift import CellDrift
from croquis.domain.look_books.look_book import Cell

FAILS = {
    "face": "another face",
    "body": "another body",
    "one_person": "not one person",
    "head_to_toe": "not head to toe",
    "garments": "other colours",
}
TAKEN_BACK = "This picture was taken back."


class SheetCell(NamedTuple):
    """A small picture, or none; `words` stand below it or in its place, and are an alarm where something fails."""

    thumbnail: bytes | None
    words: str
    alarming: bool = False


class SheetRow(NamedTuple):
    """A row of the sheet, with one cell for each column."""

    title: str
    cells: Sequence[SheetCell]


def words_of(cell: Cell, drift: CellDrift | None, *, shown: bool) -> tuple[str, bool]:
    """What stands at a cell, and whether it is an alarm."""
    if not shown:
        return cell.failure_sentence or TAKEN_BACK, True
    if drift is None:
        return "", False
    if drift.fails:
        return ", ".join(FAILS[part] for part in drift.fails), True
    return ("cannot tell: " + ", ".join(drift.cannot_tell) if drift.cannot_tell else ""), False
