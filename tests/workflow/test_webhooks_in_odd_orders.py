"""Webhooks doubled, early, late, lost, forged: each is stored as an event, and the job ends once."""

import json
import time
from typing import Any, Literal

import httpx
import pytest
from scenes import attempts, closed, ended, long_trainings, passed, submitted, trainings_paid
from studio import Studio, User
from waiting import until

from sandbox.replicate.webhooks import signature

EVERY_STATUS = ["draft", "queued", "preparing", "training", "ingesting", "previewing", "in_review"]


def send(
    studio: Studio, marker: str, body: dict[str, Any], *, message: str = "msg_by_hand", age: int = 0, told: bytes = b""
) -> int:
    """Post a webhook as the provider signs it; `told` is what arrives in place of what was signed."""
    data, sent_at = json.dumps(body).encode(), str(int(time.time()) - age)
    headers = {
        "content-type": "application/json",
        "webhook-id": message,
        "webhook-timestamp": sent_at,
        "webhook-signature": signature(studio.twin.settings.webhook_secret, message, sent_at, data),
    }
    url = f"{studio.api_url}/webhooks/replicate/{marker}"
    return httpx.post(url, content=told or data, headers=headers).status_code


def started(studio: Studio, user: User) -> tuple[str, dict[str, Any]]:
    """A job whose training runs at the provider, and its attempt."""
    job = submitted(user)
    until(lambda: [it["state"] for it in attempts(studio, job)] == ["started"])
    return job, attempts(studio, job)[0]


def told(attempt: dict[str, Any], status: str, **more: Any) -> dict[str, Any]:
    return {"id": attempt["provider_id"], "status": status, "logs": "", **more}


def inbox(studio: Studio, attempt: dict[str, Any]) -> list[dict[str, Any]]:
    return studio.rows("select * from webhook_inbox where attempt_id = %s order by received_at", attempt["id"])


@pytest.mark.parametrize(("doubled", "stored"), [(True, 1), ("new_id", 2)])
def test_a_doubled_terminal_webhook_changes_nothing_more(
    studio: Studio, maya: User, doubled: Literal[True, "new_id"], stored: int
) -> None:
    """WH-12: the same message is stored once; the same news under another id has no second effect."""
    studio.faults(duplicate_webhook=doubled)
    job = submitted(maya)

    view = ended(maya, job)

    assert passed(view) == EVERY_STATUS
    assert len(view["previews"]) == 4
    until(lambda: len(inbox(studio, attempts(studio, job)[0])) == stored)
    assert (trainings_paid(studio, job), len(attempts(studio, job))) == (1, 1)


def test_a_terminal_webhook_that_comes_before_the_order_is_answered_wakes_the_job(studio: Studio, maya: User) -> None:
    """WH-16, SF-07: id, token and result meet in whatever order."""
    studio.faults(early_webhook=True)
    job = submitted(maya)

    assert passed(ended(maya, job)) == EVERY_STATUS
    assert (trainings_paid(studio, job), len(attempts(studio, job))) == (1, 1)


def test_an_early_webhook_makes_up_for_the_answer_that_never_came(studio: Studio, maya: User) -> None:
    """WH-16, MO-01."""
    studio.faults(create_answers=("drop_connection_after",), early_webhook=True)
    job = submitted(maya)

    assert passed(ended(maya, job)) == EVERY_STATUS
    assert (trainings_paid(studio, job), len(attempts(studio, job))) == (1, 1)


def test_a_job_ends_though_nothing_but_its_last_webhook_arrives(studio: Studio, maya: User) -> None:
    """WH-19: nothing but the progress display depends on start and logs."""
    studio.faults(lose_webhooks="all")
    job, attempt = started(studio, maya)
    until(lambda: studio.twin.runs.get(attempt["provider_id"]).ended)
    until(
        lambda: any(
            it.run_id == attempt["provider_id"] and it.event == "completed"
            for it in tuple(studio.twin.webhooks.deliveries)
        )
    )
    studio.faults()

    assert send(studio, attempt["marker"], told(attempt, "succeeded")) == 200
    assert passed(ended(maya, job)) == EVERY_STATUS


def test_progress_is_read_from_the_log(studio: Studio, maya: User) -> None:
    """WH-19: step, total, loss and the time that is left, while it trains."""
    job = submitted(maya, steps=3000)

    run = until(lambda: (found := maya.read(job)["runs"][0])["step"] and found)

    assert 0 < run["step"] <= run["total_steps"] == 3000
    assert run["eta_seconds"] >= 0
    assert 0 < run["loss"] < 10
    assert ended(maya, job)["status"] == "in_review"


def test_a_forged_or_old_webhook_is_refused_and_nothing_is_stored(studio: Studio, maya: User) -> None:
    """WH-01, WH-03, WH-15."""
    with long_trainings(studio):
        job, attempt = started(studio, maya)
        end = told(attempt, "failed")
        marker = attempt["marker"]

        assert send(studio, marker, end, told=json.dumps(told(attempt, "succeeded")).encode()) == 401
        assert [send(studio, marker, end, age=age) for age in (330, -330)] == [401, 401]
        assert send(studio, f"cq{'0' * 32}", end) == 404
        assert httpx.post(f"{studio.api_url}/webhooks/replicate/{marker}", json=end).status_code == 401

        assert inbox(studio, attempt) == []
        assert studio.rows("select from webhook_inbox where webhook_id = 'msg_by_hand' and attempt_id is null") == []
        assert maya.read(job)["status"] == "training"
        maya.post(f"/v1/trainings/{job}/cancel")
        assert ended(maya, job)["status"] == "canceled"


def test_a_signed_webhook_that_is_not_true_is_looked_up_and_ignored(studio: Studio, maya: User) -> None:
    """WH-14, WH-15, WH-17: the provider's own answer is the truth; another run's id is stored as unmatched."""
    with long_trainings(studio):
        job, attempt = started(studio, maya)
        marker = attempt["marker"]

        assert send(studio, marker, told(attempt, "failed"), message="msg_not_true") == 200
        assert send(studio, marker, {**told(attempt, "succeeded"), "id": "another"}, message="msg_other_run") == 200
        assert send(studio, marker, told(attempt, "vanished", completed_at="2026-01-01"), message="msg_new_word") == 200
        assert {row["webhook_id"]: row["matched"] for row in inbox(studio, attempt)} == {
            "msg_not_true": True,
            "msg_other_run": False,
            "msg_new_word": True,
        }
        assert [it["state"] for it in attempts(studio, job)] == ["started"]

        maya.post(f"/v1/trainings/{job}/cancel")
        assert ended(maya, job)["status"] == "canceled"


def test_webhooks_after_the_end_change_nothing(studio: Studio, maya: User) -> None:
    """WH-13, WH-17, WH-20."""
    job = submitted(maya)
    view = ended(maya, job)
    closed(studio, f"{job}-1")
    attempt = attempts(studio, job)[0]

    answers = [
        send(studio, attempt["marker"], told(attempt, status), message=f"msg_late_{status}")
        for status in ("starting", "processing", "failed", "succeeded", "succeeded")
    ]

    assert answers == [200] * 5
    after = maya.read(job)
    assert (after["version"], after["runs"], passed(after)) == (view["version"], view["runs"], EVERY_STATUS)
    assert attempts(studio, job)[0] == attempt
