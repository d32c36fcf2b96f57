"""What is told before a run: a range from the last fifty like it, which the next one lies in eight times of ten."""

import random
from collections.abc import Sequence

import pytest

FEWEST, COMPARED = 9, 50


def finished(db, story, shares: Sequence[float], preset: str = "full", usd: float | None = 1.0) -> None:
    """Runs that took these shares of what was expected of them and cost `usd` of what was reserved, oldest first."""
    for share in shares:
        db.execute(
            "with made as (insert into public.training_runs select (jsonb_populate_record(r, jsonb_build_object("
            "'id', gen_random_uuid(), 'run', (select max(run) + 1 from public.training_runs), 'status', 'retried',"
            " 'preset', %(preset)s::text, 'actual_usd', r.reserved_usd * %(usd)s::numeric,"
            " 'created_at', now() - make_interval(secs => %(share)s * (r.expected_seconds + 100))))).*"
            " from public.training_runs r where r.run = 1 returning job_id, run, owner_id)"
            " insert into public.job_events (job_id, run, owner_id, to_status, at)"
            " select job_id, run, owner_id, 'in_review', now() from made",
            {"preset": preset, "usd": usd, "share": share},
        )


def told(story, **parameters):
    story.seen()
    return story.owner.call("dry_run_training", job=story.job, retry=True, parameters=parameters)


@pytest.fixture
def failed(story):
    """A job with one run, which never came to its review."""
    return story.to("failed")


def test_the_range_is_that_of_the_last_fifty(db, failed):
    finished(db, failed, [9.0] * 9 + [1 + number * 7 % COMPARED / 100 for number in range(COMPARED)])
    history = told(failed)["history"]
    assert (history["finished"], history["middle"]) == (COMPARED, pytest.approx(1.245))
    assert (history["low"], history["high"]) == (pytest.approx(1.041), pytest.approx(1.449))


def test_runs_of_another_preset_do_not_count_where_enough_are_like_it(db, failed):
    finished(db, failed, [1.0] * FEWEST)
    finished(db, failed, [3.0] * 20, preset="compact")
    assert told(failed, preset="full")["history"]["middle"] == 1
    assert told(failed, preset="compact")["history"]["middle"] == 3


def test_where_too_few_are_like_it_all_count(db, failed):
    finished(db, failed, [1.0] * (FEWEST - 1))
    finished(db, failed, [3.0] * FEWEST, preset="compact")
    assert told(failed, preset="full")["history"]["finished"] == 2 * FEWEST - 1
    assert told(failed, preset="full", resolution="512")["history"]["finished"] == 2 * FEWEST - 1


def test_what_they_cost_is_told_of_those_that_are_settled(db, failed):
    finished(db, failed, [1.0] * FEWEST, usd=None)
    finished(db, failed, [1.0] * 2, usd=0.8)
    prices = told(failed)["prices"]
    assert (prices["finished"], prices["middle"]) == (2, pytest.approx(0.8))


def test_after_a_change_of_speed_nine_runs_are_enough(db, failed):
    finished(db, failed, [1 + number / 100 for number in range(COMPARED - FEWEST)])
    finished(db, failed, [2.0 + number / 10 for number in range(FEWEST)])
    history = told(failed)["history"]
    assert (history["finished"], history["low"], history["high"]) == (FEWEST, pytest.approx(2.0), pytest.approx(2.8))


def test_a_few_slow_runs_are_no_change_of_speed(db, failed):
    finished(db, failed, [1 + number / 100 for number in range(COMPARED - FEWEST)])
    finished(db, failed, [1.2, 9.0, 1.1, 9.0, 1.3, 9.0, 1.2, 9.0, 1.2])
    assert told(failed)["history"]["finished"] == COMPARED


@pytest.mark.parametrize("many", [FEWEST, 20, COMPARED])
def test_the_next_one_lies_in_the_range_eight_times_of_ten_whatever_the_tail(db, many):
    drawn = random.Random(1)
    held = 0
    for _ in range(400):
        *before, after = (drawn.paretovariate(1.1) for _ in range(many + 1))
        ((spread,),) = db.execute("select croquis.spread(%s::float8[])", (before,)).fetchall()
        held += spread["low"] <= after <= spread["high"]
    assert 0.75 < held / 400 < 0.85
