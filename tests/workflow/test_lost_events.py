"""Events that never came and executions that died: the sweep finds what they left behind, and pays nothing twice."""

import json
import uuid
from concurrent.futures import ThreadPoolExecutor

import pytest
from scenes import (
    attempts,
    closed,
    crash,
    draft,
    ended,
    executions,
    held,
    kill,
    long_trainings,
    minutes_pass,
    passed,
    submitted,
    trainings_paid,
    until_it_trains,
    without_kicks,
)
from studio import PHOTOS, Studio, User, invoke
from waiting import until

from croquis import wiring
from croquis.domain.ids import JobId, OwnerId
from croquis.domain.runs.attempt import RunKind
from croquis.ports import Owner


def trained_in_silence(studio: Studio, user: User) -> str:
    """A job whose training has ended at the provider without a word."""
    studio.faults(lose_webhooks="terminal")
    job = submitted(user)
    until(lambda: trainings_paid(studio, job) and attempts(studio, job)[0]["state"] == "started")
    until(lambda: attempts(studio, job)[0]["provider_id"] in lost_messages(studio))
    studio.faults()
    return job


def lost_messages(studio: Studio) -> set[str]:
    return {delivery.run_id for delivery in tuple(studio.twin.webhooks.deliveries) if delivery.answer == "lost"}


def test_a_lost_terminal_webhook_is_made_up_for(studio: Studio, maya: User) -> None:
    """JB-03: within ten minutes, without anybody who polls."""
    job = trained_in_silence(studio, maya)

    minutes_pass(studio, 5)

    assert studio.sweep()["attempts"] == 1
    assert ended(maya, job)["status"] == "in_review"
    assert trainings_paid(studio, job) == 1


def test_a_callback_that_was_never_sent_is_sent_by_the_sweep(studio: Studio, maya: User) -> None:
    """SF-08: the result was stored, and then the worker died."""
    job = trained_in_silence(studio, maya)
    attempt = attempts(studio, job)[0]
    run = wiring.croquis().provider.look(RunKind.TRAINING, attempt["provider_id"])
    assert run
    wiring.croquis().store.attempts.saw_run(RunKind.TRAINING, run)

    minutes_pass(studio, 2)

    assert studio.sweep()["callbacks"] == 1
    assert ended(maya, job)["status"] == "in_review"


def test_a_lost_storage_kick_is_made_up_for(studio: Studio, maya: User) -> None:
    """WH-21: the outbox row is the truth."""
    job = maya.open()
    with without_kicks(studio):
        maya.upload(job, 1, PHOTOS[0].read_bytes())
    assert maya.read(job)["photos"][0]["status"] == "uploaded"
    assert studio.sweep_uploads() == {"uploads": 0}  # a kick may still be under way

    studio.rows("update storage_outbox set created_at = now() - interval '11 seconds'")

    assert studio.sweep_uploads() == {"uploads": 1}
    assert studio.sweep_uploads() == {"uploads": 0}
    assert maya.checked(job)["accepted_photos"] == 1


def test_the_whole_sweep_makes_up_for_a_lost_storage_kick_too(studio: Studio, maya: User) -> None:
    job = maya.open()
    with without_kicks(studio):
        maya.upload(job, 1, PHOTOS[0].read_bytes())
    minutes_pass(studio, 1)
    assert studio.sweep()["uploads"] == 1
    assert maya.checked(job)["accepted_photos"] == 1


def test_a_submitted_job_whose_execution_was_never_started_is_started(studio: Studio, maya: User) -> None:
    """SF-01: the door died between its transaction and StartExecution."""
    job = draft(maya)
    owner = Owner(OwnerId(maya.id), studio.gateway.token(maya.id))
    parameters = {"preset": "compact", "steps": 20}
    wiring.croquis().store.jobs.submit_training(owner, JobId(job), str(uuid.uuid4()), parameters, "sent")
    assert (studio.sweep()["runs"], executions(studio, job)) == (0, [])

    minutes_pass(studio, 2)

    assert studio.sweep()["runs"] == 1
    assert ended(maya, job)["status"] == "in_review"
    assert executions(studio, job) == ["1"]


def test_a_run_whose_execution_died_while_it_trained_goes_on_in_another_one(studio: Studio, maya: User) -> None:
    """SF-13: the training that was paid is the one that is registered; also when nothing told of the death."""
    with crash(studio, "ExecutionDied", when="before") as lost:
        job = submitted(maya, steps=3000)
        until_it_trains(studio, job)
        kill(studio, job)
        until(lambda: lost)
    assert executions(studio, job) == ["1"]
    minutes_pass(studio, 11)

    studio.sweep()

    assert executions(studio, job) == ["1", "1-r1"]
    assert ended(maya, job)["status"] == "in_review"
    assert (len(attempts(studio, job)), trainings_paid(studio, job)) == (1, 1)


def test_an_execution_that_died_is_followed_at_once_by_one_and_by_no_further(studio: Studio, maya: User) -> None:
    """SF-06: a fault that lasts would use up all four within seconds; the others are the sweep's."""
    with long_trainings(studio):
        job = submitted(maya)
        until_it_trains(studio, job)
        kill(studio, job)
        until(lambda: executions(studio, job) == ["1", "1-r1"])
        invoke("ExecutionDied", died(job, "1-r1"))
        invoke("ExecutionDied", died(job, "1"))

    assert executions(studio, job) == ["1", "1-r1"]
    assert trainings_paid(studio, job) == 1


