"""The webhook door on a real database: an event is stored before it is answered, and changes nothing else."""

import base64
import json
import secrets
import uuid
from collections.abc import Iterator
from typing import Any

import boto3
import httpx
import pytest
from doors.drafts import Training, training
from doors.exchange import Answer, assert_problem, changes_nothing, everything, fingerprint, send
from doors.replicate import as_text, body, logs, signed
from studio import Studio, User

from croquis import wiring
from croquis.adapters.supabase.data_api import DataApi
from croquis.adapters.supabase.store import SupabaseStore


@pytest.fixture(scope="module")
def secret(studio: Studio) -> str:
    return studio.twin.settings.webhook_secret


class Otherwise:
    """The studio's neighbours with some replaced."""

    def __init__(self, of: Any, **replaced: Any) -> None:
        self.of = of
        self.__dict__.update(replaced)

    def __getattr__(self, name: str) -> Any:
        return getattr(self.of, name)


class Queued(list[str]):
    """A queue that keeps which attempts are to be looked at, and at which run, and delivers nothing."""

    def __init__(self) -> None:
        super().__init__()
        self.runs: list[str | None] = []

    def settle_attempt(self, attempt_id: str, kind: str | None = None, provider_id: str | None = None) -> None:
        self.append(attempt_id)
        self.runs.append(provider_id)


@pytest.fixture(scope="module")
def real(studio: Studio) -> Any:
    return wiring.croquis()


@pytest.fixture(autouse=True)
def queued(real: Any) -> Iterator[Queued]:
    queued = Queued()
    wiring.hand_in(Otherwise(real, queue=queued))  # pyright: ignore[reportArgumentType]
    yield queued
    wiring.hand_in(real)


@pytest.fixture
def run(studio: Studio, maya: User) -> Training:
    return training(studio, maya, provider_id="run" + uuid.uuid4().hex[:12])


def inbox(studio: Studio, run: Training) -> list[dict[str, Any]]:
    return studio.rows("select * from public.webhook_inbox where attempt_id = %s", run.attempt)


def told(run: Training, data: bytes, secret: str, **more: str) -> Answer:
    return send(signed(data, secret=secret, marker=run.marker, **more))


@pytest.mark.parametrize("status", ["succeeded", "failed", "canceled", "aborted"])
def test_the_news_of_an_end_is_stored_before_it_is_answered(
    studio: Studio, run: Training, secret: str, status: str, queued: Queued
) -> None:
    """WH-10, WH-14, WH-18, WH-24: which run, how it ended, and no body; then the provider itself is asked."""
    assert told(run, body(status, run.provider_id, logs="a log"), secret).status == 200
    assert queued == [run.attempt]
    [row] = inbox(studio, run)
    assert (row["provider_id"], row["status"], row["matched"]) == (run.provider_id, status, True)
    assert "a log" not in str(row)


def test_the_same_message_again_has_no_second_effect(studio: Studio, run: Training, secret: str) -> None:
    """WH-12."""
    found = signed(body("succeeded", run.provider_id), secret=secret, marker=run.marker)
    assert [send(found).status, send(as_text(found)).status] == [200, 200]
    assert len(inbox(studio, run)) == 1


def test_header_names_come_in_any_case(studio: Studio, run: Training, secret: str) -> None:
    """WH-07."""
    found = signed(body("succeeded", run.provider_id), secret=secret, marker=run.marker)
    assert send({**found, "headers": {key.title(): value for key, value in found["headers"].items()}}).status == 200
    assert len(inbox(studio, run)) == 1


def test_five_megabytes_are_accepted(studio: Studio, run: Training, secret: str) -> None:
    """WH-09: the success webhook is the biggest one."""
    log = "x" * (5_000_000 - len(body("succeeded", run.provider_id)))
    assert told(run, body("succeeded", run.provider_id, logs=log), secret).status == 200
    assert len(inbox(studio, run)) == 1


@pytest.mark.parametrize("data", [body("succeeded"), body("starting"), body("processing"), logs(3)])
def test_an_unknown_marker_is_not_found_and_nothing_is_stored(studio: Studio, secret: str, data: bytes) -> None:
    """WH-16."""
    answer = changes_nothing(studio, lambda: send(signed(data, secret=secret, marker="cq" + "0" * 32)))
    assert_problem(answer, 404, "unknown_marker")


def test_anothers_run_under_our_marker_is_stored_as_unmatched(
    studio: Studio, run: Training, secret: str, queued: Queued
) -> None:
    """WH-15: marker, id and row must agree; else it is kept for the alarm and nothing is done."""
    assert told(run, body("succeeded", "somebody-elses"), secret).status == 200
    [row] = inbox(studio, run)
    assert row["matched"] is False
    attempt = studio.row("select * from public.provider_attempts where id = %s", run.attempt)
    assert (attempt["state"], attempt["provider_id"]) == ("started", run.provider_id)
    assert queued == []


@pytest.mark.parametrize(("data", "named"), [("start", True), ("progress", True), ("end", True), ("end", False)])
def test_a_webhook_that_overtakes_the_posts_answer_has_the_provider_asked_about_its_run(
    studio: Studio, maya: User, secret: str, data: str, named: bool, queued: Queued
) -> None:
    """WH-15, WH-16: the create race. Only a body that names the order is followed, and none is believed."""
    early = training(studio, maya, state="intent")
    order = {
        "webhook": f"https://api.example.com/webhooks/replicate/{early.marker if named else 'cq' + '0' * 32}",
        "input": {"input_images": f"https://p.supabase.co/zip?download={early.marker}.zip"},
    }
    bodies = {
        "start": body("starting", early.provider_id, **order),
        "progress": body("processing", early.provider_id, logs=logs(1).decode(), **order),
        "end": body("succeeded", early.provider_id, **order),
    }
    assert told(early, bodies[data], secret).status == 200
    attempt = studio.row("select * from public.provider_attempts where id = %s", early.attempt)
    assert (attempt["state"], attempt["provider_id"]) == ("intent", None)
    assert (queued, queued.runs) == (([early.attempt], [early.provider_id]) if named else ([], []))
    assert [row["matched"] for row in inbox(studio, early)] == ([False] if data == "end" else [])


