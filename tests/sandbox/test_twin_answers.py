"""Calls at the twin whose answers go wrong: what the caller gets, what was done all the same, what is on the bill."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import httpx
import pytest
from replicate_contract import checked

from sandbox.replicate.clocks import SteppedClock

if TYPE_CHECKING:
    from tests.sandbox.conftest import RunningTwin

MINUTE = 60


def paid_as_listed(twin: "RunningTwin", runs: int) -> None:
    """So many runs are in the list, and each is on the bill once."""
    twin.wait(lambda: [run["status"] for run in twin.listed()] == ["succeeded"] * runs)
    assert sorted(twin.bill) == sorted((run["id"], "succeeded") for run in twin.listed())


@pytest.mark.parametrize(
    ("answer", "status", "runs"),
    [("401", 401, 0), ("503", 503, 0), ("502_html", 502, 0), ("500_after", 500, 1), ("html_after", 502, 1)],
)
def test_an_answer_that_names_no_run_may_hide_one(twin: "RunningTwin", answer: str, status: int, runs: int) -> None:
    twin.once("create", create_answers=answer)

    assert twin.order().status_code == status
    paid_as_listed(twin, runs)


@pytest.mark.parametrize("answer", ["502_html", "html_after"])
def test_the_page_of_the_gateway_before_the_api_is_no_json(twin: "RunningTwin", answer: str) -> None:
    twin.once("create", create_answers=answer)

    page = twin.order()

    assert page.headers["content-type"].startswith("text/html")
    with pytest.raises(ValueError, match="Expecting value"):
        page.json()


def test_a_truncated_answer_agrees_with_its_length_and_is_no_json(twin: "RunningTwin") -> None:
    twin.once("create", create_answers="truncated_after")

    cut = twin.order()

    assert (cut.status_code, int(cut.headers["content-length"])) == (201, len(cut.content))
    assert cut.text.startswith('{"id":')
    with pytest.raises(ValueError, match=r"Unterminated|Expecting"):
        cut.json()
    paid_as_listed(twin, 1)


def test_an_answer_breaks_off_after_the_run_has_begun(twin: "RunningTwin") -> None:
    twin.once("create", create_answers="cut_after")

    with pytest.raises(httpx.RemoteProtocolError):
        twin.order()
    paid_as_listed(twin, 1)


@pytest.mark.parametrize("answer", ["500_then_act", "drop_connection_then_act"])
def test_a_run_comes_into_being_minutes_after_its_order_was_answered(
    run_twin: Callable[..., "RunningTwin"], answer: str
) -> None:
    clock = SteppedClock()
    twin = run_twin(clock)
    twin.once("create", create_answers=answer, create_delay_s=7 * MINUTE)

    try:
        assert twin.order().status_code == 500
    except httpx.RemoteProtocolError:
        assert answer == "drop_connection_then_act"
    twin.wait(clock.next_at)
    clock.advance(6 * MINUTE)
    assert twin.listed() == []
    clock.advance(MINUTE)

    twin.wait(twin.listed)
    paid_as_listed(twin, 1)
    assert twin.twin.ledger.entries[0].created_at == clock()


def test_what_is_refused_later_is_refused_in_silence(twin: "RunningTwin") -> None:
    twin.once("create", create_answers="500_then_act")

    assert twin.client.post("/v1/predictions", json={"version": "0" * 64, "input": {}}).status_code == 500
    assert twin.listed("predictions") == []


def test_an_answer_is_slower_than_its_callers_patience(run_twin: Callable[..., "RunningTwin"]) -> None:
    twin = run_twin(SteppedClock())
    twin.once("create", answer_delay_s=25.0)

    with twin.impatient(), pytest.raises(httpx.ReadTimeout):
        twin.order()
    paid_as_listed(twin, 1)


@pytest.mark.parametrize("seconds", [7, 30])
def test_the_throttle_says_when_it_ends_in_its_body_alone(twin: "RunningTwin", seconds: int) -> None:
    twin.fault(create_answers="429", throttled_s=seconds)

    answer = twin.order()

    assert answer.json() == {"detail": f"Request was throttled. Your rate limit resets in ~{seconds}s."}
    assert "retry-after" not in answer.headers


def test_the_throttle_of_a_low_credit_names_the_credit(twin: "RunningTwin") -> None:
    twin.fault(create_answers="429_low_credit", throttled_s=9)

    answer = twin.order()

    assert answer.status_code == 429
    assert answer.json() == {
        "detail": "Request was throttled. Your rate limit for creating predictions is reduced to 6 requests per minute "
        "with a burst of 1 requests while you have less than $5.0 in credit. Your rate limit resets in ~9s.",
        "status": 429,
        "retry_after": 9,
    }
    assert twin.listed() == []


@pytest.mark.parametrize(("answer", "status"), [("500", "processing"), ("500_after", "canceled")])
def test_a_cancel_without_a_good_answer_may_have_canceled(
    run_twin: Callable[..., "RunningTwin"], answer: str, status: str
) -> None:
    twin = run_twin(seconds_per_1000_steps=6000.0)
    run = twin.order().json()
    twin.wait(lambda: twin.read(run)["status"] == "processing")
    twin.once("cancel", cancel_answers=answer)

    assert twin.client.post(f"/v1/trainings/{run['id']}/cancel").status_code == 500
    assert twin.read(run)["status"] == status
    assert twin.bill == [(run["id"], status)]


@pytest.mark.parametrize(
    ("faults", "path"),
    [
        ({"read_answers": "503"}, "/v1/trainings/{id}"),
        ({"list_answers": "503"}, "/v1/trainings"),
        ({"account_answers": "503"}, "/v1/account"),
        ({"model_answers": "503"}, "/v1/webhooks/default/secret"),
        ({"every_answer": "503"}, "/v1/trainings/{id}"),
        ({"every_answer": "503"}, "/v1/account"),
    ],
)
def test_each_free_call_can_be_out_of_order_alone_or_with_all(
    twin: "RunningTwin", faults: dict[str, Any], path: str
) -> None:
    path = path.format(id=twin.trained()["id"])
    twin.fault(**faults)
    assert twin.client.get(path).status_code == 503
    twin.fault()
    assert twin.client.get(path).status_code == 200


def test_the_account_tells_a_token_of_ours_from_another_and_from_none(twin: "RunningTwin") -> None:
    run = twin.trained()
    other = {"authorization": f"Bearer {twin.settings.other_token}"}

    ours = checked("get", "/account", twin.client.get("/v1/account"))
    theirs = checked("get", "/account", twin.client.get("/v1/account", headers=other))

    assert ours["username"] == twin.settings.owner != theirs["username"]
    assert twin.client.get(f"/v1/trainings/{run['id']}", headers=other).status_code == 404
    assert checked("get", "/trainings", twin.client.get("/v1/trainings", headers=other))["results"] == []
    assert twin.client.get(f"/v1/trainings/{'0' * 26}").status_code == 404
    twin.fault(token_refused=True)
    assert [twin.client.get(path).status_code for path in ("/v1/account", f"/v1/trainings/{run['id']}")] == [401, 401]


def test_an_output_file_can_be_out_of_reach_for_a_while(twin: "RunningTwin") -> None:
    url = twin.trained()["output"]["weights"]
    twin.once("download", download_answers="503", times=2)

    assert [httpx.get(url).status_code for _ in range(3)] == [503, 503, 200]
