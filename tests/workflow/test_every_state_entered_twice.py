"""Every state entered twice: it died before or after its work, ran beside itself, or came again much later."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from scenes import (
    account,
    attempts,
    closed,
    crash,
    ended,
    held,
    in_review,
    long_trainings,
    meddling,
    passed,
    pictures_paid,
    submitted,
    trainings_paid,
)
from studio import Studio, User, invoke
from waiting import until

STATES = ["BuildDataset", "StartTraining", "IngestWeights", "RegisterModel", "StartImage", "SaveImage"]
STATES += ["GradePreviews", "OpenReview"]
EVERY_STATUS = ["draft", "queued", "preparing", "training", "ingesting", "previewing", "in_review"]


def made(studio: Studio, job: str) -> dict[str, Any]:
    """What a job may have only once, however often its states ran."""
    count = "select count(*)::int as n from {} where job_id = %s"
    return {
        "trainings": trainings_paid(studio, job),
        "pictures": pictures_paid(studio, job),
        "models": studio.row(count.format("ai_models"), job)["n"],
        "previews": studio.row(count.format("images"), job)["n"],
        "history": [
            row["to_status"]
            for row in studio.rows("select to_status from job_events where job_id = %s order by id", job)
        ],
    }


ONCE = {"trainings": 1, "pictures": 4, "models": 1, "previews": 4, "history": EVERY_STATUS}


def calls_of(studio: Studio, job: str) -> list[tuple[str, dict[str, Any]]]:
    images = {str(row["id"]) for row in studio.rows("select id from images where job_id = %s", job)}
    return [
        (name, payload)
        for name, payload in studio.aws.calls
        if payload.get("job_id") == job or payload.get("image_id") in images
    ]


@contextmanager
def each_beside_itself(studio: Studio) -> Iterator[list[Exception]]:
    """Every function is invoked twice at the same moment, as an at-least-once caller may."""
    errors: list[Exception] = []
    beside: dict[int, threading.Thread] = {}

    def second(name: str, payload: dict[str, Any]) -> None:
        try:
            invoke(name, payload)
        except Exception as error:  # noqa: BLE001  told by the test
            errors.append(error)

    def before(name: str, payload: dict[str, Any]) -> None:
        beside[threading.get_ident()] = thread = threading.Thread(target=second, args=(name, payload))
        thread.start()

    def after(name: str, payload: dict[str, Any]) -> None:
        beside.pop(threading.get_ident()).join()

    with meddling(studio, "before", before), meddling(studio, "after", after):
        yield errors


@pytest.mark.parametrize("state", STATES)
def test_a_state_that_dies_after_its_work_is_entered_again(studio: Studio, maya: User, state: str) -> None:
    """SF-13, SF-15: nothing is paid, made or told twice, and no paid result is lost."""
    with crash(studio, state, when="after") as crashes:
        job = submitted(maya)
        assert (view := ended(maya, job))["status"] == "in_review", view["runs"]

    assert crashes == [state]
    assert made(studio, job) == ONCE
    assert account(studio, maya)[0] == 0


def test_all_states_of_one_job_die_before_their_work(studio: Studio, maya: User) -> None:
    """SF-13."""
    died: set[str] = set()

    def die_once(name: str, _: dict[str, Any]) -> None:
        if name not in died:
            died.add(name)
            raise type("Sandbox.Timedout", (Exception,), {})("timed out")

    with meddling(studio, "before", die_once):
        job = submitted(maya)
        view = ended(maya, job)

    assert set(STATES) | {"AskProvider"} == died
    assert (view["status"], made(studio, job)) == ("in_review", ONCE)


def test_a_result_that_is_there_before_the_newer_token_wakes_it_at_once(studio: Studio, maya: User) -> None:
    """SF-07, SF-10: between Ask provider's "wait" and the next Train nobody waits, and the run ends."""

    def until_it_ended(name: str, payload: dict[str, Any]) -> None:
        if name == "StartTraining" and attempts(studio, payload["job_id"]):
            until(lambda: attempts(studio, payload["job_id"])[0]["state"] == "ended")

    with crash(studio, "StartTraining"), meddling(studio, "before", until_it_ended):
        job = submitted(maya, steps=2000)
        view = ended(maya, job)

    assert (view["status"], made(studio, job)) == ("in_review", ONCE)
    assert [name for name, _ in calls_of(studio, job)].count("StartTraining") == 2


def test_every_function_beside_itself_makes_everything_once(studio: Studio, maya: User) -> None:
    """SF-15, MO-01, MO-02, JB-06."""
    with each_beside_itself(studio) as errors:
        job = submitted(maya)
        view = ended(maya, job)
        closed(studio, f"{job}-1")

    assert (view["status"], made(studio, job)) == ("in_review", ONCE)
    assert {type(error).__name__ for error in errors} <= {"Canceled"}
    assert [image["status"] for image in view["previews"]] == ["saved"] * 4