def died(job: str, name: str) -> dict[str, object]:
    """As EventBridge delivers it, once or twice."""
    given = json.dumps({"job_id": job, "run": 1}, sort_keys=True)
    return {"source": "aws.states", "detail": {"name": f"{job}-{name}", "status": "ABORTED", "input": given}}


@pytest.mark.parametrize("state", ["BuildDataset", "IngestWeights", "RegisterModel", "SaveImage", "OpenReview"])
def test_whatever_state_an_execution_dies_in_its_run_ends_well(studio: Studio, maya: User, state: str) -> None:
    """SF-13, MO-01."""
    with held(studio, state) as there:
        job = submitted(maya)
        there.reached()
        kill(studio, job)
        there.dies = True
    closed(studio, f"{job}-1")
    minutes_pass(studio, 11)

    studio.sweep()

    view = ended(maya, job)
    assert (view["status"], [image["status"] for image in view["previews"]]) == ("in_review", ["saved"] * 4)
    assert (executions(studio, job), trainings_paid(studio, job)) == (["1", "1-r1"], 1)


def kill_all_four(studio: Studio, job: str) -> None:
    for name in ("1", "1-r1", "1-r2", "1-r3"):
        kill(studio, job, name)
        closed(studio, f"{job}-{name}")
        minutes_pass(studio, 11)
        studio.sweep()
    assert executions(studio, job) == ["1", "1-r1", "1-r2", "1-r3"]


def test_a_run_has_four_executions_at_most_and_then_fails(studio: Studio, maya: User) -> None:
    """JB-03: the sweep is a bounded safety net; it stops the training that still runs."""
    with long_trainings(studio):
        job = submitted(maya)
        until_it_trains(studio, job)
        kill_all_four(studio, job)

    assert passed(maya.read(job))[-1] == "failed"
    assert [it["provider_status"] for it in attempts(studio, job)] == ["canceled"]
    assert trainings_paid(studio, job) == 1


def test_a_model_whose_previews_never_end_is_reviewed_all_the_same(studio: Studio, maya: User) -> None:
    """JB-03: a paid model is never thrown away; the review says which previews are missing."""
    with crash(studio, "StartImage", when="before", times=1000):
        job = submitted(maya)
        maya.until(job, "previewing")
        kill_all_four(studio, job)

    view = maya.read(job)
    assert view["status"] == "in_review"
    assert [image["status"] for image in view["previews"]] == ["failed"] * 4
    assert {image["problem"]["code"] for image in view["previews"]} == {"not_made"}


def test_a_training_past_its_deadline_is_stopped_by_the_sweep(studio: Studio, maya: User) -> None:
    """JB-03: nobody waits for the state's own time-out."""
    with long_trainings(studio):
        job = submitted(maya)
        until_it_trains(studio, job)
        minutes_pass(studio, 181)
        studio.sweep()
        view = ended(maya, job)

    assert (view["status"], view["runs"][0]["problem"]["code"]) == ("failed", "timed_out")
    assert [it["provider_status"] for it in attempts(studio, job)] == ["canceled"]


def test_two_sweeps_at_once_start_one_execution(studio: Studio, maya: User) -> None:
    """JB-04."""
    with held(studio, "BuildDataset") as first_state:
        job = submitted(maya)
        first_state.reached()
        kill(studio, job)
        first_state.dies = True
    closed(studio, f"{job}-1")
    minutes_pass(studio, 11)

    with ThreadPoolExecutor(4) as sweeps:
        list(sweeps.map(lambda _: studio.sweep(), range(4)))

    assert ended(maya, job)["status"] == "in_review"
    assert executions(studio, job) == ["1", "1-r1"]


def test_a_run_that_stands_still_before_it_is_ordered_fails_at_its_deadline(studio: Studio, maya: User) -> None:
    """JB-03: its execution is alive, so nobody would start another one."""
    with held(studio, "BuildDataset") as state:
        job = submitted(maya)
        state.reached()
        minutes_pass(studio, 181)
        assert studio.sweep()["runs_past_deadline"] == 1
        view = maya.read(job)
        assert (view["status"], view["runs"][0]["problem"]["code"]) == ("failed", "timed_out")
    closed(studio, f"{job}-1")
    assert (passed(maya.read(job))[-1], trainings_paid(studio, job)) == ("failed", 0)


def test_previews_that_stand_still_do_not_keep_a_model_from_its_review(studio: Studio, maya: User) -> None:
    """JB-03: nothing that was paid is thrown away."""
    with held(studio, "StartImage") as state:
        job = submitted(maya)
        state.reached()
        minutes_pass(studio, 121)
        swept = studio.sweep()
        assert (swept["runs_past_deadline"], swept["images_past_deadline"]) == (1, 0)
        view = maya.read(job)
    assert view["status"] == "in_review"
    assert {image["problem"]["code"] for image in view["previews"]} == {"not_made"}
