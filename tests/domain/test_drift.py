"""The drift report of a look-book: counted honestly, the worst first."""

from typing import Any

from croquis.domain.images.exam import ImageChecks, Judgement
from croquis.domain.look_books.drift import Looked, drift_of

PASSES, FAILS, CANNOT_TELL = Judgement.PASSES, Judgement.FAILS, Judgement.CANNOT_TELL


def looked(place: int, **found: Any) -> Looked:
    """The picture of a cell in the first column."""
    plain: dict[str, Any] = {"one_person": PASSES, "head_to_toe": PASSES, "face": None, "not_copied": None}
    return Looked(place, 1, ImageChecks(**{**plain, **found}))


def test_the_worst_cell_stands_first_and_a_failure_weighs_more_than_any_doubt() -> None:
    report = drift_of(
        [
            looked(1),
            looked(2, face=CANNOT_TELL, head_to_toe=CANNOT_TELL),
            looked(3, head_to_toe=FAILS),
            looked(4, face=FAILS),
            looked(5, face=FAILS, one_person=FAILS),
        ],
        sandbox=True,
    )
    assert [it.row_no for it in report.cells] == [5, 4, 3, 2, 1]
    assert report.cells[0].fails == ("face", "one_person")


def test_a_rate_counts_what_is_clear_and_tells_the_rest() -> None:
    report = drift_of([looked(1, face=PASSES), looked(2, face=FAILS), looked(3, face=CANNOT_TELL)], sandbox=False)
    assert report.face
    assert (report.face.passed, report.face.failed, report.face.cannot_tell, report.face.rate) == (1, 1, 1, 0.5)
    assert report.face.interval
    assert report.face.interval.low < 0.5 < report.face.interval.high


def test_what_nobody_looked_at_is_no_pass() -> None:
    report = drift_of([Looked(1, 1, None), looked(2)], sandbox=False)
    assert report.face is None
    assert report.one_person
    assert (report.one_person.passed, report.pictures) == (1, 2)
    unseen = next(it for it in report.cells if it.row_no == 1)
    assert set(unseen.not_measured) == {"face", "body", "one_person", "head_to_toe", "garments"}


def test_cells_that_are_equally_good_stand_as_in_the_book() -> None:
    report = drift_of([Looked(2, 1, None), Looked(1, 2, None), Looked(1, 1, None)], sandbox=False)
    assert [(it.row_no, it.column_no) for it in report.cells] == [(1, 1), (1, 2), (2, 1)]


def test_an_empty_book_has_an_empty_report() -> None:
    assert drift_of([], sandbox=False).model_dump()["pictures"] == 0
