"""What an order of a look-book asks for, before and while it runs: nothing is spent on what is refused."""

from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest
from sql.book_story import CONSENT_USES, ENGINE, WHOLE, Book, limited
from sql.seats import Connection, refused
from sql.story import CONSENT, WISH, key

OF_THE_OWNER = ("read_look_book", "pause_look_book", "resume_look_book", "cancel_look_book")


@pytest.fixture
def book(db: Connection) -> Book:
    return Book(db).approved()


@pytest.fixture
def other(db: Connection) -> Book:
    """A second owner's."""
    return Book(db).approved()


def nothing_is_spent(book: Book) -> None:
    assert book.connection.execute("select count(*) from public.look_books").fetchone() == (0,)
    assert book.connection.execute(
        "select count(*) from public.ledger_entries where image_id is not null"
    ).fetchone() == (0,)


def test_an_order_pays_nothing_yet_and_lays_out_every_cell(book: Book) -> None:
    book.ordered(rows=2, columns=3)
    assert book.cells() == {(row, column): "waiting" for row in range(3) for column in range(1, 4)}
    assert book.money() == (0, 0)
    assert book.status() == "running"


def test_a_picture_that_is_there_is_no_cell_to_be_made(book: Book) -> None:
    spent = book.story.money()[1]
    book.asked(book.request() | {"columns": [{"image_id": book.picture()}]})
    assert book.cells() == {(0, 1): "done", (1, 1): "waiting"}
    book.through()
    assert (book.status(), book.cell(1, 1)["status"]) == ("done", "done")
    assert book.money()[1] < book.story.money()[1] - spent  # the picture itself is not of its budget


@pytest.mark.parametrize("budget", ["0.01", "0.0349"])
def test_a_budget_below_one_look_is_refused(book: Book, budget: str) -> None:
    with refused(422, "budget_too_small", "costs"):
        book.ordered(budget_usd=budget)
    nothing_is_spent(book)


@pytest.mark.parametrize("budget", ["0", "-1", "1e9", "NaN", "0.001", None])
def test_a_budget_out_of_its_bounds_is_refused(book: Book, budget: Any) -> None:
    with refused(422, "bad_budget", "0.01 to"):
        book.ordered(budget_usd=budget)
    nothing_is_spent(book)


@pytest.mark.parametrize("bad", [{"rows": []}, {"columns": []}, {"rows": {}}, {"columns": "1"}, {"rows": None}])
def test_a_grid_without_rows_or_columns_is_refused(book: Book, bad: dict[str, Any]) -> None:
    with refused(422, "bad_grid"):
        book.asked(book.request() | bad)
    nothing_is_spent(book)


def test_more_than_two_hundred_cells_are_refused(book: Book) -> None:
    columns = [{"wish": WHOLE | {"prompt": f"a person {it}"}} for it in range(101)]
    with refused(422, "bad_grid", "2 x 101"):
        book.asked(book.request(rows=2) | {"columns": columns})
    nothing_is_spent(book)


def test_seven_garments_in_a_row_are_refused_and_the_row_is_named(book: Book) -> None:
    seven = [{"garment_ids": [str(uuid4()) for _ in range(7)]}]
    with refused(422, "bad_number_of_garments", "Row 1: .* not 7"):
        book.asked(book.request() | {"rows": seven})
    nothing_is_spent(book)


def test_the_same_look_twice_is_refused_in_whatever_order_it_is_named(book: Book) -> None:
    shirt, skirt = book.wardrobe.ready("upper"), book.wardrobe.ready("lower")
    rows = [{"garment_ids": [shirt, skirt]}, {"garment_ids": [skirt, shirt]}]
    with refused(422, "row_twice", "Rows 1 and 2"):
        book.asked(book.request() | {"rows": rows})
    nothing_is_spent(book)


def test_a_picture_that_will_not_show_what_a_look_needs_is_refused_before_it_is_paid(book: Book) -> None:
    columns = [{"wish": WHOLE, "title": "A"}, {"wish": WISH, "title": "A portrait"}]
    with refused(409, "part_not_shown", "Row 1, column 2: .*torso"):
        book.asked(book.request() | {"columns": columns})
    nothing_is_spent(book)


