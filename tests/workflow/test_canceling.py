"""An owner cancels a job, whatever it is doing: it stops, what was done is undone, what was paid is booked."""

import uuid

import pytest
from scenes import (
    account,
    attempts,
    closed,
    crash,
    draft,
    ended,
    held,
    in_review,
    long_trainings,
    minutes_pass,
    objects,
    passed,
    pictures_paid,
    submitted,
    trainings_paid,
    until_it_trains,
)
from studio import Studio, User
from waiting import until


def cancel(user: User, job: str) -> str:
    answer = user.post(f"/v1/trainings/{job}/cancel")
    assert answer.status_code == 202, answer.text
    return answer.json()["status"]


def model_status(studio: Studio, job: str) -> list[str]:
    return [row["status"] for row in studio.rows("select status from ai_models where job_id = %s", job)]


def test_a_draft_is_canceled_at_once_and_may_be_canceled_again(studio: Studio, maya: User) -> None:
    job = draft(maya)

    assert [cancel(maya, job) for _ in range(2)] == ["canceled", "canceled"]
    assert maya.submit(job).status_code == 409


def test_a_queued_job_is_canceled_before_anything_is_made(studio: Studio, maya: User) -> None:
    with held(studio, "BuildDataset") as first_state:
        job = submitted(maya)
        first_state.reached()
        assert [cancel(maya, job) for _ in range(2)] == ["queued", "queued"]
        assert maya.read(job)["cancel_requested"]

    assert passed(ended(maya, job)) == ["draft", "queued", "canceled"]
    assert (attempts(studio, job), objects(studio, "datasets", job), account(studio, maya)) == ([], [], (0, 0))


def test_a_job_whose_dataset_is_made_is_canceled_before_it_is_paid(studio: Studio, maya: User) -> None:
    """JB-07: the zip is deleted; no order was made."""
    with held(studio, "StartTraining") as train:
        job = submitted(maya)
        train.reached()
        assert objects(studio, "datasets", job) == [f"{maya.id}/{job}/1/dataset.zip"]
        assert cancel(maya, job) == "preparing"

    assert passed(ended(maya, job))[-2:] == ["preparing", "canceled"]
    assert (attempts(studio, job), objects(studio, "datasets", job), account(studio, maya)) == ([], [], (0, 0))


def test_a_zip_that_no_row_knows_of_is_deleted_too(studio: Studio, maya: User) -> None:
    """JB-07: the state died between writing the zip and recording it."""
    with held(studio, "StartTraining") as train:
        job = submitted(maya)
        train.reached()
        studio.rows("update training_runs set dataset_path = null where job_id = %s", job)
        cancel(maya, job)

    assert ended(maya, job)["status"] == "canceled"
    assert objects(studio, "datasets", job) == []


def test_a_running_training_is_stopped_at_the_provider_and_what_it_cost_is_booked(studio: Studio, maya: User) -> None:
    """MO-09, MO-10."""
    with long_trainings(studio):
        job = submitted(maya)
        until_it_trains(studio, job)
        assert [cancel(maya, job) for _ in range(2)] == ["training", "training"]

    view = ended(maya, job)

    assert passed(view)[-2:] == ["training", "canceled"]
    assert view["runs"][0]["problem"] is None
    assert [it["provider_status"] for it in attempts(studio, job)] == ["canceled"]
    reserved, spent = account(studio, maya)
    assert (reserved, spent > 0, spent) == (0, True, float(view["runs"][0]["actual_usd"]))
    assert objects(studio, "datasets", job) == []
    assert all(it["task_token"] is None for it in attempts(studio, job))


def test_a_cancel_while_the_order_is_on_its_way_stops_the_run_as_soon_as_it_is_known(
    studio: Studio, maya: User
) -> None:
    """MO-09: between the intent and the answer there is no id to cancel."""
    studio.faults(create_delay_s=0.5, lose_webhooks="all")
    with long_trainings(studio):
        job = submitted(maya)
        until(lambda: [it["state"] for it in attempts(studio, job)] == ["intent"])
        cancel(maya, job)
        view = ended(maya, job)

    assert view["status"] == "canceled"
    assert [(it["state"], it["provider_status"]) for it in attempts(studio, job)] in (
        [("ended", "canceled")],
        [("ended", "aborted")],
    )


