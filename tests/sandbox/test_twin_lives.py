"""Runs at the twin whose life goes wrong: what is told of them, and what is on the bill."""

import json
import math
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import httpx
import pytest
from jsonschema import ValidationError
from replicate_contract import PREDICTION, TRAINING, checked

from sandbox.replicate.clocks import SteppedClock
from sandbox.replicate.engines import TRAINER, TRAINER_VERSIONS

if TYPE_CHECKING:
    from tests.sandbox.conftest import RunningTwin

Start = Callable[..., "RunningTwin"]
MINUTE, HOUR = 60, 3600
ANOTHER_VERSION = "9" * 64


def get(twin: "RunningTwin", run: dict[str, Any]) -> httpx.Response:
    return twin.client.get(f"/v1/trainings/{run['id']}")


def as_published(twin: "RunningTwin", run: dict[str, Any]) -> dict[str, Any]:
    return checked("get", TRAINING, get(twin, run))


def test_a_queued_training_is_gone_thirty_minutes_after_it_was_ordered(run_twin: Start) -> None:
    clock = SteppedClock()
    twin = run_twin(clock, seconds_to_start=1.0)
    twin.fault(vanishes_after_s=30 * MINUTE)
    run = twin.order(webhook=twin.place.hook).json()
    twin.wait(clock.next_at)
    clock.advance(1)
    twin.wait(lambda: clock.next_at() == clock() + 30 * MINUTE - 1)

    clock.advance(30 * MINUTE - 2)
    assert as_published(twin, run)["status"] == "starting"
    clock.advance(1)
    twin.wait(lambda: get(twin, run).status_code == 404)

    assert twin.listed() == []
    assert twin.client.post(f"/v1/trainings/{run['id']}/cancel").status_code == 404
    assert (twin.bill, twin.place.messages) == ([], [])


def test_a_run_comes_into_the_list_minutes_after_it_can_be_read(run_twin: Start) -> None:
    clock = SteppedClock()
    twin = run_twin(clock)
    twin.fault(list_lag_s=5 * MINUTE)
    run = twin.trained()

    assert twin.listed() == []
    clock.advance(5 * MINUTE)
    assert [it["id"] for it in checked("get", "/trainings", twin.client.get("/v1/trainings"))["results"]] == [run["id"]]
    assert twin.bill == [(run["id"], "succeeded")]


def test_a_404_heals_and_the_run_was_alive_and_listed_all_the_time(run_twin: Start) -> None:
    clock = SteppedClock()
    twin = run_twin(clock)
    twin.fault(unreadable_s=(30 * MINUTE, 50 * MINUTE))
    run = twin.trained()
    seen: list[int] = []
    for minutes in (29, 1, 19, 1):
        clock.advance(minutes * MINUTE)
        seen.append(get(twin, run).status_code)

    assert seen == [200, 404, 404, 200]
    assert [it["id"] for it in twin.listed()] == [run["id"]]


def test_what_is_nowhere_to_be_seen_can_run_and_is_paid_all_the_same(run_twin: Start) -> None:
    clock = SteppedClock()
    twin = run_twin(clock, seconds_per_1000_steps=60_000.0, seconds_between_lines=1200.0)
    twin.fault(unreadable_s=(0, math.inf), list_lag_s=math.inf)
    run = twin.order().json()
    twin.wait(clock.next_at)
    clock.advance(1200)
    twin.wait(lambda: twin.bill == [(run["id"], "succeeded")])

    assert (get(twin, run).status_code, twin.listed()) == (404, [])
    [entry] = twin.twin.ledger
    assert (entry.predict_time, entry.cost) == (1200.0, 1.83)


def test_a_run_waits_longer_in_the_queue(run_twin: Start) -> None:
    clock = SteppedClock()
    twin = run_twin(clock)
    twin.fault(queued_s=10 * MINUTE)
    run = twin.order().json()
    twin.wait(clock.next_at)
    clock.advance(10 * MINUTE - 1)
    assert (as_published(twin, run)["status"], twin.bill) == ("starting", [])
    clock.advance(1)

    assert twin.ended(run)["metrics"]["total_time"] == 10 * MINUTE


