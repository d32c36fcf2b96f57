"""Look-books: ordered by the owner, filled cell by cell and bound by workers."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Protocol

from croquis.domain.ids import ImageId, LookBookId, ModelId
from croquis.domain.images.image import Image, ImageKind
from croquis.domain.look_books.look_book import BoundFiles, Cell, LookBook
from croquis.domain.row import Row
from croquis.domain.runs.model import Model
from croquis.ports.dry_runs import Planned
from croquis.ports.owner import Owner


class ReadLookBook(Row):
    """With its cells, row by row, and their pictures in any order."""

    look_book: LookBook
    cells: tuple[Cell, ...]
    images: tuple[Image, ...]
    reserved_usd: Decimal
    spent_usd: Decimal


class CellToStart(Row):
    """A picture that was ordered, and that nobody works at yet."""

    id: ImageId
    kind: ImageKind


class FilledLookBook(Row):
    """What follows a filling: images to start, files to make, another look-book that waits for a place."""

    look_book: LookBook
    to_start: tuple[CellToStart, ...]
    to_bind: bool
    next: LookBookId | None


class LookBookToBind(Row):
    """The pictures that may be in its files; not allowed: nothing may be made of the person any more."""

    look_book: LookBook
    model: Model
    allowed: bool
    cells: tuple[Cell, ...]
    images: tuple[Image, ...]


class LookBooks(Protocol):
    """An owner orders; each cell is then ordered like any other picture, within the budget, by the workers."""

    def order_look_book(
        self,
        owner: Owner,
        model: ModelId,
        idempotency_key: str | None,
        rows: Sequence[Mapping[str, object]],
        columns: Sequence[Mapping[str, object]],
        engine: str | None,
        budget_usd: float,
        seed: int | None,
        sent_sha256: str,
    ) -> LookBook:
        """Pays nothing yet; the same key with the same that was sent answers the same look-book."""
        ...

    def dry_run_look_book(
        self,
        owner: Owner,
        model: ModelId,
        rows: Sequence[Mapping[str, object]],
        columns: Sequence[Mapping[str, object]],
        engine: str | None,
        budget_usd: float,
    ) -> Planned: ...

    def read_look_book(self, owner: Owner, look_book: LookBookId) -> ReadLookBook | None: ...

    def list_look_books(self, owner: Owner, *, limit: int, before: str | None = None) -> list[LookBook]: ...

    def pause_look_book(self, owner: Owner, look_book: LookBookId) -> LookBook: ...

    def resume_look_book(self, owner: Owner, look_book: LookBookId) -> LookBook: ...

    def cancel_look_book(self, owner: Owner, look_book: LookBookId) -> LookBook: ...

    def fill_look_book(self, look_book: LookBookId) -> FilledLookBook | None:
        """Again: what was ordered before is named again until it was started, and nothing is ordered twice."""
        ...

    def look_book_to_bind(self, look_book: LookBookId) -> LookBookToBind | None:
        """None when its files are made, or a cell is open."""
        ...

    def bind_look_book(self, look_book: LookBookId, binding: int, bound: BoundFiles | None) -> bool:
        """False when a picture was taken back meanwhile: the files are to be made anew."""
        ...

    def look_books_to_fill(self, most: int, after: str | None, at_once: bool) -> list[LookBook]: ...

    def look_books_that_do_not_move(self, most: int, after: str | None) -> list[LookBook]: ...