def test_a_canceled_job_whose_order_got_no_answer_is_stopped_by_the_first_webhook(studio: Studio, maya: User) -> None:
    """MO-09, WH-16: the webhook brings the id that the lost answer would have brought."""
    studio.faults(create_answers="drop_connection_after", webhook_delay_s=1)
    with long_trainings(studio):
        job = submitted(maya)
        until(lambda: [it["state"] for it in attempts(studio, job)] == ["unknown"])
        cancel(maya, job)
        view = ended(maya, job)

    assert view["status"] == "canceled"
    assert [it["provider_status"] for it in attempts(studio, job)] == ["canceled"]


def test_weights_of_a_canceled_job_are_not_kept(studio: Studio, maya: User) -> None:
    """JB-05, JB-07: they were stored but not registered; the training is paid all the same."""
    with held(studio, "RegisterModel") as register:
        job = submitted(maya)
        register.reached()
        assert objects(studio, "lora-weights", job) != []
        assert cancel(maya, job) == "ingesting"

    view = ended(maya, job)

    assert passed(view)[-2:] == ["ingesting", "canceled"]
    assert (objects(studio, "lora-weights", job), model_status(studio, job)) == ([], [])
    assert account(studio, maya) == (0, float(view["runs"][0]["actual_usd"]))
    assert trainings_paid(studio, job) == 1


def test_a_job_canceled_while_its_previews_are_ordered_makes_none(studio: Studio, maya: User) -> None:
    with held(studio, "StartImage") as previews:
        job = submitted(maya)
        previews.reached()
        assert cancel(maya, job) == "previewing"

    view = ended(maya, job)

    assert passed(view)[-2:] == ["previewing", "canceled"]
    assert [image["status"] for image in view["previews"]] == ["failed"] * 4
    assert (pictures_paid(studio, job), model_status(studio, job)) == (0, ["archived"])


def test_a_job_in_review_is_canceled_at_once_and_its_model_archived(studio: Studio, maya: User) -> None:
    job = in_review(maya)

    assert [cancel(maya, job) for _ in range(2)] == ["canceled", "canceled"]
    assert model_status(studio, job) == ["archived"]


def test_the_model_of_an_earlier_run_is_archived_when_the_next_run_is_canceled(studio: Studio, maya: User) -> None:
    job = in_review(maya)
    with held(studio, "BuildDataset") as first_state:
        again = {"decision": "retry", "parameters": {"preset": "compact", "steps": 20}}
        assert maya.post(f"/v1/trainings/{job}/review", again, key=str(uuid.uuid4())).status_code == 202
        first_state.reached()
        cancel(maya, job)

    assert maya.until(job, "canceled")["runs"][0]["status"] == "retried"
    assert model_status(studio, job) == ["archived"]


def test_a_job_that_is_over_cannot_be_canceled_and_nobody_elses_exists(studio: Studio, maya: User) -> None:
    """AS-07."""
    studio.faults(create_answers="422")
    job = submitted(maya)
    ended(maya, job)
    closed(studio, f"{job}-1")

    refused = maya.post(f"/v1/trainings/{job}/cancel")
    strangers = studio.user().post(f"/v1/trainings/{job}/cancel")
    invented = maya.post(f"/v1/trainings/{uuid.uuid4()}/cancel")

    assert (refused.status_code, refused.json()["code"]) == (409, "already_over")
    assert (strangers.status_code, strangers.json()["code"]) == (invented.status_code, invented.json()["code"])
    assert strangers.status_code == 404


@pytest.mark.parametrize("lost", [1, 3])
def test_a_cancel_survives_that_undoing_fails_at_first(studio: Studio, maya: User, lost: int) -> None:
    """JB-07: each undo is idempotent and repeated until it is done."""
    with long_trainings(studio), crash(studio, "RecordFailure", when="before", times=lost) as crashes:
        job = submitted(maya)
        until_it_trains(studio, job)
        cancel(maya, job)
        assert ended(maya, job)["status"] == "canceled"

    assert len(crashes) == lost
    minutes_pass(studio, 15)
    assert studio.sweep()["runs"] == 0