def test_the_same_column_twice_is_refused(book: Book) -> None:
    columns = [{"wish": WHOLE, "title": "A"}, {"wish": WHOLE, "title": "B"}]
    with refused(422, "column_twice", "Columns 1 and 2"):
        book.asked(book.request() | {"columns": columns})
    nothing_is_spent(book)


def test_nothing_of_another_owner_is_taken_in_any_place(book: Book, other: Book) -> None:
    garment, theirs = other.wardrobe.ready(), other.picture()
    look = other.wardrobe.look(garment)
    mine, own = book.request(), book.request()
    for changed, code in (
        ({"model": other.model}, "no_such_model"),
        ({"rows": [{"garment_ids": [garment]}]}, "no_such_garment"),
        ({"rows": [*own["rows"], {"look_id": look["id"]}]}, "no_such_look"),
        ({"columns": [*own["columns"], {"image_id": theirs}]}, "no_such_image"),
    ):
        with refused(404, code):
            book.asked(mine | changed)
    assert book.connection.execute("select count(*) from public.look_books").fetchone() == (0,)


def test_a_dry_run_tells_nothing_of_what_anothers_garment_is(book: Book, other: Book) -> None:
    portrait = [{"wish": WISH, "title": "A portrait"}]
    codes = [
        {(it["code"], it["sentence"].replace(garment, "")) for it in dry_run(book, garment, portrait)}
        for garment in (other.wardrobe.ready("shoes"), str(uuid4()))
    ]
    assert codes[0] == codes[1]
    assert "no_such_garment" in {code for code, _ in codes[0]}


def dry_run(book: Book, garment: str, columns: list[dict[str, Any]]) -> Any:
    asked = book.request() | {"rows": [{"garment_ids": [garment]}], "columns": columns}
    return book.story.owner.call("dry_run_look_book", **asked)["refusals"]


def test_another_owner_neither_sees_nor_moves_a_look_book(book: Book, other: Book) -> None:
    book.ordered()
    assert other.story.owner.call("read_look_book", look_book=book.id) is None
    for function in OF_THE_OWNER[1:]:
        with refused(404, "no_such_look_book"):
            other.story.owner.call(function, look_book=book.id)


def test_an_unknown_engine_is_refused(book: Book) -> None:
    with refused(422, "unknown_engine"):
        book.ordered(engine="acme/try-on")
    nothing_is_spent(book)


@pytest.mark.parametrize("missing", ["generate", "try_on"])
def test_it_is_only_for_who_agreed_to_both_uses(book: Book, missing: str) -> None:
    consent = book.story.seen()["job"]["consent_id"]
    uses = [it for it in CONSENT_USES if it != missing]
    book.story.owner.call("renew_consent", consent_id=consent, consent={**CONSENT, "uses": uses})
    with refused(403, "use_not_consented", missing.replace("_", " ")):
        book.ordered()
    nothing_is_spent(book)


def test_an_archived_model_has_no_look_book(book: Book) -> None:
    asked = book.request()
    book.story.owner.call("change_model", model=book.model, archived=True)
    with refused(409, "model_not_active"):
        book.asked(asked)


def test_a_repeat_is_the_same_look_book_and_a_change_under_its_key_is_refused(book: Book) -> None:
    used, asked = key(), book.request()
    first = book.asked(asked, used).id
    assert book.asked(asked, used).id == first
    with refused(409, "idempotency_key_reused"):
        book.asked(asked | {"budget_usd": 9}, used)


def test_there_are_only_so_many_look_books_at_work(book: Book) -> None:
    with limited(book.connection, open_look_books=1):
        book.ordered()
        with refused(429, "too_many_look_books"):
            book.ordered()


