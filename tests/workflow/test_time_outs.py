"""Waiting states that time out: the provider is asked, and only its word or the deadline ends a run."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from scenes import (
    account,
    attempts,
    ended,
    long_trainings,
    minutes_pass,
    passed,
    submitted,
    trainings_paid,
    until_it_trains,
)
from studio import Studio, User, running
from waiting import until

WAITED = 2  # seconds, in place of two hours and of twenty minutes
LONGER = 3000  # steps: about three seconds


@pytest.fixture(scope="module")
def studio(gateway: Any, tmp_path_factory: pytest.TempPathFactory, monkeypatch_module: None) -> Iterator[Studio]:
    with running(gateway, tmp_path_factory.mktemp("studio"), Train=WAITED, Start_image=WAITED) as studio:
        yield studio


def calls(studio: Studio, function: str, job: str) -> int:
    return sum(name == function and payload.get("job_id") == job for name, payload in studio.aws.calls)


def test_a_training_that_takes_longer_is_waited_for_again(studio: Studio, maya: User) -> None:
    """SF-04: a time-out is no failure and no reason for a second order."""
    job = submitted(maya, steps=LONGER)

    assert ended(maya, job)["status"] == "in_review"

    assert calls(studio, "AskProvider", job) >= 1
    assert (len(attempts(studio, job)), trainings_paid(studio, job)) == (1, 1)


def test_an_end_whose_webhook_was_lost_is_found_at_the_time_out(studio: Studio, maya: User) -> None:
    """SF-04: the provider's word is enough; nobody waits for a webhook that never comes."""
    studio.faults(lose_webhooks="all")
    job = submitted(maya)

    assert ended(maya, job)["status"] == "in_review"
    assert trainings_paid(studio, job) == 1


def test_a_training_past_its_deadline_is_stopped_and_has_failed(studio: Studio, maya: User) -> None:
    """JB-03, JB-07: no run without end; what it cost so far is booked."""
    with long_trainings(studio):
        job = submitted(maya)
        until_it_trains(studio, job)
        minutes_pass(studio, 181)
        view = ended(maya, job)

    assert (view["status"], view["runs"][0]["problem"]["code"]) == ("failed", "timed_out")
    assert [it["provider_status"] for it in attempts(studio, job)] == ["canceled"]
    assert account(studio, maya) == (0, 0)
    assert (view["runs"][0]["borne_by"], float(view["runs"][0]["actual_usd"]) > 0) == ("operator", True)


def test_an_order_without_an_answer_is_never_made_twice(studio: Studio, maya: User) -> None:
    """MO-01, MO-05: a server error may hide a paid run: the job waits, its money stays reserved."""
    studio.faults(create_answers="500")
    job = submitted(maya)
    until(lambda: calls(studio, "StartTraining", job) >= 3)

    assert [it["state"] for it in attempts(studio, job)] == ["unknown"]
    assert maya.read(job)["status"] == "training"
    assert account(studio, maya)[0] > 0
    assert trainings_paid(studio, job) == 0


def test_a_picture_that_takes_longer_is_waited_for_again(studio: Studio, maya: User) -> None:
    """SF-04, MO-14."""
    usual = studio.twin.settings
    studio.twin.settings = replace(usual, seconds_per_image=WAITED + 1.0)
    try:
        view = ended(maya, submitted(maya))
    finally:
        studio.twin.settings = usual

    assert [image["status"] for image in view["previews"]] == ["saved"] * 4


def test_a_preview_whose_order_got_no_answer_does_not_keep_the_job_from_its_review(studio: Studio, maya: User) -> None:
    """MO-14: the provider forgets a picture within the hour; after its deadline there is nothing left to wait for."""
    studio.faults(create_answers=("normal", "500"))
    job = submitted(maya)
    until(
        lambda: (
            sorted(image["status"] for image in maya.read(job)["previews"]) == ["running", "saved", "saved", "saved"]
        )
    )
    minutes_pass(studio, 46)

    view = ended(maya, job)

    assert passed(view)[-1] == "in_review"
    missing = [image for image in view["previews"] if image["status"] == "failed"]
    assert len(missing) == 1
    assert missing[0]["problem"]["code"] == "unanswered"
    assert account(studio, maya)[0] == 0
