"""Look-books: order, list, read, pause, resume, cancel."""

from typing import Any

from croquis.http.door import Cursor, Door, KeyIfItSpends, LookBookInPath, Sent, SignedIn
from croquis.http.dry_runs import DRY_RUN, DryRunView, answered, with_status
from croquis.http.look_books import LookBookList, LookBookView, OrderLookBook
from croquis.usecases import look_books
from croquis.wiring import croquis

app = Door()


@app.post("/v1/look-books", responses={**DRY_RUN, 202: answered("Ordered", LookBookView)})
def order_look_book(
    request: OrderLookBook, owner: SignedIn, sent: Sent, key: KeyIfItSpends = None
) -> tuple[LookBookView | DryRunView, int]:
    """Order a look-book

    Every look on every picture, cell by cell, as long as the budget lasts. An order cannot be changed: for something
    different, send another one. The same Idempotency-Key returns the same look-book.
    """
    return with_status(look_books.order(croquis(), owner, request, key, sent))


@app.get("/v1/look-books")
def list_look_books(owner: SignedIn, before: Cursor = None) -> LookBookList:
    """List your look-books, newest first"""
    return look_books.list_look_books(croquis(), owner, before)


@app.get("/v1/look-books/<look_book_id>")
def read_look_book(look_book_id: LookBookInPath, owner: SignedIn) -> LookBookView:
    """Read a look-book

    Its grid with the pictures so far, its money, and once every cell has ended, the contact sheet, ZIP and drift
    report. Its links are valid for ten minutes.
    """
    return look_books.read(croquis(), owner, look_book_id)


@app.post("/v1/look-books/<look_book_id>/pause")
def pause_look_book(look_book_id: LookBookInPath, owner: SignedIn) -> LookBookView:
    """Pause a look-book

    May be repeated. What was ordered is finished.
    """
    return look_books.pause(croquis(), owner, look_book_id)


@app.post("/v1/look-books/<look_book_id>/resume")
def resume_look_book(look_book_id: LookBookInPath, owner: SignedIn) -> LookBookView:
    """Resume a look-book

    May be repeated.
    """
    return look_books.resume(croquis(), owner, look_book_id)


@app.post("/v1/look-books/<look_book_id>/cancel")
def cancel_look_book(look_book_id: LookBookInPath, owner: SignedIn) -> LookBookView:
    """Cancel a look-book

    May be repeated. What was ordered is finished and paid; the files are made from what there is.
    """
    return look_books.cancel(croquis(), owner, look_book_id)


def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    return app.open(event, context)
