"""Faults that are placed at one passage of one point, of one run, kind or event; everything else is a healthy day."""

from typing import TYPE_CHECKING, Any

import httpx
import pytest

from sandbox.replicate.settings import TwinFaults

if TYPE_CHECKING:
    from tests.sandbox.conftest import RunningTwin


def read_statuses(twin: "RunningTwin", run: dict[str, Any], times: int) -> list[int]:
    return [twin.client.get(f"/v1/trainings/{run['id']}").status_code for _ in range(times)]


def test_only_the_nth_passage_from_now_is_hit(twin: "RunningTwin") -> None:
    twin.once("create", nth=3, create_answers="500")

    assert [twin.order().status_code for _ in range(5)] == [201, 201, 500, 201, 201]


def test_several_passages_in_a_row_are_hit(twin: "RunningTwin") -> None:
    run = twin.trained()
    twin.once("read", nth=2, times=3, read_answers="404")

    assert read_statuses(twin, run, 6) == [200, 404, 404, 404, 200, 200]


def test_only_the_run_that_is_meant_is_hit(twin: "RunningTwin") -> None:
    one, other = twin.trained(), twin.trained()
    twin.once("read", run=one["id"], read_answers="500")

    assert read_statuses(twin, other, 2) == [200, 200]
    assert read_statuses(twin, one, 2) == [500, 200]


def test_only_the_kind_that_is_meant_is_hit(twin: "RunningTwin") -> None:
    version = twin.trained()["output"]["version"]
    twin.once("create", kind="prediction", create_answers="402")

    assert twin.order().status_code == 201
    assert [twin.ask(version, prompt="TOK").status_code for _ in range(2)] == [402, 201]


def test_the_third_message_is_lost_whatever_it_tells(twin: "RunningTwin") -> None:
    twin.once("webhook", nth=3, lose_webhooks="all")
    twin.ended(twin.order(webhook=twin.place.hook).json())

    events = twin.wait(lambda: len(list(twin.twin.webhooks.deliveries)) == 3 and list(twin.twin.webhooks.deliveries))

    assert [it.event for it in events if it.answer == "lost"] == ["completed"]
    assert len(twin.place.messages) == 2


def test_a_run_keeps_for_its_life_what_its_create_call_was_given(twin: "RunningTwin") -> None:
    twin.once("create", training_ends="failed", reported_version="7" * 64)
    ill, well = (twin.ended(twin.order().json()) for _ in range(2))
    twin.fault(reported_version="8" * 64)

    assert (ill["status"], well["status"]) == ("failed", "succeeded")
    assert [twin.read(run)["version"] for run in (ill, well)] == ["7" * 64, "8" * 64]
    assert dict(twin.bill) == {ill["id"]: "failed", well["id"]: "succeeded"}


def test_the_files_of_one_run_alone_can_be_cut(twin: "RunningTwin") -> None:
    twin.once("create", output_truncated=True)
    cut, whole, unreachable = (twin.trained()["output"]["weights"] for _ in range(3))
    sizes = [int(httpx.head(url).headers["content-length"]) for url in (cut, whole)]
    twin.once("download", run=twin.listed()[0]["id"], download_answers="503")

    assert sizes[0] < sizes[1]
    assert [httpx.head(url).status_code for url in (cut, whole, unreachable, unreachable)] == [200, 200, 503, 200]


def test_two_faults_at_one_passage_both_hold(twin: "RunningTwin") -> None:
    twin.once("create", create_answers="500_after")
    twin.once("create", training_ends="aborted")

    assert twin.order().status_code == 500
    assert twin.ended(twin.listed()[0])["status"] == "aborted"
    assert twin.bill == []


def test_a_placed_fault_goes_before_those_of_the_day_and_lets_their_list_alone(twin: "RunningTwin") -> None:
    twin.fault(create_answers=("500", "503"))
    twin.once("create", create_answers="429")

    assert [twin.order().status_code for _ in range(4)] == [429, 500, 503, 201]


def test_it_can_be_seen_whether_a_schedule_was_played_to_its_end(twin: "RunningTwin") -> None:
    twin.once("create", nth=2, create_answers="500")
    twin.once("list", list_answers="500")
    counts = [twin.twin.plan.unmet]
    for step in (twin.order, lambda: twin.client.get("/v1/trainings"), twin.order):
        step()
        counts.append(twin.twin.plan.unmet)

    assert counts == [2, 2, 1, 0]


@pytest.mark.parametrize(
    ("point", "faults", "error"),
    [
        ("breakfast", {}, ValueError),
        ("create", {"moon_phase": "full"}, TypeError),
        ("create", {"create_answers": "maybe"}, ValueError),
        ("create", {"nth": 0, "create_answers": "500"}, ValueError),
        ("read", {"create_answers": ("500", "500")}, ValueError),
    ],
)
def test_what_cannot_be_placed_is_refused(
    twin: "RunningTwin", point: str, faults: dict[str, Any], error: type[Exception]
) -> None:
    with pytest.raises(error):
        twin.once(point, **faults)


@pytest.mark.parametrize(
    "faults",
    [
        {"read_answers": "never"},
        {"every_answer": ("500",)},
        {"unknown_keys": "eaten"},
        {"lose_webhooks": "some"},
        {"duplicate_webhook": "thrice"},
    ],
)
def test_a_word_that_no_fault_knows_is_refused(faults: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=next(iter(faults))):
        TwinFaults(**faults)
