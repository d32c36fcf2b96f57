"""Filling a look-book: whenever a picture of it ends, the next ones are ordered."""

from croquis.domain.ids import LookBookId
from croquis.ports import Croquis
from croquis.usecases.images import execution_name


def fill(croquis: Croquis, look_book_id: LookBookId) -> None:
    """See what ended, order what is next and start the work on it; may be repeated.

    Whatever is lost between these steps, the sweep finds: images that nobody started, look-books that nobody filled.
    """
    filled = croquis.store.look_books.fill_look_book(look_book_id)
    if filled is None:
        return
    for image in filled.to_start:
        croquis.workflow.start_image(image.id, image.kind, name=execution_name(image.id))
    if filled.to_bind:
        croquis.queue.bind_look_book(look_book_id)
    if filled.next:
        croquis.queue.fill_look_book(filled.next)
