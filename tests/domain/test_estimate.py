"""How long an order is going to take: from what was measured, or said to be built in."""

from decimal import Decimal

import pytest

from croquis.domain.runs.estimate import FEWEST_FINISHED, Basis, History, Minutes, dollars_of, minutes_of

MEASURED = {"low": 0.5, "middle": 1, "high": 2}


@pytest.mark.parametrize("finished", range(FEWEST_FINISHED))
def test_too_few_say_nothing_and_the_estimate_says_that_it_is_built_in(finished: int) -> None:
    history = History(finished=finished, low=None, middle=None, high=None)
    assert minutes_of(120, history) == Minutes(2, None, None, Basis.BUILT_IN, finished)
    measured = History(finished=finished, **MEASURED)
    assert minutes_of(120, measured, unit=1200) == Minutes(2, None, None, Basis.BUILT_IN, finished)


def test_enough_of_them_are_the_estimate_with_its_interval() -> None:
    history = History(finished=FEWEST_FINISHED, **MEASURED)
    assert minutes_of(120, history, unit=1200) == Minutes(20, 10, 40, Basis.HISTORY, FEWEST_FINISHED)


def test_what_it_may_cost_is_a_share_of_what_is_reserved_to_a_cent() -> None:
    prices = History(finished=FEWEST_FINISHED, low=0.9, middle=1, high=1.25)
    assert dollars_of(Decimal("1.769"), prices) == (Decimal("1.59"), Decimal("2.21"))


def test_too_few_say_nothing_of_what_it_may_cost() -> None:
    assert dollars_of(Decimal(2), History(finished=FEWEST_FINISHED - 1, **MEASURED)) is None
    assert dollars_of(Decimal(2), History(finished=0, low=None, middle=None, high=None)) is None
