"""Trainings that the provider refuses, fails or delivers damaged: what their owner reads, and what is undone."""

import uuid
from typing import Any

import httpx
import pytest
from scenes import (
    account,
    attempts,
    draft,
    ended,
    held,
    objects,
    passed,
    small_storage,
    submitted,
    trainings_paid,
)
from studio import Studio, User
from waiting import until


def retried(user: User, job: str, **parameters: Any) -> httpx.Response:
    retry = {"decision": "retry", "parameters": parameters}
    return user.post(f"/v1/trainings/{job}/review", retry, key=str(uuid.uuid4()))


def problem(view: dict[str, Any]) -> dict[str, Any]:
    return view["runs"][-1]["problem"]


def test_a_training_that_fails_at_the_provider_says_so_and_is_the_operators_cost(studio: Studio, maya: User) -> None:
    """MO-10, JB-07: the zip is gone, what it cost is booked, nothing stays reserved, and its owner pays nothing."""
    studio.faults(training_ends="failed")
    job = submitted(maya)

    view = ended(maya, job)

    assert (view["status"], problem(view)["code"]) == ("failed", "failed_at_provider")
    assert "try again" in problem(view)["hint"]
    assert passed(view) == ["draft", "queued", "preparing", "training", "failed"]
    assert account(studio, maya) == (0, 0)
    assert view["runs"][0]["borne_by"] == "operator"
    assert 0 < float(view["runs"][0]["actual_usd"]) < float(view["runs"][0]["expected_usd"])
    assert (objects(studio, "datasets", job), trainings_paid(studio, job)) == ([], 1)


def test_an_aborted_training_costs_nothing(studio: Studio, maya: User) -> None:
    """WH-18: `aborted` is an end, though the provider's own library does not know it."""
    studio.faults(training_ends="aborted")
    job = submitted(maya)

    view = ended(maya, job)

    assert (view["status"], problem(view)["code"]) == ("failed", "aborted_at_provider")
    assert (account(studio, maya), trainings_paid(studio, job)) == ((0, 0), 0)
    assert objects(studio, "datasets", job) == []


@pytest.mark.parametrize(
    ("answer", "code", "what_to_do"),
    [
        ("404", "provider_setup", "destination model"),
        ("422", "provider_refused", "other parameters"),
    ],
)
def test_a_refused_order_names_what_to_do_and_costs_nothing(
    studio: Studio, maya: User, answer: str, code: str, what_to_do: str
) -> None:
    """MO-04, MO-10: a clear refusal is not started: no second order, the money is free again."""
    studio.faults(create_answers=answer)
    job = submitted(maya)

    view = ended(maya, job)

    assert (view["status"], problem(view)["code"]) == ("failed", code)
    assert what_to_do in problem(view)["hint"]
    assert [it["state"] for it in attempts(studio, job)] == ["refused"]
    assert (account(studio, maya), trainings_paid(studio, job)) == ((0, 0), 0)
    assert objects(studio, "datasets", job) == []


def test_weights_that_the_storage_has_no_room_for_are_never_ordered_until_it_has(studio: Studio, maya: User) -> None:
    """The project's own limit can only be asked of the storage; a plain retry would fail the same way again."""
    with small_storage(studio):
        job = submitted(maya, preset="full")

        view = ended(maya, job)

        assert (view["status"], problem(view)["code"]) == ("failed", "weights_too_large")
        assert "compact" in problem(view)["hint"]
        assert (attempts(studio, job), objects(studio, "datasets", job), account(studio, maya)) == ([], [], (0, 0))
        assert [*studio.gateway.settings.objects_dir.glob("resumable/*.part")] == []  # asking leaves nothing behind
        again = retried(maya, job)
        assert (again.status_code, again.json()["code"]) == (422, "weights_too_large")
        quotes = {it["preset"]: it["problem"] for it in view["quotes"]}
        assert (quotes["full"]["code"], quotes["compact"]) == ("weights_too_large", None)
        assert studio.sweep()["refused_weights"] == 1  # asked again, and there is still none
        assert retried(maya, job).status_code == 422
        assert retried(maya, job, preset="compact", steps=20).status_code == 202
        assert ended(maya, job)["status"] == "in_review"

    studio.sweep()
    assert studio.sweep()["refused_weights"] == 0
    assert retried(maya, job).status_code == 202
    maya.post(f"/v1/trainings/{job}/cancel")
    ended(maya, job)


