"""Binding a look-book: once every cell has ended, its pictures go into a contact sheet and a ZIP, with a report."""

import logging
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Protocol

from croquis.domain.ids import ImageId, LookBookId
from croquis.domain.images.image import Image
from croquis.domain.look_books.drift import DriftReport, Looked, drift_of
from croquis.domain.look_books.look_book import BASE_ROW, BoundFiles, Cell, LookBook
from croquis.domain.look_books.manifest import NAME, REPORT_NAME, file_name, manifest_of, report_file
from croquis.domain.look_books.sheet import SheetCell, SheetRow, words_of
from croquis.domain.runs.job import MOST_EXECUTIONS
from croquis.domain.zip_stream import ZipMember, zip_chunks, zip_size
from croquis.errors import Refused, StepFailed
from croquis.ports import Croquis
from croquis.ports.look_books import LookBookToBind
from croquis.usecases.images import read_saved

LOOK_BOOKS = "look-books"
SHEET, PDF, ZIP = "contact-sheet.png", "contact-sheet.pdf", "pictures.zip"
MADE_BY_AI = "Pictures made by AI of a real person, who agreed to it."
SANDBOX = "SANDBOX: a stand-in made these pictures."

log = logging.getLogger(__name__)


class Thumbnail(Protocol):
    """A picture as small as the sheet shows it."""

    def __call__(self, picture: bytes, /) -> bytes: ...


class Draw(Protocol):
    """The sheet as PNG and as PDF."""

    def __call__(
        self, rows: Sequence[SheetRow], columns: Sequence[str], /, *, title: str, note: str, at: datetime
    ) -> tuple[bytes, bytes]: ...


@dataclass(frozen=True)
class _Book:
    """What is bound, and where its files go: below a number of their own, which nobody is shown once it is over."""

    book: LookBook
    cells: tuple[Cell, ...]
    images: Mapping[ImageId, Image]
    small: Mapping[ImageId, bytes]

    def path(self, name: str, binding: int | None = None) -> str:
        return f"{self.book.owner_id}/{self.book.id}/{binding or self.book.binding}/{name}"

    def picture_of(self, cell: Cell) -> Image | None:
        """None also for one that was taken back, or is lost."""
        return self.images.get(cell.image_id) if cell.image_id else None


def bind(croquis: Croquis, look_book_id: LookBookId, thumbnail: Thumbnail, draw: Draw) -> None:
    """Make the files of a look-book whose cells all ended; again, the same ones.

    Those of an earlier binding, which held a picture that was taken back, are deleted.
    """
    found = croquis.store.look_books.look_book_to_bind(look_book_id)
    if found is None:
        return
    last_try = found.look_book.bind_tries >= MOST_EXECUTIONS
    small = _thumbnails(croquis, found.images, thumbnail, last_try=last_try) if found.allowed else {}
    book = _Book(found.look_book, found.cells, {it.id: it for it in found.images if it.id in small}, small)
    bound = _bound(croquis, found, book, draw) if book.images else None
    last = book.book.binding if bound else book.book.binding + 1
    old = [book.path(name, earlier) for earlier in range(1, last) for name in (SHEET, PDF, ZIP)]
    croquis.files.remove(LOOK_BOOKS, old)
    if not croquis.store.look_books.bind_look_book(look_book_id, book.book.binding, bound):
        croquis.files.remove(LOOK_BOOKS, [book.path(name) for name in (SHEET, PDF, ZIP)])


def _thumbnails(
    croquis: Croquis, images: Sequence[Image], thumbnail: Thumbnail, *, last_try: bool
) -> dict[ImageId, bytes]:
    """Of each whose file is there: one that is lost must not keep the others from their owner."""
    small: dict[ImageId, bytes] = {}
    for image in images:
        try:
            small[image.id] = thumbnail(read_saved(croquis, image, last_try=last_try))
        except StepFailed:
            log.error("the file of a saved image is gone", extra={"image_id": image.id})
    return small


def _bound(croquis: Croquis, found: LookBookToBind, book: _Book, draw: Draw) -> BoundFiles:
    report = drift_of(
        [
            Looked(it.row_no, it.column_no, picture.checks)
            for it in book.cells
            if not it.is_base and (picture := book.picture_of(it))
        ],
        sandbox=croquis.sandbox,
    )
    at = found.look_book.ended_at or datetime.fromtimestamp(croquis.now(), UTC)
    note = f"{MADE_BY_AI} {SANDBOX}" if croquis.sandbox else MADE_BY_AI
    columns = [book.book.column_title(it) for it in range(1, len(book.book.columns) + 1)]
    png, pdf = draw(_rows(book, report), columns, title=found.model.name, note=note, at=at)
    croquis.files.write(LOOK_BOOKS, book.path(SHEET), png, content_type="image/png")
    croquis.files.write(LOOK_BOOKS, book.path(PDF), pdf, content_type="application/pdf")
    zipped = _zip(croquis, book, report, png)
    return BoundFiles(sheet_path=book.path(SHEET), pdf_path=book.path(PDF), zip_path=zipped, report=report)


def _rows(book: _Book, report: DriftReport) -> list[SheetRow]:
    said = {(it.row_no, it.column_no): it for it in report.cells}

    def shown(cell: Cell) -> SheetCell:
        picture = book.picture_of(cell)
        small = book.small[picture.id] if picture else None
        return SheetCell(small, *words_of(cell, said.get((cell.row_no, cell.column_no)), shown=picture is not None))

    return [
        SheetRow(book.book.row_title(number), [shown(it) for it in book.cells if it.row_no == number])
        for number in range(BASE_ROW, len(book.book.rows) + 1)
    ]


def _zip(croquis: Croquis, book: _Book, report: DriftReport, sheet: bytes) -> str | None:
    """Its path; None where the storage has no room for a file of that size."""
    beside = [
        ZipMember(NAME, manifest_of(book.book, book.cells, book.images)),
        ZipMember(REPORT_NAME, report_file(report)),
        ZipMember(SHEET, sheet),
    ]
    pictures = [(file_name(it), picture) for it in book.cells if (picture := book.picture_of(it))]

    def members() -> Iterator[ZipMember]:
        yield from beside
        for name, picture in pictures:
            yield ZipMember(name, read_saved(croquis, picture))

    size = zip_size([(it.name, len(it.data)) for it in beside] + [(name, it.bytes or 0) for name, it in pictures])
    path = book.path(ZIP)
    try:
        croquis.files.write_stream(LOOK_BOOKS, path, zip_chunks(members()), size=size, content_type="application/zip")
    except Refused as refused:
        if refused.status != 413:
            raise
        log.warning("a look-book's ZIP is larger than the storage takes", extra={"bytes": size})
        return None
    return path
