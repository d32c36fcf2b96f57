"""A look-book: looks in rows, what they are tried on in columns, and how far its cells have come."""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import NamedTuple

from croquis.domain.ids import GarmentId, ImageId, LookBookId, LookId, ModelId, OwnerId
from croquis.domain.look_books.drift import DriftReport
from croquis.domain.row import Failed, Row

MOST_CELLS = 200
MOST_USD = 1000
BASE_ROW = 0  # holds what the looks of a column are tried on


class LookBookStatus(StrEnum):
    """Equal to the values in `look_books.status`."""

    RUNNING = "running"
    PAUSED = "paused"
    DONE = "done"
    CANCELED = "canceled"


class CellStatus(StrEnum):
    """Equal to the values in `look_book_cells.status`."""

    WAITING = "waiting"
    WORKING = "working"
    DONE = "done"
    FAILED = "failed"
    CANCELED = "canceled"


class Cell(Failed):
    """One picture of a look-book, as its row says; in the end it has a picture or a sentence."""

    row_no: int
    column_no: int
    garment_ids: tuple[GarmentId, ...]
    status: CellStatus
    tries: int
    image_id: ImageId | None
    ended_at: datetime | None

    @property
    def is_base(self) -> bool:
        return self.row_no == BASE_ROW

    @property
    def name(self) -> str:
        """Where it stands, as the files of a look-book call it."""
        return f"{self.row_no:02}-{self.column_no:02}"


class WornRow(Row):
    """What a row wears, as it was when the look-book was ordered."""

    title: str | None
    look_id: LookId | None
    garment_ids: tuple[GarmentId, ...]


class BaseColumn(Row):
    """What the looks of a column are tried on."""

    title: str
    image_id: ImageId | None


class BoundFiles(Row):
    """What a look-book ends in: paths in the storage, and its report. The ZIP is missing where it had no room."""

    sheet_path: str
    pdf_path: str
    zip_path: str | None
    report: DriftReport


class LookBook(Failed):
    """As its row says."""

    id: LookBookId
    owner_id: OwnerId
    model_id: ModelId
    rows: tuple[WornRow, ...]
    columns: tuple[BaseColumn, ...]
    engine: str
    seed: int | None
    budget_usd: Decimal
    status: LookBookStatus
    version: int
    binding: int
    bind_tries: int
    bound: BoundFiles | None
    bound_at: datetime | None
    created_at: datetime
    ended_at: datetime | None

    def row_title(self, number: int) -> str:
        """What stands before a row."""
        return "Before" if number == BASE_ROW else self.rows[number - 1].title or f"Look {number}"

    def column_title(self, number: int) -> str:
        return self.columns[number - 1].title or f"Picture {number}"


class CellProgress(NamedTuple):
    """How many cells ended, of how many; those that hold the pictures to try on are not counted."""

    ended: int
    done: int
    of: int


def progress_of(cells: Sequence[Cell]) -> CellProgress:
    """Of the looks' cells."""
    looks = [it for it in cells if not it.is_base]
    over = [it for it in looks if it.status not in (CellStatus.WAITING, CellStatus.WORKING)]
    return CellProgress(len(over), sum(it.status is CellStatus.DONE for it in over), len(looks))
