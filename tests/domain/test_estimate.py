"""How long an order is going to take: from what was measured, or said to be built in."""

import pytest

from croquis.domain.runs.estimate import FEWEST_FINISHED, Basis, History, Minutes, minutes_of

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