PROGRESS = ("step", "total_steps", "loss", "eta_seconds", "progress_at", "updated_at")


def test_a_log_event_touches_only_the_progress_and_the_log(studio: Studio, run: Training, secret: str) -> None:
    """WH-19: never the inbox, at most one row in two seconds, never backwards."""
    before, others = run_of(studio, run), fingerprint(studio)
    assert told(run, logs(3, run.provider_id), secret).status == 200
    after = run_of(studio, run)
    assert (after["step"], after["total_steps"], after["loss"], after["eta_seconds"]) == (3, 20, 0.35, 19)
    assert {key: value for key, value in after.items() if key not in PROGRESS} == {
        key: value for key, value in before.items() if key not in PROGRESS
    }
    touched = ("training_runs", "training_logs")
    assert [it for it in fingerprint(studio) if it["name"] not in touched] == [
        it for it in others if it["name"] not in touched
    ]
    for data in (logs(4, run.provider_id), logs(2, run.provider_id)):
        answer = changes_nothing(studio, lambda data=data: told(run, data, secret))
        assert answer.status == 200


def run_of(studio: Studio, run: Training) -> dict[str, Any]:
    return studio.row("select * from public.training_runs where job_id = %s", run.job)


def test_a_late_event_does_not_reopen_what_ended(studio: Studio, run: Training, secret: str) -> None:
    """WH-17."""
    ended = "update public.provider_attempts set state = 'ended', provider_status = 'failed' where id = %s"
    studio.rows(ended, run.attempt)
    for data in (body("starting", run.provider_id), logs(9, run.provider_id), body("processing", run.provider_id)):
        answer = changes_nothing(studio, lambda data=data: told(run, data, secret))
        assert answer.status == 200


@pytest.mark.parametrize("data", ["progress", "start"])
def test_news_of_a_run_that_is_over_here_has_it_stopped_there(
    studio: Studio, run: Training, secret: str, queued: Queued, data: str
) -> None:
    """WH-20: nothing is stored, and the worker that looks at the attempt cancels what nobody wants any more."""
    studio.rows("update public.training_runs set status = 'failed', ended_at = now() where job_id = %s", run.job)
    told_of = {"progress": logs(5, run.provider_id), "start": body("processing", run.provider_id)}
    answer = changes_nothing(studio, lambda: told(run, told_of[data], secret))
    assert (answer.status, queued) == (200, [run.attempt])


def test_when_the_database_is_down_replicate_shall_try_again(run: Training, secret: str, real: Any) -> None:
    """WH-10: 2xx only after it is stored."""
    with httpx.Client() as http:
        down = SupabaseStore(DataApi("http://127.0.0.1:9", publishable_key="", secret_key=lambda: "", http=http))
        wiring.hand_in(Otherwise(real, store=down))  # pyright: ignore[reportArgumentType]
        for data in (body("succeeded", run.provider_id), logs(1, run.provider_id)):
            assert_problem(told(run, data, secret), 503, "unavailable")


def test_when_our_key_is_refused_replicate_shall_try_again(
    studio: Studio, run: Training, secret: str, real: Any
) -> None:
    """WH-10: no fault of the sender, so no 4xx."""
    key = studio.gateway.settings.publishable_key  # a good key, but nobody's who may do this
    with httpx.Client() as http:
        api = DataApi(studio.gateway.url, publishable_key=key, secret_key=lambda: key, http=http)
        wiring.hand_in(Otherwise(real, store=SupabaseStore(api)))  # pyright: ignore[reportArgumentType]
        assert_problem(told(run, body("succeeded", run.provider_id), secret), 503, "unavailable")


def test_a_secret_is_rotated_without_losing_a_delivery(run: Training, secret: str, real: Any) -> None:
    """WH-05: old and new, then new only; a change is seen at the first failed proof, and then not for a minute."""
    name = real._settings["WEBHOOK_SECRET"]
    new, newer = ("whsec_" + base64.b64encode(secrets.token_bytes(32)).decode() for _ in range(2))

    def store(*held: str) -> None:
        boto3.client("secretsmanager").put_secret_value(SecretId=name, SecretString=json.dumps({"secrets": held}))

    end = body("succeeded", run.provider_id)
    assert told(run, end, secret).status == 200
    store(new, secret)
    assert [told(run, end, key).status for key in (new, secret)] == [200, 200]
    store(newer)
    assert told(run, end, newer).status == 401  # read afresh a moment ago: a flood of forgeries must not read it again
    real._refreshed_at = 0
    assert [told(run, end, key).status for key in (newer, new, secret)] == [200, 401, 401]
    store(secret)


def test_a_secret_that_was_stored_wrongly_puts_every_delivery_off(
    run: Training, secret: str, real: Any, caplog: pytest.LogCaptureFixture
) -> None:
    """WH-06: and what was stored is not repeated in the log."""
    aws, name = boto3.client("secretsmanager"), real._settings["WEBHOOK_SECRET"]
    aws.put_secret_value(SecretId=name, SecretString="canary, not JSON")
    real._refreshed_at = 0
    forged = signed(body("succeeded", run.provider_id), marker=run.marker)
    assert_problem(send(forged), 503, "unavailable")
    assert "canary" not in everything(caplog)
    aws.put_secret_value(SecretId=name, SecretString=json.dumps({"secrets": [secret]}))
