"""What an exam says of a few pictures: rates with intervals, and "cannot tell" where both answers are possible."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from croquis.domain.images.exam import WHY, Change, ExamReport, Judgement, NotMeasured, PassRate, Proportion, wilson

PASSES, FAILS, UNKNOWN = Judgement.PASSES, Judgement.FAILS, Judgement.CANNOT_TELL


@pytest.mark.parametrize(
    ("passed", "of", "low", "high"),
    [(10, 10, 0.7225, 1.0), (0, 10, 0.0, 0.2775), (48, 50, 0.8654, 0.9890), (263, 1000, 0.2367, 0.2912)],
)
def test_wilsons_interval_is_the_one_of_the_books(passed: int, of: int, low: float, high: float) -> None:
    assert wilson(passed, of).low == pytest.approx(low, abs=2e-4)
    assert wilson(passed, of).high == pytest.approx(high, abs=2e-4)


@given(st.integers(1, 500).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_the_interval_holds_the_share_and_never_leaves_0_to_1(case: tuple[int, int]) -> None:
    passed, of = case
    interval = wilson(passed, of)
    assert 0 <= interval.low <= passed / of + 1e-4
    assert passed / of - 1e-4 <= interval.high <= 1


def test_a_picture_that_cannot_be_judged_counts_neither_for_nor_against() -> None:
    rate = PassRate.of([PASSES, PASSES, PASSES, FAILS, UNKNOWN, UNKNOWN])
    assert (rate.passed, rate.failed, rate.cannot_tell, rate.rate) == (3, 1, 2, 0.75)
    assert rate.interval == wilson(3, 4)


@pytest.mark.parametrize("judgements", [[], [UNKNOWN, UNKNOWN]])
def test_where_nothing_could_be_judged_there_is_no_rate(judgements: list[Judgement]) -> None:
    rate = PassRate.of(judgements)
    assert (rate.rate, rate.interval) == (None, None)


STEADY = [1.00, 1.01, 0.99, 1.00, 1.02, 0.98]
RESTLESS = [1.0, 1.3, 0.75, 1.1, 0.9, 1.0]


def times(values: list[float], factor: float) -> list[float]:
    return [value * factor for value in values]


@pytest.mark.parametrize(
    ("photos", "pictures", "change"),
    [
        (STEADY, STEADY, Change.SAME),
        (STEADY, times(STEADY, 1.04), Change.SAME),  # it promises gross changes only
        (STEADY, times(STEADY, 1.15), Change.DIFFERENT),
        (STEADY, times(STEADY, 0.87), Change.DIFFERENT),
        (RESTLESS, RESTLESS, Change.CANNOT_TELL),
        (RESTLESS, times(RESTLESS, 1.08), Change.CANNOT_TELL),
        (STEADY, STEADY[:2], Change.SAME),
        (STEADY, times(STEADY[:2], 1.15), Change.DIFFERENT),
        (STEADY, times(STEADY[:1], 1.3), Change.CANNOT_TELL),
        ([], STEADY, Change.CANNOT_TELL),
    ],
)
def test_a_proportion_is_the_same_different_or_unknown(
    photos: list[float], pictures: list[float], change: Change
) -> None:
    assert Proportion.of(photos, pictures, spread=0.04).change is change


def test_a_measure_that_is_known_to_vary_tells_less() -> None:
    two = times(STEADY[:2], 1.10)
    assert Proportion.of(STEADY, two, spread=0.04).change is Change.DIFFERENT
    assert Proportion.of(STEADY, two, spread=0.10).change is Change.CANNOT_TELL


def test_the_interval_of_a_ratio_is_students() -> None:
    """Against a hand calculation: means .0 and .1 of logarithms, variances .01 and, as known, .01; t(8) = 2.306."""
    from math import exp

    photos, pictures = ([exp(it) for it in values] for values in ((-0.1, 0.0, 0.1), (0.0, 0.1, 0.2)))
    found = Proportion.of(photos, pictures, spread=0.1)
    assert found.ratio == pytest.approx(exp(0.1), abs=1e-4)
    assert found.interval is not None
    assert found.interval.high == pytest.approx(exp(0.1 + 2.306 * (0.01 * 2 / 3) ** 0.5), rel=0.002)


def test_a_part_that_was_not_measured_says_why() -> None:
    assert set(WHY) == set(NotMeasured)
    report = ExamReport(
        sandbox=True,
        pictures=4,
        one_person=PassRate.of([PASSES] * 4),
        head_to_toe=PassRate.of([PASSES] * 4),
        face=None,
        legs=None,
        hips=None,
        head=None,
        not_copied=None,
        not_measured={"face": NotMeasured.NO_CONSENT, "not_copied": NotMeasured.NO_PHOTOS},
    )
    assert ExamReport.model_validate_json(report.model_dump_json()) == report
