"""Webhooks of the twin: signed, filtered, throttled; the terminal one is retried, the others are not."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest
from replicate.webhook import Webhooks, WebhookSigningSecret

from sandbox.replicate.webhooks import Delivery, signature

if TYPE_CHECKING:
    from tests.sandbox.conftest import Message, RunningTwin


def ended(twin: "RunningTwin", **changes: Any) -> list["Message"]:
    """Order a training with a webhook and wait for its terminal message."""
    created = twin.order(webhook=twin.place.hook, **changes).json()
    twin.ended(created)
    return twin.wait(lambda: twin.place.of_status("succeeded", "failed", "canceled", "aborted"))


def settled(twin: "RunningTwin", attempts: int) -> list[int | str | None]:
    """The answers to the terminal message, once there were so many attempts."""

    def answers() -> list[int | str | None]:
        found = [delivery.answer for delivery in list(twin.twin.webhooks.deliveries) if delivery.event == "completed"]
        return found if len(found) >= attempts else []

    return twin.wait(answers)


def all_told(twin: "RunningTwin", count: int) -> list[Delivery]:
    """Every attempt, once there were so many."""
    deliveries = list(twin.twin.webhooks.deliveries)
    return deliveries if len(deliveries) >= count else []


def test_the_published_vector_is_signed_as_published() -> None:
    # the vector that the Standard Webhooks, Svix and Replicate suites share
    secret = "whsec_" + "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
    signed = signature(secret, "msg_p5jXN8AQM9LWM0D4loKWxJek", "1614265330", b'{"test": 2432232314}')

    assert signed == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


def test_replicates_own_verifier_accepts_every_message(twin: "RunningTwin") -> None:
    ended(twin)
    secret = WebhookSigningSecret(key=twin.client.get("/v1/webhooks/default/secret").json()["key"])

    for message in twin.place.messages:
        Webhooks.validate(headers=message.headers, body=message.body.decode(), secret=secret, tolerance=300)


def test_a_message_is_what_reading_the_run_gives_but_with_its_address_as_a_prediction(twin: "RunningTwin") -> None:
    (message,) = ended(twin)
    read = twin.client.get(f"/v1/trainings/{message.json['id']}").json()

    assert message.json.pop("urls")["get"].endswith(f"/v1/predictions/{read['id']}")
    assert {**message.json, "urls": read["urls"]} == read
    assert message.json["webhook"] == twin.place.hook


def test_start_comes_when_it_begins_to_run_with_an_empty_log(twin: "RunningTwin") -> None:
    ended(twin)
    twin.wait(lambda: all_told(twin, 3))
    progress = [message.json for message in twin.place.of_status("processing")]

    assert sorted((one["logs"] == "", one["output"]) for one in progress) == [(False, None), (True, None)]


def test_without_a_filter_only_the_end_is_told(twin: "RunningTwin") -> None:
    version = twin.trained()["output"]["version"]
    body = {"version": version, "input": {"prompt": "TOK"}, "webhook": twin.place.hook}
    twin.client.post("/v1/predictions", json=body)

    twin.wait(lambda: twin.place.messages)

    assert [message.json["status"] for message in twin.place.messages] == ["succeeded"]


def test_logs_come_at_most_twice_a_second_and_carry_the_whole_log(run_twin: Callable[..., "RunningTwin"]) -> None:
    twin = run_twin(seconds_per_1000_steps=60.0)
    (end,) = ended(twin)
    told = (message.json["logs"] for message in twin.place.of_status("processing"))
    logs = sorted((text for text in told if text), key=len)

    assert 2 <= len(logs) <= 4
    assert all(later.startswith(earlier) for earlier, later in zip(logs, [*logs[1:], end.json["logs"]], strict=True))


@pytest.mark.parametrize("status", [400, 404, 413, 500, 503])
def test_the_terminal_message_is_sent_again_with_the_same_id_until_it_is_taken(
    twin: "RunningTwin", status: int
) -> None:
    twin.place.end_answers.extend([status, status])

    ended(twin)

    assert settled(twin, 3) == [status, status, 200]
    assert len({message.headers["webhook-id"] for message in twin.place.of_status("succeeded")}) == 1


def test_it_gives_up_after_the_last_retry(twin: "RunningTwin") -> None:
    twin.place.end_answers.extend([500] * 9)

    ended(twin)

    assert settled(twin, 1 + len(twin.settings.webhook_retry_delays)) == [500] * 4


def test_an_unreachable_receiver_is_retried_too(twin: "RunningTwin") -> None:
    twin.order(webhook="http://127.0.0.1:9/nobody")

    assert settled(twin, 4) == [None] * 4


def test_intermediate_messages_are_never_sent_again(twin: "RunningTwin") -> None:
    twin.place.progress_answers.extend([500, 500])

    ended(twin)

    told = twin.wait(lambda: all_told(twin, 3))
    assert sorted((one.event, one.attempt, one.answer) for one in told) == [
        ("completed", 1, 200),
        ("logs", 1, 500),
        ("start", 1, 500),
    ]


def test_a_redirect_is_not_followed_and_not_retried(twin: "RunningTwin") -> None:
    twin.place.end_answers.append(307)

    ended(twin)

    assert settled(twin, 1) == [307]
    assert {message.path for message in twin.place.messages} == {f"/hooks/{twin.place.marker}"}


@pytest.mark.parametrize(("duplicate", "ids"), [(True, 1), ("new_id", 2)])
def test_the_terminal_message_comes_twice_when_told(twin: "RunningTwin", duplicate: bool | str, ids: int) -> None:
    twin.fault(duplicate_webhook=duplicate)

    ended(twin)

    assert settled(twin, 2) == [200, 200]
    assert len({message.headers["webhook-id"] for message in twin.place.of_status("succeeded")}) == ids


@pytest.mark.parametrize(("lost", "arrived"), [("terminal", 2), ("all", 0)])
def test_messages_are_lost_when_told(twin: "RunningTwin", lost: str, arrived: int) -> None:
    twin.fault(lose_webhooks=lost)

    twin.order(webhook=twin.place.hook)

    told = twin.wait(lambda: all_told(twin, 3))
    assert [one.event for one in told if one.answer == "lost"].count("completed") == 1
    assert len(twin.place.messages) == arrived


def test_the_terminal_message_arrives_before_the_answer_of_the_create_call_when_told(
    run_twin: Callable[..., "RunningTwin"],
) -> None:
    twin = run_twin(seconds_to_start=600.0, seconds_per_1000_steps=6000.0)
    twin.fault(early_webhook=True)

    created = twin.order(webhook=twin.place.hook).json()

    assert created["status"] == "starting"
    assert [message.json["id"] for message in twin.place.of_status("succeeded")] == [created["id"]]
