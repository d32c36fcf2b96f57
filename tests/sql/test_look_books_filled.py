"""A look-book is filled cell by cell, within its budget and the rate; each cell ends with a picture or a sentence."""

from decimal import Decimal

import pytest
from sql.book_story import Book, limited
from sql.seats import Connection

BASE, LOOK = Decimal("0.02"), Decimal("0.015")


@pytest.fixture
def book(db: Connection) -> Book:
    return Book(db).approved()


def ordered_images(book: Book) -> list[tuple[str, str, int]]:
    """Status and paid calls of each image that it ordered."""
    return book.connection.execute(  # type: ignore[return-value]
        "select i.id::text, i.status::text, (select count(*)::int from public.provider_attempts a"
        " where a.image_id = i.id and a.posted_at is not null)"
        " from public.images i join public.image_orders o on o.id = i.order_id where o.look_book_id = %s",
        (book.id,),
    ).fetchall()


def test_a_look_is_tried_on_once_its_base_picture_is_there(book: Book) -> None:
    book.ordered(rows=2, columns=1).filled()
    assert book.cells() == {(0, 1): "working", (1, 1): "waiting", (2, 1): "waiting"}
    book.saved(next(book.working()))
    book.filled()
    assert book.cells() == {(0, 1): "done", (1, 1): "working", (2, 1): "working"}


def test_a_book_without_trouble_is_done_with_a_picture_in_every_cell(book: Book) -> None:
    last = book.ordered(rows=3, columns=4).through()
    assert (last["look_book"]["status"], last["to_bind"]) == ("done", True)
    assert set(book.cells().values()) == {"done"}
    assert len(ordered_images(book)) == 16
    assert all(calls == 1 for _, _, calls in ordered_images(book))


def test_filling_again_orders_nothing_twice_and_names_what_is_to_be_started(book: Book) -> None:
    first = book.ordered(rows=1, columns=3).filled()
    again = book.filled()
    assert len(first["to_start"]) == 3
    assert again["to_start"] == first["to_start"]
    assert len(ordered_images(book)) == 3


def test_no_more_cells_are_at_work_than_a_book_may_have(book: Book) -> None:
    with limited(book.connection, cells_at_once_of_one=2):
        book.ordered(rows=2, columns=4).filled()
        assert len(list(book.working())) == 2
        book.saved(next(book.working()))
        book.filled()
        assert len(list(book.working())) == 2


def test_no_more_cells_are_at_work_than_the_rate_allows_and_who_waited_longest_is_next(book: Book) -> None:
    other = Book(book.connection).approved()
    with limited(book.connection, cells_at_once=3):
        assert book.ordered(rows=1, columns=3).filled()["next"] is None
        assert other.ordered(rows=1, columns=2).filled()["look_book"]["waits_since"]
        assert list(other.working()) == []
        for image in list(book.working()):
            book.lost(image)
        book.story.owner.call("cancel_look_book", look_book=book.id)
        assert book.filled()["next"] == other.id
        assert other.filled()["look_book"]["waits_since"] is None
        assert len(list(other.working())) == 2


def test_a_book_at_work_leaves_a_free_place_to_one_that_waits(book: Book) -> None:
    other = Book(book.connection).approved()
    with limited(book.connection, cells_at_once=2):
        book.ordered(rows=1, columns=4).filled()
        other.ordered(rows=1, columns=1).filled()
        assert list(other.working()) == []
        earlier = "update public.look_books set waits_since = waits_since - interval '1 minute' where id = %s"
        book.connection.execute(earlier, (other.id,))
        book.lost(next(book.working()))
        assert book.filled()["next"] == other.id
        assert len(list(book.working())) == 1
        other.filled()
        assert len(list(other.working())) == 1


def test_a_picture_that_failed_is_ordered_once_more_and_then_its_sentence_stays(book: Book) -> None:
    book.ordered(rows=1, columns=1).filled()
    book.lost(next(book.working()))
    book.filled()
    assert book.cell(0, 1)["tries"] == 2
    book.lost(next(book.working()))
    book.filled()
    base, look = book.cell(0, 1), book.cell(1, 1)
    assert (base["status"], base["failure_sentence"]) == ("failed", "It failed.")
    assert (look["status"], look["failure_code"]) == ("failed", "no_base_picture")
    assert book.status() == "done"
    assert len(ordered_images(book)) == 2