def test_a_dry_run_tells_the_price_and_every_refusal_and_writes_nothing(book: Book) -> None:
    asked = book.request(rows=3, columns=4)
    del asked["budget_usd"]
    found = book.story.owner.call("dry_run_look_book", **asked, budget_usd="0.01")
    assert Decimal(str(found["expected_usd"])) == 4 * Decimal("0.02") + 12 * Decimal("0.015")
    assert [it["code"] for it in found["refusals"]] == ["budget_too_small"]
    nothing_is_spent(book)


def test_a_paused_book_orders_nothing_until_it_is_resumed(book: Book) -> None:
    with limited(book.connection, cells_at_once_of_one=1):
        book.ordered(rows=1, columns=2).filled()
        assert book.story.owner.call("pause_look_book", look_book=book.id)["status"] == "paused"
        book.saved(next(book.working()))
        book.filled()
        assert sorted(book.cells().values()) == ["done", "waiting", "waiting", "waiting"]
        assert book.story.owner.call("resume_look_book", look_book=book.id)["status"] == "running"
        book.through()
    assert set(book.cells().values()) == {"done"}


def test_a_canceled_book_pays_for_what_was_ordered_and_orders_nothing_more(book: Book) -> None:
    book.ordered(rows=2, columns=1).filled()
    assert book.story.owner.call("cancel_look_book", look_book=book.id)["status"] == "canceled"
    assert book.story.owner.call("cancel_look_book", look_book=book.id)["status"] == "canceled"
    assert book.filled()["to_bind"] is False
    book.saved(next(book.working()))
    assert book.filled()["to_bind"] is True
    assert book.cells() == {(0, 1): "done", (1, 1): "canceled", (2, 1): "canceled"}
    assert book.cell(1, 1)["failure_sentence"]


@pytest.mark.parametrize("function", OF_THE_OWNER[1:])
def test_a_book_that_is_over_stays_as_it_is(book: Book, function: str) -> None:
    book.ordered(rows=1, columns=1).through()
    with refused(409, "look_book_over", "is done"):
        book.story.owner.call(function, look_book=book.id)


@pytest.mark.parametrize(("limit", "code"), [({"images_per_day": 1}, "too_many_images"), ({}, "spend_limit")])
def test_what_stands_against_every_order_pauses_it_and_says_why(book: Book, limit: dict[str, int], code: str) -> None:
    book.ordered(rows=1, columns=2)
    if code == "spend_limit":
        book.connection.execute("update public.spend_accounts set limit_usd = spent_usd + 0.03")
    with limited(book.connection, **limit):
        book.filled()
    found = book.seen()["look_book"]
    assert (found["status"], found["failure_code"]) == ("paused", code)
    assert found["failure_sentence"]


def test_an_engine_that_is_gone_pauses_it_before_more_pictures_are_paid(book: Book) -> None:
    book.ordered(rows=1, columns=2)
    book.filled()
    first = next(iter(book.working()))
    book.saved(first)
    book.connection.execute("insert into croquis.engine_looks (name, is_there) values (%s, false)", (ENGINE,))
    many = len(list(book.working()))
    book.filled()
    found = book.seen()["look_book"]
    assert (found["status"], found["failure_code"]) == ("paused", "engine_disabled")
    assert len(list(book.working())) == many - 1
    assert {it["status"] for it in book.seen()["cells"] if it["row_no"]} == {"waiting"}


def test_the_switch_makes_it_wait_without_a_word(book: Book) -> None:
    book.ordered(rows=1, columns=1)
    with limited(book.connection, accept_jobs=False):
        book.filled()
        assert (book.status(), set(book.cells().values())) == ("running", {"waiting"})
    book.through()
    assert book.status() == "done"


def test_a_withdrawal_cancels_it_and_no_cell_is_without_a_sentence(book: Book) -> None:
    book.ordered(rows=1, columns=2).filled()
    book.story.owner.call("withdraw_consent", consent_id=book.story.seen()["job"]["consent_id"])
    assert book.status() == "canceled"
    book.filled()
    assert set(book.cells().values()) == {"failed", "canceled"}
    assert all(it["failure_code"] == "consent_withdrawn" for it in book.seen()["cells"])
    assert book.story.worker.call("look_book_to_bind", look_book=book.id)["allowed"] is False
