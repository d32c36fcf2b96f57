"""The files of a look-book: made once every cell ended, for its owner alone, and never with what was taken back."""

from typing import Any

import pytest
from sql.book_story import Book
from sql.seats import Connection

BOUND = {"sheet_path": "s.png", "pdf_path": "s.pdf", "zip_path": None, "report": {"pictures": 1}}


@pytest.fixture
def book(db: Connection) -> Book:
    """One that is done."""
    done = Book(db).approved().ordered(rows=1, columns=1)
    done.through()
    return done


def to_bind(book: Book) -> Any:
    return book.story.worker.call("look_book_to_bind", look_book=book.id)


def bound(book: Book, binding: int = 1, files: Any = BOUND) -> bool:
    return book.story.worker.call("bind_look_book", look_book=book.id, binding=binding, bound=files)


def written(book: Book, binding: int) -> None:
    book.story.landed(f"{book.story.user}/{book.id}/{binding}/contact-sheet.png", "look-books")


def shown(book: Book) -> list[str]:
    """Of which bindings its owner sees files."""
    found = book.story.owner.sql("select split_part(name, '/', 3) from storage.objects where bucket_id = 'look-books'")
    return [it for (it,) in found]


def late(book: Book) -> list[str]:
    """Which look-books the sweep would have filled, six minutes later."""
    book.connection.execute("update public.look_books set filled_at = filled_at - interval '6 minutes'")
    return [it["id"] for it in book.story.worker.each("look_books_to_fill")]


def test_its_owner_hears_of_it(book: Book) -> None:
    book.connection.execute("set constraints all immediate")
    heard = book.connection.execute("select topic, payload from realtime.messages where event = 'look_book'").fetchall()
    assert {topic for topic, _ in heard} == {f"owner:{book.story.user}"}
    assert heard[-1][1] | {"id": None} == {"look_book_id": book.id, "status": "done", "version": 1, "id": None}


def test_nothing_is_bound_while_a_cell_is_open(db: Connection) -> None:
    book = Book(db).approved().ordered(rows=1, columns=1)
    book.filled()
    assert to_bind(book) is None
    assert bound(book) is False


def test_it_is_bound_once_and_the_sweep_leaves_it_alone_then(book: Book) -> None:
    assert late(book) == [book.id]
    assert len(to_bind(book)["images"]) == 2
    assert bound(book) is True
    assert to_bind(book) is None
    assert bound(book) is True  # a worker that was given it twice
    assert book.story.owner.sql("select bound from public.look_books") == [(BOUND,)]
    assert late(book) == []


def test_its_owner_alone_sees_the_files_once_it_is_bound(book: Book) -> None:
    other = Book(book.connection).approved()
    written(book, 1)
    assert shown(book) == []
    bound(book)
    assert shown(book) == ["1"]
    assert shown(other) == []


@pytest.mark.parametrize("taken_back", ["removed_at = now()", "shown_decision = 'refuse'"])
def test_a_picture_that_is_taken_back_closes_its_files_until_they_are_made_without_it(
    book: Book, taken_back: str
) -> None:
    bound(book)
    written(book, 1)
    image = book.cell(1, 1)["image_id"]
    book.connection.execute(f"update public.images set {taken_back} where id = %s", (image,))  # pyright: ignore
    assert shown(book) == []
    assert late(book) == [book.id]
    again = to_bind(book)
    assert again["look_book"]["binding"] == 2
    assert image not in [it["id"] for it in again["images"]]
    assert bound(book, binding=1) is False
    assert bound(book, binding=2) is True
    written(book, 2)
    assert shown(book) == ["2"]


@pytest.mark.parametrize("taken_back", ["removed_at = now()", "shown_decision = 'refuse'"])
def test_a_picture_that_is_taken_back_while_its_files_are_made_is_in_none_of_them(book: Book, taken_back: str) -> None:
    assert to_bind(book)["look_book"]["binding"] == 1
    image = book.cell(1, 1)["image_id"]
    book.connection.execute(f"update public.images set {taken_back} where id = %s", (image,))  # pyright: ignore
    assert bound(book, binding=1) is False
    written(book, 1)
    assert shown(book) == []
    assert late(book) == [book.id]
    assert image not in [it["id"] for it in to_bind(book)["images"]]


def test_files_that_are_made_while_the_consent_is_withdrawn_are_given_to_nobody(book: Book) -> None:
    assert to_bind(book)["allowed"] is True
    book.story.owner.call("withdraw_consent", consent_id=book.story.seen()["job"]["consent_id"])
    assert bound(book, binding=1) is False
    written(book, 1)
    assert shown(book) == []
    assert to_bind(book)["allowed"] is False


def test_one_worker_makes_the_files_and_after_four_that_died_there_are_none(book: Book) -> None:
    for _ in range(4):
        assert to_bind(book)
        assert to_bind(book) is None
        book.connection.execute("update public.look_books set bind_claimed_at = now() - interval '16 minutes'")
    assert late(book) == [book.id]
    assert to_bind(book) is None
    assert late(book) == []
    assert book.story.owner.sql("select bound from public.look_books") == [(None,)]


def test_a_favourite_changes_nothing_of_its_files(book: Book) -> None:
    bound(book)
    book.connection.execute("update public.images set favourite = true where id = %s", (book.cell(1, 1)["image_id"],))
    assert to_bind(book) is None


def test_a_withdrawal_closes_the_files_for_good(book: Book) -> None:
    bound(book)
    written(book, 1)
    book.story.owner.call("withdraw_consent", consent_id=book.story.seen()["job"]["consent_id"])
    assert shown(book) == []
    assert to_bind(book)["allowed"] is False
    assert bound(book, binding=2, files=None) is True
    assert late(book) == []


def test_a_book_that_stands_still_is_told_after_an_hour_and_one_that_is_paused_is_not(db: Connection) -> None:
    book = Book(db).approved().ordered(rows=1, columns=1)
    book.filled()

    def standing() -> list[str]:
        return [it["id"] for it in book.story.worker.each("look_books_that_do_not_move")]

    assert standing() == []
    db.execute("update public.look_books set moved_at = now() - interval '61 minutes'")
    assert standing() == [book.id]
    book.story.owner.call("pause_look_book", look_book=book.id)
    assert standing() == []
