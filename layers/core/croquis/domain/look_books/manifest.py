"""What a look-book's ZIP says about its pictures: data for a machine, next to the pictures it names."""

import json
from collections.abc import Mapping, Sequence
from decimal import Decimal

from croquis.domain.ids import ImageId
from croquis.domain.images.image import Image
from croquis.domain.look_books.look_book import Cell, DriftReport, LookBook

NAME, REPORT_NAME = "manifest.json", "drift.json"


def file_name(cell: Cell) -> str:
    """Of a cell's picture, in the ZIP."""
    return f"{cell.name}.png"


def manifest_of(book: LookBook, cells: Sequence[Cell], images: Mapping[ImageId, Image]) -> bytes:
    """Each cell with its picture and what makes it again, or with the sentence in its place."""
    told = [_cell(book, it, images.get(it.image_id) if it.image_id else None) for it in cells]
    whole = {"look_book": book.id, "model": book.model_id, "budget_usd": str(book.budget_usd), "cells": told}
    return _json(whole)


def report_file(report: DriftReport) -> bytes:
    """The drift report as it lies in the ZIP."""
    return _json(report.model_dump(mode="json"))


def _cell(book: LookBook, cell: Cell, image: Image | None) -> dict[str, object]:
    where = {"row": cell.row_no, "column": cell.column_no, "title": book.row_title(cell.row_no)}
    made_of = {"on": book.column_title(cell.column_no), "garments": list(cell.garment_ids), "tries": cell.tries}
    if image is None:
        return {**where, **made_of, "picture": None, "sentence": cell.failure_sentence or "The picture was taken back."}
    return {
        **where,
        **made_of,
        "picture": file_name(cell),
        "image_id": image.id,
        "sha256": image.sha256,
        "prompt": image.prompt,
        "seed": image.seed,
        "engine": image.engine,
        "version": image.provider_version,
        "price_usd": _usd(image.actual_usd),
        "checks": image.checks.model_dump(mode="json") if image.checks else None,
        "sentence": None,
    }


def _usd(amount: Decimal | None) -> str | None:
    return None if amount is None else str(amount)


def _json(told: object) -> bytes:
    return (json.dumps(told, indent=1, sort_keys=True, ensure_ascii=False) + "\n").encode()
