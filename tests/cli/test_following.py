"""How a terminal reads a row: gently, through a break, and until it is over."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from croquis_cli.errors import Unreachable
from croquis_cli.following import FIRST, LONGEST, MISSED_AT_MOST, follow


def reading(*found: Any) -> Callable[[], Any]:
    """Each of these in turn; what is an error is raised."""
    left: Iterator[Any] = iter(found)

    def read() -> Any:
        if isinstance(each := next(left), Exception):
            raise each
        return {"step": each}

    return read


def followed(*found: Any) -> tuple[Any, list[float]]:
    """The last view, and the pauses before each further look."""
    pauses: list[float] = []
    view = follow(reading(*found), lambda it: it["step"], lambda it: it["step"] == "over", pauses.append)
    return view, pauses


def test_what_is_over_is_read_once() -> None:
    assert followed("over") == ({"step": "over"}, [])


def test_it_looks_more_and_more_rarely_while_there_is_no_news_but_never_too_rarely() -> None:
    _, pauses = followed(*[1] * 20, "over")
    assert pauses == sorted(pauses)
    assert (pauses[0], pauses[-1]) == (FIRST, LONGEST)


def test_it_looks_again_soon_after_there_was_news() -> None:
    _, pauses = followed(*[1] * 10, 2, "over")
    assert pauses[9] > pauses[10] == FIRST


def test_a_break_of_the_network_is_sat_out() -> None:
    gone = Unreachable("gone")
    assert followed(1, gone, gone, 2, "over")[0] == {"step": "over"}


def test_a_network_that_stays_away_ends_it() -> None:
    with pytest.raises(Unreachable):
        followed(1, *[Unreachable("gone")] * (MISSED_AT_MOST + 1))
