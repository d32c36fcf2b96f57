"""What the API takes and shows of look-books."""

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Annotated, Self

from pydantic import BeforeValidator, ConfigDict, Field, StrictBool, model_validator
from pydantic_core import PydanticCustomError

from croquis.domain.garments.wearing import MOST_GARMENTS
from croquis.domain.ids import GarmentId, ImageId, LookBookId, LookId, ModelId
from croquis.domain.images.wishes import ImageWishes
from croquis.domain.look_books.drift import DriftReport
from croquis.domain.look_books.look_book import (
    MOST_CELLS,
    MOST_USD,
    Cell,
    CellStatus,
    LookBook,
    LookBookStatus,
    progress_of,
)
from croquis.http.presenter import Links, image_view, problem_of
from croquis.http.requests import Request, not_null, without_null
from croquis.http.views import ImageView, Problem, View
from croquis.ports.look_books import ReadLookBook

UUID = r"^[0-9a-f]{8}-([0-9a-f]{4}-){3}[0-9a-f]{12}$"
TAKEN_BACK = Problem(code="image_removed", sentence="You removed this picture.", hint="")

Look = Annotated[LookId | None, Field(pattern=UUID), BeforeValidator(not_null), Field(json_schema_extra=without_null)]
Picture = Annotated[ImageId | None, Field(pattern=UUID)]
Garments = Annotated[
    tuple[Annotated[GarmentId, Field(pattern=UUID)], ...] | None,
    Field(min_length=1, max_length=MOST_GARMENTS),
    BeforeValidator(not_null),
    Field(json_schema_extra=without_null),
]
Budget = Annotated[float, Field(ge=0.01, le=MOST_USD)]


class LookInBook(Request):
    """One row: a look, or garments that are worn together."""

    model_config = ConfigDict(
        frozen=True, extra="forbid", defer_build=True, json_schema_extra={"minProperties": 1, "maxProperties": 1}
    )

    look_id: Look = None
    garment_ids: Garments = None

    @model_validator(mode="after")
    def _is_said_once(self) -> Self:
        if len(self.model_fields_set) != 1:
            raise PydanticCustomError("garments_or_look", "garments or look")
        return self


class BaseInBook(ImageWishes):
    """One column: a picture that is there (`image_id` alone), or wishes for one that is made first."""

    image_id: Picture = None

    @model_validator(mode="after")
    def _is_one_of_two(self) -> Self:
        if self.image_id and len(self.model_fields_set) > 1:
            raise PydanticCustomError("image_or_wishes", "image or wishes")
        return self

    @property
    def title(self) -> str:
        """What stands above the column."""
        said = (self.scene, self.pose, self.background, self.outfit, self.prompt)
        return ", ".join(str(it) for it in said if it)


class OrderLookBook(Request):
    """Each look in `rows` on the picture of each of `columns`, as long as `budget_usd` lasts. With a `seed` each can be
    repeated.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True, protected_namespaces=())

    model_id: Annotated[ModelId, Field(pattern=UUID)]
    rows: Annotated[tuple[LookInBook, ...], Field(min_length=1, max_length=MOST_CELLS)]
    columns: Annotated[tuple[BaseInBook, ...], Field(min_length=1, max_length=MOST_CELLS)]
    budget_usd: Budget
    engine: Annotated[str | None, Field(min_length=1, max_length=80)] = None
    seed: Annotated[int | None, Field(ge=0, le=2_147_483_639)] = None
    dry_run: StrictBool = False

    @model_validator(mode="after")
    def _has_not_too_many_cells(self) -> Self:
        if len(self.rows) * len(self.columns) > MOST_CELLS:
            raise PydanticCustomError("too_many_cells", "too many cells")
        return self


class CellProgressView(View):
    """How many of the looks' cells ended, and how many of them with a picture. `share` is 0 to 1."""

    ended: int
    done: int
    of: int
    share: float


class CellView(View):
    """Row 0 holds the pictures that the looks are tried on. In the end there is an `image` or a `problem`."""

    row: int
    column: int
    status: CellStatus
    tries: int
    garment_ids: tuple[GarmentId, ...]
    image: ImageView | None
    problem: Problem | None


class LookBookFiles(View):
    """Links that are valid for ten minutes. No ZIP where it was larger than the storage takes."""

    sheet_url: str | None
    pdf_url: str | None
    zip_url: str | None


class LookBookSummary(View):
    id: LookBookId
    model_id: ModelId
    status: LookBookStatus
    version: int
    engine: str
    seed: int | None
    budget_usd: Decimal
    created_at: datetime
    ended_at: datetime | None
    problem: Problem | None


class LookBookList(View):
    look_books: tuple[LookBookSummary, ...]
    next: str | None


class LookBookView(LookBookSummary):
    """`rows` and `columns` are the titles of the grid. `problem` says why it paused or was canceled by itself.

    `files` and `report` come once every cell ended; they go, and come again, when a picture is removed or refused.
    """

    rows: tuple[str, ...]
    columns: tuple[str, ...]
    reserved_usd: Decimal
    spent_usd: Decimal
    progress: CellProgressView
    cells: tuple[CellView, ...]
    files: LookBookFiles | None
    report: DriftReport | None


def look_book_summary(book: LookBook) -> LookBookSummary:
    """For a list."""
    return LookBookSummary.model_validate({**book.model_dump(), "problem": problem_of(book)})


def look_book_view(found: ReadLookBook, links: Links, files: Mapping[str, str]) -> LookBookView:
    """The whole grid; `files` are links to what it ended in."""
    book, bound = found.look_book, found.look_book.bound
    images = {it.id: image_view(it, links) for it in found.images if not it.removed_at}
    progress = progress_of(found.cells)
    shown = {
        "rows": [book.row_title(number + 1) for number in range(len(book.rows))],
        "columns": [book.column_title(number + 1) for number in range(len(book.columns))],
        "reserved_usd": found.reserved_usd,
        "spent_usd": found.spent_usd,
        "progress": {**progress._asdict(), "share": progress.ended / progress.of if progress.of else 1},
        "cells": [_cell_view(it, images.get(it.image_id) if it.image_id else None) for it in found.cells],
        "files": {
            "sheet_url": files.get(bound.sheet_path),
            "pdf_url": files.get(bound.pdf_path),
            "zip_url": files.get(bound.zip_path or ""),
        }
        if bound
        else None,
        "report": bound.report if bound else None,
    }
    return LookBookView.model_validate({**look_book_summary(book).model_dump(), **shown})


def _cell_view(cell: Cell, image: ImageView | None) -> CellView:
    removed = cell.status is CellStatus.DONE and image is None
    return CellView(
        row=cell.row_no,
        column=cell.column_no,
        status=cell.status,
        tries=cell.tries,
        garment_ids=cell.garment_ids,
        image=image if cell.status is not CellStatus.FAILED else None,
        problem=TAKEN_BACK if removed else problem_of(cell) or (image and image.problem),
    )