@pytest.mark.parametrize(("truth", "paid"), [("succeeded", 1), ("failed", 1), ("aborted", 0)])
def test_an_end_status_that_nobody_knows_has_a_time_and_breaks_the_contract(
    twin: "RunningTwin", truth: str, paid: int
) -> None:
    twin.fault(training_ends=truth, unknown_end="expired")
    run = twin.order().json()
    twin.wait(lambda: twin.read(run)["status"] == "expired")

    with pytest.raises(ValidationError, match="'expired' is not one of"):
        as_published(twin, run)
    assert twin.read(run)["completed_at"]
    assert twin.bill == [(run["id"], truth)] * paid
    assert twin.listed()[0]["status"] == "expired"


def test_success_comes_before_its_output(run_twin: Start) -> None:
    clock = SteppedClock()
    twin = run_twin(clock)
    twin.fault(output_late_s=5 * MINUTE, metrics_late_s=2 * MINUTE)
    run = twin.ended(twin.order(webhook=twin.place.hook).json())
    [told] = twin.wait(lambda: twin.place.of_status("succeeded"))

    assert (run["output"], told.json["output"]) == (None, None)
    assert "metrics" not in run
    assert twin.listed()[0]["output"] is None
    clock.advance(2 * MINUTE)
    assert as_published(twin, run)["metrics"]["predict_time"] == 0
    clock.advance(3 * MINUTE)
    assert as_published(twin, run)["output"]["version"]
    assert twin.bill == [(run["id"], "succeeded")]


def test_an_output_never_comes(run_twin: Start) -> None:
    clock = SteppedClock()
    twin = run_twin(clock)
    version = twin.trained()["output"]["version"]
    twin.fault(output_late_s=math.inf)
    picture = twin.ended(twin.ask(version, prompt="TOK").json(), "predictions")
    clock.advance(HOUR / 2)

    read = checked("get", PREDICTION, twin.client.get(f"/v1/predictions/{picture['id']}"))
    assert (read["status"], read["output"], read["data_removed"]) == ("succeeded", None, False)


def test_a_cancel_is_taken_and_ignored(run_twin: Start) -> None:
    clock = SteppedClock()
    twin = run_twin(clock, seconds_per_1000_steps=60_000.0, seconds_between_lines=1200.0)
    twin.fault(cancel_ignored=True)
    run = twin.order().json()
    twin.wait(clock.next_at)

    canceled = checked("post", "/trainings/{training_id}/cancel", twin.client.post(f"/v1/trainings/{run['id']}/cancel"))
    clock.advance(1200)

    assert canceled["status"] == "processing"
    assert twin.ended(run)["status"] == "succeeded"
    assert twin.twin.ledger.entries[0].cost == 1.83


def test_a_cancel_that_was_ignored_may_be_asked_for_again(run_twin: Start) -> None:
    clock = SteppedClock()
    twin = run_twin(clock, seconds_per_1000_steps=60_000.0, seconds_between_lines=1200.0)
    twin.once("cancel", cancel_ignored=True)
    run = twin.order().json()
    twin.wait(clock.next_at)

    asked = [twin.client.post(f"/v1/trainings/{run['id']}/cancel").json()["status"] for _ in range(2)]

    assert asked == ["processing", "canceled"]


def test_a_cancel_takes_effect_minutes_later_and_that_time_is_paid(run_twin: Start) -> None:
    clock = SteppedClock()
    twin = run_twin(clock, seconds_per_1000_steps=60_000.0, seconds_between_lines=1200.0)
    twin.fault(cancel_delay_s=5 * MINUTE)
    run = twin.order().json()
    twin.wait(clock.next_at)

    assert twin.client.post(f"/v1/trainings/{run['id']}/cancel").json()["status"] == "processing"
    twin.wait(lambda: clock.next_at() == clock() + 5 * MINUTE)
    clock.advance(5 * MINUTE)

    assert twin.ended(run)["status"] == "canceled"
    assert twin.twin.ledger.entries[0].predict_time == 5 * MINUTE