def test_what_may_still_be_made_is_never_ordered_again(book: Book) -> None:
    """Its time is over and nobody knows whether it was paid: the money stays, and there is no second call."""
    book.ordered(rows=1, columns=1).filled()
    image = next(book.working())
    book.story.opened_image(image)
    late = "update public.images set deadline_at = now() - interval '1 second' where id = %s"
    book.connection.execute(late, (image,))
    book.failed(image)
    book.filled()
    assert book.cell(0, 1)["status"] == "failed"
    assert len(ordered_images(book)) == 1


@pytest.mark.parametrize("bad", [{"one_person": "fails"}, {"head_to_toe": "fails"}, {"face": "fails"}])
def test_nothing_is_tried_on_a_picture_that_shows_another_or_not_all(book: Book, bad: dict[str, str]) -> None:
    book.ordered(rows=1, columns=1).filled()
    book.saved(next(book.working()), checks=bad)
    book.filled()
    assert (book.cell(0, 1)["status"], book.cell(1, 1)["failure_code"]) == ("done", "no_base_picture")


def test_a_picture_that_is_saved_and_not_looked_at_yet_is_waited_for_but_not_for_ever(book: Book) -> None:
    book.ordered(rows=1, columns=1).filled()
    image = next(book.working())
    book.saved(image)
    book.connection.execute("update public.images set checks = null where id = %s", (image,))
    book.filled()
    assert book.cell(0, 1)["status"] == "working"
    book.connection.execute("update public.images set ended_at = now() - interval '6 minutes' where id = %s", (image,))
    book.filled()
    assert (book.cell(0, 1)["status"], book.cell(1, 1)["status"]) == ("done", "working")


def test_a_garment_that_is_removed_meanwhile_ends_its_cells_with_a_sentence_and_no_other(book: Book) -> None:
    book.ordered(rows=2, columns=1).filled()
    book.wardrobe.removed(book.garments[0])
    book.through()
    assert (book.cell(1, 1)["status"], book.cell(1, 1)["failure_code"]) == ("failed", "garment_removed")
    assert book.cell(2, 1)["status"] == "done"


@pytest.mark.parametrize("budget", ["0.035", "0.05", "0.10", "0.17", "0.30"])
def test_spending_stays_within_the_budget_and_columns_are_finished_before_others_begin(book: Book, budget: str) -> None:
    book.ordered(rows=2, columns=4, budget_usd=budget).through()
    reserved, spent = book.money()
    assert reserved == 0
    assert spent <= Decimal(budget)
    assert book.status() == "done"
    whole = [column for column in range(1, 5) if book.cells()[2, column] == "done"]
    assert len(whole) == min(4, int(Decimal(budget) / (BASE + 2 * LOOK)))
    left = [it for it in book.seen()["cells"] if it["failure_code"] == "budget_spent"]
    assert all(it["failure_sentence"] for it in left)


def test_an_owner_bears_no_more_than_the_price_however_long_a_picture_takes(book: Book) -> None:
    book.ordered(rows=1, columns=1, budget_usd="0.04").filled()
    for _ in range(2):
        book.saved(next(book.working()), seconds=500)
        book.filled()
    assert book.money() == (0, BASE + LOOK)
    cost = book.connection.execute("select sum(cost_usd) from public.provider_runs where id <> ''").fetchone()
    assert cost
    books = book.connection.execute("select sum(spent_usd) from public.ledger_entries").fetchone()
    assert books == cost


def test_a_picture_that_costs_nothing_gives_its_money_back_to_the_budget(book: Book) -> None:
    book.ordered(rows=1, columns=1, budget_usd="0.04").filled()
    book.lost(next(book.working()))
    book.through()
    assert book.cells() == {(0, 1): "done", (1, 1): "done"}
