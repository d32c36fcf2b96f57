"""Webhooks of the twin that come twice, late, in the wrong order, to the wrong address, or with a wrong time."""

import base64
from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from replicate.webhook import Webhooks, WebhookSigningSecret

from sandbox.replicate.clocks import SteppedClock

if TYPE_CHECKING:
    from tests.sandbox.conftest import Message, RunningTwin

Start = Callable[..., "RunningTwin"]
MINUTE = 60


def told(twin: "RunningTwin", count: int) -> list["Message"]:
    """All messages, once there are so many."""
    twin.wait(lambda: len(twin.place.messages) >= count)
    return twin.place.messages


def statuses(twin: "RunningTwin", count: int) -> list[str]:
    return [message.json["status"] for message in told(twin, count)]


def paid_once(twin: "RunningTwin", *runs: dict[str, Any]) -> None:
    assert sorted(twin.bill) == sorted((run["id"], "succeeded") for run in runs)


@pytest.mark.parametrize(("duplicate", "ids"), [(True, 3), ("new_id", 6)])
def test_each_message_comes_twice(twin: "RunningTwin", duplicate: bool | str, ids: int) -> None:
    twin.fault(duplicate_webhook=duplicate)
    run = twin.ended(twin.order(webhook=twin.place.hook).json())

    messages = told(twin, 6)

    assert len({message.headers["webhook-id"] for message in messages}) == ids
    assert len({message.body for message in messages}) == 3
    paid_once(twin, run)


def test_one_message_of_many_comes_twice(twin: "RunningTwin") -> None:
    twin.once("webhook", event="start", duplicate_webhook=True)
    twin.ended(twin.order(webhook=twin.place.hook).json())

    messages = told(twin, 4)

    doubled = [it for it in messages if it.json["status"] == "processing" and it.json["logs"] == ""]
    assert (len(messages), len(doubled)) == (4, 2)


def test_the_progress_is_told_after_the_end(twin: "RunningTwin") -> None:
    twin.fault(webhooks_backwards=True)
    run = twin.ended(twin.order(webhook=twin.place.hook).json())

    assert statuses(twin, 3) == ["succeeded", "processing", "processing"]
    paid_once(twin, run)


def test_one_message_is_overtaken_by_those_after_it(run_twin: Start) -> None:
    clock = SteppedClock()
    twin = run_twin(clock)
    twin.once("webhook", event="start", webhook_delay_s=MINUTE)
    twin.ended(twin.order(webhook=twin.place.hook).json())
    assert sorted(statuses(twin, 2)) == ["processing", "succeeded"]

    twin.wait(clock.next_at)
    clock.advance(MINUTE)

    assert statuses(twin, 3)[2] == "processing"
    assert twin.place.messages[2].json["logs"] == ""


def test_the_end_is_told_half_an_hour_late_and_signed_when_it_is_sent(run_twin: Start) -> None:
    clock = SteppedClock()
    twin = run_twin(clock)
    twin.once("webhook", event="completed", webhook_delay_s=30 * MINUTE)
    run = twin.ended(twin.order(webhook=twin.place.hook).json())
    told(twin, 2)
    assert twin.place.of_status("succeeded") == []

    twin.wait(clock.next_at)
    clock.advance(30 * MINUTE)
    [end] = twin.wait(lambda: twin.place.of_status("succeeded"))

    assert int(end.headers["webhook-timestamp"]) == clock()
    assert end.json["completed_at"] == run["completed_at"]


def test_one_message_is_lost_and_not_sent_again(twin: "RunningTwin") -> None:
    twin.once("webhook", event="completed", lose_webhooks="all")
    first, second = (twin.ended(twin.order(webhook=twin.place.hook).json()) for _ in range(2))

    ends = twin.wait(lambda: twin.place.of_status("succeeded"))

    assert [end.json["id"] for end in ends] == [second["id"]]
    lost = [it.run_id for it in list(twin.twin.webhooks.deliveries) if it.answer == "lost"]
    assert lost == [first["id"]]
    paid_once(twin, first, second)


def test_the_news_of_one_run_come_to_the_address_of_another(twin: "RunningTwin") -> None:
    elsewhere = f"{twin.place.hook}-of-another"
    twin.once("webhook", event="completed", webhook_goes_to=elsewhere)
    run = twin.ended(twin.order(webhook=twin.place.hook).json())

    [end] = twin.wait(lambda: twin.place.of_status("succeeded"))

    assert elsewhere.endswith(end.path)
    assert (end.json["id"], end.json["webhook"]) == (run["id"], twin.place.hook)
    secret = WebhookSigningSecret(key=twin.settings.webhook_secret)
    Webhooks.validate(headers=end.headers, body=end.body.decode(), secret=secret, tolerance=300)


@pytest.mark.parametrize("seconds", [600, -600])
def test_the_senders_clock_is_wrong(run_twin: Start, seconds: int) -> None:
    clock = SteppedClock()
    twin = run_twin(clock)
    twin.fault(webhook_clock_off_s=seconds)
    twin.order(webhook=twin.place.hook)

    assert {int(message.headers["webhook-timestamp"]) - clock() for message in told(twin, 3)} == {seconds}


def test_a_new_secret_signs_from_then_on(twin: "RunningTwin") -> None:
    secret = "whsec_" + base64.b64encode(b"n" * 32).decode()
    twin.twin.settings = replace(twin.twin.settings, webhook_secret=secret)
    twin.order(webhook=twin.place.hook)

    message = told(twin, 1)[0]

    assert twin.client.get("/v1/webhooks/default/secret").json() == {"key": secret}
    Webhooks.validate(
        headers=message.headers, body=message.body.decode(), secret=WebhookSigningSecret(key=secret), tolerance=300
    )