def test_another_version_than_the_pinned_one_is_reported(twin: "RunningTwin") -> None:
    twin.fault(reported_version=ANOTHER_VERSION)
    created = twin.order(webhook=twin.place.hook)
    run = twin.ended(created.json())
    [told] = twin.wait(lambda: twin.place.of_status("succeeded"))

    assert {it["version"] for it in (created.json(), run, told.json, twin.listed()[0])} == {ANOTHER_VERSION}
    assert run["output"]["version"].startswith(twin.destination)


def test_three_megabytes_of_log_are_in_the_message_about_the_end(twin: "RunningTwin") -> None:
    twin.fault(log_bytes=3_000_000)
    run = twin.ended(twin.order(webhook=twin.place.hook).json())
    [told] = twin.wait(lambda: twin.place.of_status("succeeded"))

    assert told.json["logs"] == run["logs"]
    assert 3_000_000 <= len(told.json["logs"].encode()) < 3_010_000
    assert len(told.body) > 3_000_000


def test_a_training_can_lose_its_data_after_an_hour_as_a_prediction_does(run_twin: Start) -> None:
    clock = SteppedClock()
    twin = run_twin(clock)
    twin.fault(training_data_removed=True)
    run = twin.trained()
    clock.advance(HOUR - 1)
    assert httpx.head(run["output"]["weights"]).status_code == 200
    clock.advance(1)

    after = as_published(twin, run)
    assert (after["data_removed"], after["output"], after["input"], after["logs"]) == (True, None, {}, "")
    assert httpx.head(run["output"]["weights"]).status_code == 404
    assert twin.twin.ledger.entries[0].input["steps"] == 20


def test_a_deleted_version_lingers_and_then_is_gone(run_twin: Start) -> None:
    clock = SteppedClock()
    twin = run_twin(clock)
    run = twin.trained()
    path = f"/v1/models/{twin.destination}/versions/{run['output']['version'].partition(':')[2]}"
    twin.fault(version_lingers_s=MINUTE)

    assert [twin.client.delete(path).status_code for _ in range(2)] == [202, 202]
    assert (twin.client.get(path).status_code, httpx.head(run["output"]["weights"]).status_code) == (200, 200)
    twin.wait(clock.next_at)
    clock.advance(MINUTE)

    twin.wait(lambda: twin.client.get(path).status_code == 404)
    assert httpx.head(run["output"]["weights"]).status_code == 404
    assert twin.client.delete(path).status_code == 404
    assert twin.bill == [(run["id"], "succeeded")]


def test_a_destination_that_is_missing_is_named(twin: "RunningTwin") -> None:
    body = {"destination": f"{twin.settings.owner}/nobody", "input": {}}
    missing = twin.client.post(f"/v1/models/{TRAINER}/versions/{TRAINER_VERSIONS[-1]}/trainings", json=body)
    twin.once("create", create_answers="404")

    for answer in (missing, twin.order()):
        assert answer.status_code == 404
        assert answer.json()["detail"] == "The specified training destination does not exist"
    assert twin.order().status_code == 201


def schema_of(twin: "RunningTwin", version: str) -> dict[str, Any]:
    read = twin.client.get(f"/v1/models/{twin.destination}/versions/{version.partition(':')[2]}")
    return checked("get", "/models/{model_owner}/{model_name}/versions/{version_id}", read)["openapi_schema"]


def test_keys_that_the_schema_does_not_know_are_ignored_or_refused_as_the_schema_says(twin: "RunningTwin") -> None:
    version = twin.trained(fps=24)["output"]["version"]
    assert "additionalProperties" not in schema_of(twin, version)["components"]["schemas"]["Input"]
    assert twin.ask(version, prompt="TOK", fps=24).status_code == 201
    twin.fault(unknown_keys="refused")

    refused, late = twin.ask(version, prompt="TOK", fps=24), twin.ended(twin.order(fps=24).json())

    assert schema_of(twin, version)["components"]["schemas"]["Input"]["additionalProperties"] is False
    assert (refused.status_code, refused.json()["detail"]) == (422, "- input: Additional property fps is not allowed\n")
    assert late["status"] == "failed"
    complaint = json.loads(late["error"].partition(": ")[2])["detail"][0]
    assert complaint == {
        "loc": ["body", "input", "fps"],
        "msg": "extra fields not permitted",
        "type": "value_error.extra",
    }
    assert late["id"] not in dict(twin.bill)
