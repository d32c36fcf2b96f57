"""A provider that ignores a cancel, runs another version, or tells late what it cost: each is seen through and told."""

import logging
from collections.abc import Iterator
from datetime import timedelta

import pytest
from scenes import account, attempts, ended, in_review, long_trainings, minutes_pass, submitted, trainings_paid
from studio import Studio, User, deployed, invoke
from waiting import until

from croquis.usecases import sweep


class Listening(logging.Handler):
    def __init__(self) -> None:
        super().__init__(logging.ERROR)
        self.heard: list[logging.LogRecord] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.heard.append(record)


@pytest.fixture
def errors() -> Iterator[list[logging.LogRecord]]:
    """What our own code logs as an error, which an operator is to see."""
    croquis, listening = logging.getLogger("croquis"), Listening()
    croquis.addHandler(listening)
    yield listening.heard
    croquis.removeHandler(listening)


def running_long(studio: Studio, user: User) -> str:
    job = submitted(user)
    until(lambda: [it["state"] for it in attempts(studio, job)] == ["started"])
    return job


def test_a_canceled_job_ends_though_the_provider_ignores_the_cancel(studio: Studio, maya: User) -> None:
    """MO-09: the open attempt is the sweep's, with its money, until it has stopped."""
    studio.faults(cancel_ignored=True)
    with long_trainings(studio):
        job = running_long(studio, maya)
        assert maya.post(f"/v1/trainings/{job}/cancel").status_code == 202
        studio.sweep()
        assert maya.read(job)["status"] == "training"

        minutes_pass(studio, 11)
        studio.sweep()

        assert ended(maya, job)["status"] == "canceled"
        assert [it["state"] for it in attempts(studio, job)] == ["started"]
        reserved, spent = account(studio, maya)
        assert (reserved > 0, spent) == (True, 0)
        studio.faults()
        minutes_pass(studio, 5)
        studio.sweep()
        until(lambda: [it["provider_status"] for it in attempts(studio, job)] == ["canceled"])

    reserved, spent = account(studio, maya)
    assert (reserved, spent > 0, trainings_paid(studio, job)) == (0, True, 1)


def test_a_job_past_its_deadline_ends_though_the_provider_goes_on(studio: Studio, maya: User) -> None:
    """JB-03: no job hangs; what it costs in the end is the operator's."""
    studio.faults(cancel_ignored=True)
    with long_trainings(studio):
        job = running_long(studio, maya)
        minutes_pass(studio, 116)
        studio.sweep()

        view = ended(maya, job)

        assert (view["status"], view["runs"][0]["problem"]["code"]) == ("failed", "timed_out")
        assert [it["state"] for it in attempts(studio, job)] == ["started"]
        studio.faults()
        minutes_pass(studio, 5)
        studio.sweep()
        until(lambda: [it["provider_status"] for it in attempts(studio, job)] == ["canceled"])

    assert account(studio, maya) == (0, 0)
    assert maya.read(job)["runs"][0]["borne_by"] == "operator"


def test_another_version_than_was_pinned_is_kept_and_told(
    studio: Studio, maya: User, errors: list[logging.LogRecord]
) -> None:
    other = "f" * 64
    studio.faults(reported_version=other)

    job = in_review(maya)

    [attempt] = attempts(studio, job)
    run = studio.row("select version from provider_runs where id = %s", attempt["provider_id"])
    assert run["version"] == other
    told = [it for it in errors if it.getMessage() == "the trainer ran another version than was pinned"]
    assert {it.__dict__["version"] for it in told} == {other}


def test_what_a_run_cost_in_the_end_is_booked_from_the_days_bill(
    studio: Studio, maya: User, errors: list[logging.LogRecord], monkeypatch: pytest.MonkeyPatch
) -> None:
    """MO-13: its schedule's own event; the second bill of the day finds nothing."""
    studio.faults(metrics_late_s=3600)
    job = in_review(maya)
    assert account(studio, maya)[1] == 0
    studio.faults()
    monkeypatch.setattr(sweep, "LIVING", timedelta(0))  # as if hours had passed: fresh runs are spared
    [bill] = [it.event for it in deployed().schedules if it.event.get("only") == "bill"]

    assert invoke("Sweep", bill)["unknown_runs"] >= 1

    query = "select sum(spent_usd) usd from ledger_entries where run_id = %s"
    of_run = studio.row(query, attempts(studio, job)[0]["run_id"])
    spent = account(studio, maya)[1]
    assert 0 < float(of_run["usd"]) < spent  # with its previews
    assert "the provider's bill held what the ledger did not" in {it.getMessage() for it in errors}
    errors.clear()
    assert (invoke("Sweep", bill)["unknown_runs"], errors) == (0, [])


def test_the_id_of_a_paid_run_that_could_not_be_written_down_travels_in_the_queue(studio: Studio, maya: User) -> None:
    """MO-01, MO-09: the answer to the POST is the only word of it until a list shows it."""
    studio.faults(lose_webhooks="all")
    rename = "alter function public.{} rename to {}"
    studio.rows(rename.format("attempt_started", "attempt_started_is_lost"))
    try:
        job = submitted(maya)
        until(lambda: any(it["provider_id"] for it in attempts(studio, job)))
    finally:
        studio.rows(rename.format("attempt_started_is_lost", "attempt_started"))
    asked = [name for name, payload in studio.aws.calls if payload.get("job_id") == job and name == "AskProvider"]
    assert asked == []  # and no webhook, no sweep: only the queue can have told
    studio.faults()
    minutes_pass(studio, 5)
    studio.sweep()
    assert ended(maya, job)["status"] == "in_review"
    assert trainings_paid(studio, job) == 1