def test_an_order_without_credit_waits_until_there_is_some(studio: Studio, maya: User) -> None:
    """MO-12: the circuit opens, jobs wait, none fails and none is paid twice."""
    studio.faults(create_answers=("402",))
    job = submitted(maya)
    until(lambda: [it["state"] for it in attempts(studio, job)] == ["throttled"])
    until(lambda: sum(name == "StartTraining" and it["job_id"] == job for name, it in studio.aws.calls) >= 3)
    assert [it["state"] for it in attempts(studio, job)] == ["throttled"]

    studio.rows("update croquis.limits set closed_until = now()")

    assert ended(maya, job)["status"] == "in_review"
    assert ([it["state"] for it in attempts(studio, job)], trainings_paid(studio, job)) == (["throttled", "ended"], 1)


def test_a_submitted_job_behind_a_closed_switch_waits_and_goes_on(studio: Studio, maya: User) -> None:
    """MO-12, OP-14: asked where the POST is let happen, not only at submit."""
    job = draft(maya)
    with held(studio, "BuildDataset") as there:
        maya.submit(job)
        there.reached()
        studio.rows("update croquis.limits set accept_jobs = false")
        there.go()
        until(lambda: sum(name == "StartTraining" and it["job_id"] == job for name, it in studio.aws.calls) >= 2)
        assert (attempts(studio, job), maya.read(job)["status"]) == ([], "training")
        studio.rows("update croquis.limits set accept_jobs = true")

    assert ended(maya, job)["status"] == "in_review"
    assert trainings_paid(studio, job) == 1


def test_a_throttled_order_is_made_again_as_a_new_attempt(studio: Studio, maya: User) -> None:
    """MO-04: only the throttle's own answer means that nothing was started."""
    studio.faults(create_answers=("429", "429"))
    job = submitted(maya)

    assert ended(maya, job)["status"] == "in_review"

    made = attempts(studio, job)
    assert [it["state"] for it in made] == ["throttled", "throttled", "ended"]
    assert len({it["marker"] for it in made}) == 3
    assert trainings_paid(studio, job) == 1


def test_damaged_weights_are_refused_and_a_retry_needs_no_new_upload(studio: Studio, maya: User) -> None:
    """JB-05: nothing of them is kept; the next run is a paid try of its own with the same photos."""
    studio.faults(output_truncated=True)
    job = submitted(maya)

    view = ended(maya, job)

    assert (view["status"], problem(view)["code"]) == ("failed", "weights_refused")
    assert (objects(studio, "lora-weights", job), view["model"]) == ([], None)

    studio.faults()
    answer = retried(maya, job, preset="compact", steps=30)

    assert answer.status_code == 202, answer.text
    view = ended(maya, job)
    assert (view["status"], [run["status"] for run in view["runs"]]) == ("in_review", ["failed", "in_review"])
    assert view["runs"][1]["steps"] == 30
    assert objects(studio, "lora-weights", job) == [f"{maya.id}/{job}/2/lora.safetensors"]
    assert trainings_paid(studio, job) == 2


def test_a_readme_in_the_archive_costs_nobody_their_model(studio: Studio, maya: User) -> None:
    studio.faults(extra_files=("README.md", "loss_log.db"))
    job = submitted(maya)

    assert ended(maya, job)["status"] == "in_review"

    counted = studio.row("select archive_files_skipped from training_runs where job_id = %s", job)
    assert counted["archive_files_skipped"] == 2


def test_a_download_that_breaks_off_is_fetched_again(studio: Studio, maya: User) -> None:
    """FI-07: a paid result is not given up because a connection was."""
    studio.faults(delivery_breaks=True)
    job = submitted(maya)
    maya.until(job, "ingesting")
    studio.faults()

    assert ended(maya, job)["status"] == "in_review"
