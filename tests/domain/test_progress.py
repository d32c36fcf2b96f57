"""One number and the minutes left of the whole job: in every status, and never a guess."""

from datetime import timedelta
from math import ceil
from typing import Any

import pytest
from domain.journeys import RUN, THEN, Journey

from croquis.domain.images.image import ImageStatus
from croquis.domain.runs.job import JobEvent, Run
from croquis.domain.runs.progress import AROUND_TRAINING, INGEST, PREVIEWS, actual_minutes, expected_minutes
from croquis.domain.runs.training import JobStatus as Is

TO_REVIEW = (Is.QUEUED, Is.PREPARING, Is.TRAINING, Is.INGESTING, Is.PREVIEWING, Is.IN_REVIEW)
WHOLE = AROUND_TRAINING + RUN["expected_seconds"]


def at(status: Is, **told: object) -> Journey:
    """On the way to the review, at this status."""
    journey = Journey().to(*TO_REVIEW[: TO_REVIEW.index(status) + 1])
    journey.told = told
    return journey


def test_a_draft_is_at_the_beginning_and_nobody_knows_when_it_will_be_submitted() -> None:
    assert (Journey().progress.share, Journey().progress.minutes_left) == (0, None)


def test_a_job_that_was_just_submitted_takes_what_its_quote_said() -> None:
    queued = at(Is.QUEUED).progress
    assert (queued.share, queued.minutes_left) == (0, expected_minutes(RUN["expected_seconds"]))


@pytest.mark.parametrize(
    ("number", "ended", "minutes"),
    [
        (1, None, 20.5),  # it is the review that counts, however long its owner takes
        (1, timedelta(days=2), 20.5),
        (2, timedelta(minutes=3), 3),  # it failed: no review
        (2, None, None),
    ],
)
def test_a_run_took_what_passed_until_its_review_or_its_end(number: int, ended: Any, minutes: float | None) -> None:
    ended_at = None if ended is None else THEN + ended
    run = Run.model_validate(RUN | {"run": number, "status": "retried", "ended_at": ended_at})
    reviewed = JobEvent(status=Is.IN_REVIEW, run=1, at=THEN + timedelta(minutes=20, seconds=30))
    assert actual_minutes(run, [JobEvent(status=Is.QUEUED, run=number, at=THEN), reviewed]) == minutes


def test_each_stage_begins_further_on_and_with_less_left() -> None:
    ways = [at(status).progress for status in TO_REVIEW]
    shares, minutes = [it.share for it in ways], [it.minutes_left or 0 for it in ways]
    assert shares == sorted(set(shares))
    assert minutes == sorted(minutes, reverse=True)
    assert (shares[-1], minutes[-1]) == (1, 0)


def test_a_training_moves_with_its_steps_and_believes_the_providers_clock() -> None:
    half = at(Is.TRAINING, step=500, total_steps=1000, eta_seconds=900).progress
    began, ended = at(Is.TRAINING).progress.share, at(Is.INGESTING).progress.share
    assert half.share == pytest.approx((began + ended) / 2, abs=1e-4)
    assert half.minutes_left == ceil((900 + INGEST + PREVIEWS) / 60)


def test_a_provider_that_names_no_time_leaves_our_own_expectation() -> None:
    half = at(Is.TRAINING, step=500, total_steps=1000).progress
    assert half.minutes_left == ceil((RUN["expected_seconds"] / 2 + INGEST + PREVIEWS) / 60)


def test_the_providers_time_is_forgotten_when_the_training_is_over() -> None:
    assert at(Is.INGESTING, step=999, total_steps=1000, eta_seconds=900).progress == at(Is.INGESTING).progress


def test_previews_move_it_one_by_one_whether_they_were_made_or_not() -> None:
    journey, shares = at(Is.PREVIEWING), list[float]()
    for over in (ImageStatus.SAVED, ImageStatus.FAILED, ImageStatus.SAVED, ImageStatus.SAVED):
        shares.append(journey.progress.share)
        journey.previews[len(shares) - 1] = over
    shares.append(journey.progress.share)
    assert shares == sorted(set(shares))
    assert shares[0] == round(1 - PREVIEWS / WHOLE, 4)
    assert (shares[-1], journey.progress.minutes_left) == (1, 0)


@pytest.mark.parametrize("end", [Is.FAILED, Is.CANCELED])
@pytest.mark.parametrize("before", TO_REVIEW[:-1])
def test_what_failed_or_was_canceled_stays_where_it_was_and_has_no_minutes(before: Is, end: Is) -> None:
    told = {"step": 300, "total_steps": 1000, "eta_seconds": 700} if before is Is.TRAINING else {}
    journey = at(before, **told)
    was = journey.progress.share
    assert (journey.to(end).progress.share, journey.progress.minutes_left) == (was, None)


@pytest.mark.parametrize(("end", "minutes"), [(Is.APPROVED, 0), (Is.REJECTED, 0), (Is.CANCELED, None)])
def test_after_the_review_it_stays_whole(end: Is, minutes: int | None) -> None:
    ended = at(Is.IN_REVIEW).to(end).progress
    assert (ended.share, ended.minutes_left) == (1, minutes)


def test_nobody_says_how_long_a_job_takes_that_is_being_canceled() -> None:
    journey = at(Is.TRAINING, step=10, total_steps=1000, eta_seconds=900)
    was = journey.progress.share
    journey.cancel_requested = True
    assert (journey.progress.share, journey.progress.minutes_left) == (was, None)


def test_a_draft_that_was_canceled_never_began() -> None:
    canceled = Journey().to(Is.CANCELED).progress
    assert (canceled.share, canceled.minutes_left) == (0, None)


@pytest.mark.parametrize("before", [Is.IN_REVIEW, Is.FAILED])
def test_a_retry_begins_anew_whatever_the_run_before_it_reached(before: Is) -> None:
    journey = at(Is.INGESTING).to(before)
    assert journey.to(Is.QUEUED).progress == at(Is.QUEUED).progress