def test_every_call_of_a_job_in_review_may_come_again_and_changes_nothing(studio: Studio, maya: User) -> None:
    """SF-13, JB-02."""
    job = in_review(maya)
    closed(studio, f"{job}-1")
    before = maya.read(job)

    answers = {}
    for name, payload in calls_of(studio, job):
        try:
            answers[name] = invoke(name, payload)
        except Exception as error:  # noqa: BLE001  told below
            answers[name] = type(error).__name__

    run = before["runs"][0]
    stored = studio.row("select * from training_runs where job_id = %s", job)
    assert answers == {
        "BuildDataset": None,
        "StartTraining": None,
        "IngestWeights": {
            "path": f"{maya.id}/{job}/1/lora.safetensors",
            "sha256": stored["weights_sha256"],
            "bytes": stored["weights_bytes"],
            "version": stored["provider_version"],
            "skipped_files": 0,
        },
        "RegisterModel": {"images": [{"image_id": image["id"]} for image in before["previews"]]},
        "StartImage": "Canceled",
        "SaveImage": None,
        "GradePreviews": None,
        "OpenReview": None,
    }
    assert made(studio, job) == ONCE
    assert (maya.read(job)["version"], maya.read(job)["runs"][0]) == (before["version"], run)


@pytest.mark.parametrize("decision", ["approve", "reject"])
def test_no_call_brings_a_job_back_that_is_over(studio: Studio, maya: User, decision: str) -> None:
    """JB-02, PR-06: the last word stays the last."""
    job = in_review(maya)
    closed(studio, f"{job}-1")
    maya.post(f"/v1/trainings/{job}/review", {"decision": decision}).raise_for_status()
    before = maya.read(job)

    refused = set()
    for name, payload in [*calls_of(studio, job), ("RecordFailure", {"job_id": job, "run": 1})]:
        try:
            invoke(name, payload)
        except Exception as error:  # noqa: BLE001  told below
            refused.add((name, type(error).__name__))

    states = ["BuildDataset", "StartTraining", "IngestWeights", "RegisterModel", "StartImage"]
    assert refused == {(state, "Canceled") for state in states}
    after = maya.read(job)
    assert (after["status"], after["version"], after["model"]) == (before["status"], before["version"], before["model"])
    assert (trainings_paid(studio, job), pictures_paid(studio, job)) == (1, 4)


@pytest.mark.parametrize("function", ["AskProvider", "RecordFailure"])
def test_the_states_of_a_failure_may_die_too(studio: Studio, maya: User, function: str) -> None:
    """JB-07: each undo is repeated until it is done."""
    studio.faults(training_ends="failed")
    with crash(studio, function, when="after", times=2):
        job = submitted(maya)
        view = ended(maya, job)
        closed(studio, f"{job}-1")

    assert passed(view) == ["draft", "queued", "preparing", "training", "failed"]
    assert view["runs"][0]["problem"]["code"] == "failed_at_provider"
    assert (trainings_paid(studio, job), account(studio, maya)[0]) == (1, 0)


@pytest.mark.parametrize("answer", ["500_after", "drop_connection_after"])
def test_an_order_whose_answer_was_lost_is_adopted_and_not_made_again(studio: Studio, maya: User, answer: str) -> None:
    """MO-01, MO-04, WH-16: the first webhook brings the id."""
    studio.faults(create_answers=answer)
    with long_trainings(studio):
        job = submitted(maya)
        until(lambda: attempts(studio, job) and attempts(studio, job)[0]["state"] == "started")
    studio.faults()
    assert trainings_paid(studio, job) == 1
    attempt = attempts(studio, job)[0]
    assert attempt["provider_id"] in {entry.id for entry in studio.twin.ledger}
    maya.post(f"/v1/trainings/{job}/cancel")
    assert (ended(maya, job)["status"], len(attempts(studio, job))) == ("canceled", 1)


def test_an_order_that_could_not_even_be_written_is_made_later(studio: Studio, maya: User) -> None:
    """MO-04: the storage gave no link for the zip, so nothing was posted, and no run can be there to wait for."""
    move = "update storage.objects set name = %s where bucket_id = 'datasets' and name = %s"
    with held(studio, "StartTraining") as train:
        job = submitted(maya)
        train.reached()
        zip_path = f"{maya.id}/{job}/1/dataset.zip"
        studio.rows(move, f"{zip_path}.away", zip_path)
    until(lambda: "throttled" in [attempt["state"] for attempt in attempts(studio, job)])
    studio.rows(move, zip_path, f"{zip_path}.away")

    assert ended(maya, job)["status"] == "in_review"
    assert [it["state"] for it in attempts(studio, job)][-1] == "ended"
    assert trainings_paid(studio, job) == 1
