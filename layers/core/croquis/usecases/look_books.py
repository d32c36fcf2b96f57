"""What an owner does with look-books: order, read, pause, resume, cancel. Workers fill and bind them."""

from collections.abc import Mapping

from croquis.domain.ids import LookBookId
from croquis.domain.look_books.look_book import LookBook
from croquis.domain.runs.estimate import IMAGE_SECONDS, minutes_of
from croquis.domain.subject import Subject
from croquis.errors import Refused
from croquis.http.dry_runs import DryRunView, dry_run_view
from croquis.http.look_books import (
    BaseInBook,
    LookBookList,
    LookBookView,
    OrderLookBook,
    look_book_summary,
    look_book_view,
)
from croquis.http.views import cursor_after
from croquis.ports import Croquis, Owner
from croquis.usecases.binding import LOOK_BOOKS
from croquis.usecases.images import IMAGES
from croquis.usecases.models import no_such_model
from croquis.usecases.trainings import LINK_SECONDS
from croquis.usecases.wishes import image_wishes

PAGE = 50


def order(
    croquis: Croquis, owner: Owner, request: OrderLookBook, key: str | None, sent: str
) -> LookBookView | DryRunView:
    """Order a look-book, and have its first cells filled; the same key again answers the same one.

    A dry run tells what all of it would cost.
    """
    models = croquis.store.models.list_models(owner, limit=1, model=request.model_id)
    if not models:
        raise no_such_model()
    rows = [it.model_dump(mode="json", exclude_unset=True) for it in request.rows]
    columns = [_column(it, models[0].subject) for it in request.columns]
    store, model = croquis.store.look_books, request.model_id
    if request.dry_run:
        planned = store.dry_run_look_book(owner, model, rows, columns, request.engine, request.budget_usd)
        return dry_run_view(planned, minutes_of(IMAGE_SECONDS, planned.history), ())
    ordered = store.order_look_book(
        owner, model, key, rows, columns, request.engine, request.budget_usd, request.seed, sent
    )
    return _filled(croquis, owner, ordered)


def read(croquis: Croquis, owner: Owner, look_book_id: LookBookId) -> LookBookView:
    """One's own look-book with its grid; links are short-lived."""
    found = croquis.store.look_books.read_look_book(owner, look_book_id)
    if not found:
        raise Refused(
            "There is no such look-book.",
            hint="Check the id; list yours with GET /v1/look-books.",
            code="no_such_look_book",
            status=404,
        )
    paths = [it.path for it in found.images if it.path]
    links = croquis.files.links_as(owner, IMAGES, paths, seconds=LINK_SECONDS)
    return look_book_view(found, links, _file_links(croquis, owner, found.look_book))


def list_look_books(croquis: Croquis, owner: Owner, before: str | None) -> LookBookList:
    """One page, newest first."""
    found = croquis.store.look_books.list_look_books(owner, before=before, limit=PAGE)
    return LookBookList(look_books=tuple(map(look_book_summary, found)), next=cursor_after(found, PAGE))


def pause(croquis: Croquis, owner: Owner, look_book_id: LookBookId) -> LookBookView:
    """Order nothing more until it is resumed."""
    croquis.store.look_books.pause_look_book(owner, look_book_id)
    return read(croquis, owner, look_book_id)


def resume(croquis: Croquis, owner: Owner, look_book_id: LookBookId) -> LookBookView:
    """Go on with the cells that wait."""
    return _filled(croquis, owner, croquis.store.look_books.resume_look_book(owner, look_book_id))


def cancel(croquis: Croquis, owner: Owner, look_book_id: LookBookId) -> LookBookView:
    """End the cells that wait; the files are made of what there is."""
    return _filled(croquis, owner, croquis.store.look_books.cancel_look_book(owner, look_book_id))


def _filled(croquis: Croquis, owner: Owner, book: LookBook) -> LookBookView:
    # a crash before this line is made up for by the sweep
    croquis.queue.fill_look_book(book.id)
    return read(croquis, owner, book.id)


def _column(chosen: BaseInBook, subject: Subject) -> Mapping[str, object]:
    if chosen.image_id:
        return {"image_id": chosen.image_id}
    [wish] = image_wishes(subject, chosen, None, 1)
    return {"title": chosen.title, "wish": wish.model_dump(mode="json", exclude_none=True)}


def _file_links(croquis: Croquis, owner: Owner, book: LookBook) -> dict[str, str]:
    if not book.bound:
        return {}
    paths = [it for it in (book.bound.sheet_path, book.bound.pdf_path, book.bound.zip_path) if it]
    links = croquis.files.links_as(owner, LOOK_BOOKS, paths, seconds=LINK_SECONDS)
    return {path: croquis.files.as_download(link, path.rpartition("/")[2]) for path, link in links.items()}
