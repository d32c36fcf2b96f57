"""The faults that the twin shows on demand, and what each leaves in the list and on the bill."""

import io
import tarfile
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from sandbox.replicate.clocks import SteppedClock
from sandbox.replicate.settings import TwinFaults, TwinSettings

if TYPE_CHECKING:
    from tests.sandbox.conftest import RunningTwin


def listed(twin: "RunningTwin") -> list[dict[str, Any]]:
    return twin.client.get("/v1/trainings").json()["results"]


@pytest.mark.parametrize("status", ["402", "404", "422", "429", "500"])
def test_a_refused_create_call_starts_nothing(twin: "RunningTwin", status: str) -> None:
    twin.fault(create_answers=status)

    assert twin.order().status_code == int(status)
    assert listed(twin) == []


def test_being_throttled_reads_as_at_replicate(twin: "RunningTwin") -> None:
    twin.fault(create_answers="429")
    answer = twin.order()

    assert answer.json() == {"detail": "Request was throttled. Your rate limit resets in ~30s."}
    assert "retry-after" not in answer.headers


def test_an_empty_account_reads_as_at_replicate(twin: "RunningTwin") -> None:
    twin.fault(create_answers="402")

    assert twin.order().json()["title"] == "Insufficient credit"


@pytest.mark.parametrize(
    ("answer", "runs"),
    [
        ("drop_connection_before", 0),
        ("drop_connection_after", 1),
        ("timeout_before", 0),
        ("timeout_after", 1),
    ],
)
def test_an_unclear_create_call_leaves_one_run_or_none(twin: "RunningTwin", answer: str, runs: int) -> None:
    twin.fault(create_answers=answer)

    with twin.impatient(), pytest.raises(httpx.TransportError):
        twin.order()

    twin.wait(lambda: len(listed(twin)) == runs)


def test_a_silent_create_call_is_cut_off_in_the_end(run_twin: Callable[..., "RunningTwin"]) -> None:
    twin = run_twin(silence_s=0.1)
    twin.fault(create_answers="timeout_after")

    with pytest.raises(httpx.RemoteProtocolError):
        twin.order()


def test_a_server_error_may_hide_a_started_run(twin: "RunningTwin") -> None:
    twin.fault(create_answers="500_after")

    assert twin.order().status_code == 500
    assert twin.ended(listed(twin)[0])["status"] == "succeeded"


def test_a_list_of_answers_is_used_up_call_by_call(twin: "RunningTwin") -> None:
    twin.fault(create_answers=("500", "429"))

    assert [twin.order().status_code for _ in range(4)] == [500, 429, 201, 201]


def test_a_delayed_run_appears_after_the_caller_gave_up(run_twin: Callable[..., "RunningTwin"]) -> None:
    clock = SteppedClock()
    twin = run_twin(clock)
    twin.fault(create_delay_s=300)

    with twin.impatient(), pytest.raises(httpx.ReadTimeout):
        twin.order()

    assert listed(twin) == []
    twin.wait(clock.next_at)
    clock.advance(300)
    assert len(twin.wait(lambda: listed(twin))) == 1


@pytest.mark.parametrize(("end", "paid"), [("failed", 1), ("aborted", 0)])
def test_a_training_ends_as_told(twin: "RunningTwin", end: str, paid: int) -> None:
    twin.fault(training_ends=end)
    ended = twin.ended(twin.order().json())

    assert (ended["status"], ended["output"]) == (end, None)
    assert len(twin.twin.ledger) == paid


@pytest.mark.parametrize(
    ("end", "status", "error"),
    [("failed", "failed", "CUDA error"), ("nsfw", "failed", "NSFW content detected"), ("aborted", "aborted", "")],
)
def test_a_prediction_ends_as_told(twin: "RunningTwin", end: str, status: str, error: str) -> None:
    version = twin.trained()["output"]["version"]
    twin.fault(prediction_ends=end)
    ended = twin.ended(twin.ask(version, prompt="TOK").json(), "predictions")

    assert ended["status"] == status
    assert (ended["error"] or "").startswith(error)


def test_a_truncated_archive_agrees_with_its_length_and_ends_in_the_weights(twin: "RunningTwin") -> None:
    url = twin.trained()["output"]["weights"]
    twin.fault(output_truncated=True)
    answer = httpx.get(url)

    assert int(answer.headers["content-length"]) == len(answer.content)
    with tarfile.open(fileobj=io.BytesIO(answer.content), mode="r|") as tar:
        weights = next(member for member in tar if member.name.endswith(".safetensors"))
        assert round((len(answer.content) - weights.offset_data) / weights.size, 2) == 0.6


def test_a_delivery_breaks_off_short_of_its_length(twin: "RunningTwin") -> None:
    url = twin.trained()["output"]["weights"]
    twin.fault(delivery_breaks=True)

    with pytest.raises(httpx.RemoteProtocolError):
        httpx.get(url)


@pytest.mark.parametrize(
    ("faults", "error"),
    [
        ({"moon_phase": "full"}, TypeError),
        ({"create_answers": "maybe"}, ValueError),
        ({"training_ends": "well"}, ValueError),
    ],
)
def test_a_fault_that_does_not_exist_is_refused(faults: dict[str, Any], error: type[Exception]) -> None:
    with pytest.raises(error):
        TwinFaults(**faults)


def test_the_bill_names_each_run_with_its_time_and_its_cost(twin: "RunningTwin") -> None:
    run = twin.trained()
    (entry,) = twin.twin.ledger

    assert (entry.kind, entry.id, entry.predict_time) == ("training", run["id"], run["metrics"]["predict_time"])
    assert entry.cost == round(run["metrics"]["predict_time"] * twin.settings.price_per_second, 6)


def test_secrets_are_not_shown(twin_settings: TwinSettings) -> None:
    assert twin_settings.api_token not in repr(twin_settings)
    assert twin_settings.webhook_secret not in repr(twin_settings)
