"""`croquis doctor`: a sound deployment passes, and every planted fault turns its own check red and no other.

Over HTTP, against the real doors, the real Postgres behind the gateway, and the twin.
"""

import base64
import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import httpx
import pytest
from starlette.applications import Starlette
from starlette.responses import JSONResponse
from starlette.routing import Route
from studio import Studio

from croquis_cli.doctor import database, project
from croquis_cli.doctor.examination import examine
from croquis_cli.doctor.findings import Finding, Verdict
from croquis_cli.doctor.patient import Account, Patient, versions_in
from sandbox.laptop.serving import ServerThread, listen, url_of
from sandbox.replicate.engines import TRAINER, TRAINER_VERSIONS
from sandbox.supabase.migrate import MIGRATIONS

VERSIONS = versions_in(MIGRATIONS)
PAGE = "http://localhost:5173"
FILLED = {
    "SupabaseSecret": {"key": "k"}, "ReplicateSecret": {"token": "t"}, "WebhookSecret": {"secrets": ["s"]},
    "StorageHookSecret": {"secrets": ["s"]}, "MarksSecret": {"certificates": "c", "private_key": "p"},
}  # fmt: skip
CONFIRMED = {"Endpoint": "ops@example.com", "SubscriptionArn": "arn:aws:sns:eu-central-1:123456789012:alarms:1"}
SOUND = Account(concurrency=1000, reserved=45, subscriptions=[CONFIRMED], secrets=FILLED)


@pytest.fixture
def patient(studio: Studio) -> Patient:
    """Everything is known of it."""
    twin = studio.twin.settings
    return Patient(
        supabase=studio.gateway.url, publishable_key=studio.gateway.settings.publishable_key, api=studio.api_url,
        origins=[PAGE], secret_key=studio.gateway.settings.secret_key, migrations=VERSIONS, replicate=twin.public_url,
        replicate_token=twin.api_token, destination=f"{twin.owner}/people", trainer=f"{TRAINER}:{TRAINER_VERSIONS[-1]}",
        webhook_secrets=[twin.webhook_secret], hook_secrets=[studio.hook_secret], account=SOUND,
    )  # fmt: skip


def wrong(patient: Patient) -> dict[str, str]:
    """What is wrong, by check."""
    return {it.check: it.sentence for it in examine(patient) if it.verdict is Verdict.WRONG}


def test_nothing_is_wrong_with_a_sound_deployment_and_nothing_is_paid_to_find_that_out(
    studio: Studio, patient: Patient
) -> None:
    paid = len(studio.twin.ledger)
    findings = list(examine(patient))
    assert {it.verdict for it in findings} == {Verdict.OK}, findings
    assert len({it.check for it in findings}) == len(findings) == 23
    assert len(studio.twin.ledger) == paid
    assert studio.rows("select from storage.objects where name like 'doctor/%%'") == []


def test_what_needs_a_key_cannot_be_told_without_one(patient: Patient) -> None:
    stranger = Patient(patient.supabase, patient.publishable_key, patient.api, replicate=patient.replicate)
    findings = list(examine(stranger))
    assert {it.check for it in findings if it.verdict is Verdict.OK} == {
        "publishable key", "signing keys", "issuer", "API", "webhook door", "hook door", "clock",
    }  # fmt: skip
    assert {it.verdict for it in findings} == {Verdict.OK, Verdict.CANNOT_TELL}


def test_no_finding_tells_a_key(patient: Patient) -> None:
    told = json.dumps([it.document for it in examine(patient)])
    for secret in (patient.secret_key, patient.replicate_token, *(patient.hook_secrets or ())):
        assert secret
        assert secret not in told


def test_the_doctor_knows_every_bucket_that_the_migrations_make(studio: Studio) -> None:
    rows = studio.rows("select id, file_size_limit from storage.buckets")
    assert {it["id"]: it["file_size_limit"] for it in rows} == database.BUCKETS


# what each statement breaks, and what puts it right again
IN_THE_DATABASE = {
    "migrations": (
        f"delete from supabase_migrations.schema_migrations where version = '{VERSIONS[3]}'",
        f"insert into supabase_migrations.schema_migrations (version) values ('{VERSIONS[3]}')",
    ),
    "buckets": (
        "update storage.buckets set public = true where id = 'images'",
        "update storage.buckets set public = false where id = 'images'",
    ),
    "storage hook": (
        "update vault.secrets set name = 'x' where name = 'croquis_storage_hook_secret'",
        "update vault.secrets set name = 'croquis_storage_hook_secret' where name = 'x'",
    ),
    "storage trigger": (
        "alter table storage.objects disable trigger croquis_object_landed",
        "alter table storage.objects enable trigger croquis_object_landed",
    ),
    "pg_net": (
        "alter function net.http_post rename to http_post_gone",
        "alter function net.http_post_gone rename to http_post",
    ),
    "Realtime": (
        "create policy everybody on realtime.messages for select to authenticated using (public.may_act(null) is null)",
        "drop policy everybody on realtime.messages",
    ),
}


@pytest.mark.parametrize("check", IN_THE_DATABASE)
def test_a_fault_in_the_database_is_found(studio: Studio, patient: Patient, check: str) -> None:
    plant, undo = IN_THE_DATABASE[check]
    studio.rows(plant)
    try:
        assert set(wrong(patient)) == {check}
    finally:
        studio.rows(undo)


def legacy(role: str) -> str:
    """A key of the older kind, as far as it can be told."""
    return f"eyJ.{base64.urlsafe_b64encode(json.dumps({'role': role}).encode()).decode().rstrip('=')}.x"


def changed(**values: Any) -> Callable[[Patient], Patient]:
    return lambda patient: replace(patient, **values)


def with_account(**values: Any) -> Callable[[Patient], Patient]:
    return changed(account=replace(SOUND, **values))


@pytest.mark.parametrize(
    ("check", "fault", "cure"),
    [
        ("publishable key", changed(publishable_key=legacy("anon")), "legacy"),
        ("publishable key", changed(publishable_key="sb_secret_" + "x"), "revoke"),
        ("publishable key", changed(publishable_key=legacy("service_role")), "revoke"),
        ("publishable key", changed(publishable_key="sb_publishable_another"), "copy it again"),
        ("migrations", changed(migrations=[*VERSIONS, "29990101000000"]), "29990101000000"),
        ("storage hook", changed(hook_secrets=["another"]), "StorageHookSecret"),
        ("Replicate token", changed(replicate_token="r8_nobodys"), "api-tokens"),
        ("webhook secret", changed(webhook_secrets=["whsec_old"]), "WebhookSecret"),
        ("destination", changed(destination="croquis-sandbox/nobody"), "no model"),
        ("destination", changed(destination="somebody-else/people"), "own account"),
        ("trainer", changed(trainer=f"{TRAINER}:{'0' * 64}"), TRAINER_VERSIONS[-1]),
        ("pages", changed(origins=["https://dashboard.example.com"]), "AllowedOrigins"),
        ("concurrency", with_account(concurrency=10), "145"),
        ("concurrency", with_account(concurrency=189, elsewhere=45), "190 are needed (45 are reserved, and 45 by"),
        ("secrets", with_account(secrets=FILLED | {"MarksSecret": {"certificates": "c"}}), "MarksSecret"),
        ("alarms", with_account(subscriptions=[]), "alarm_email"),
        ("alarms", with_account(subscriptions=[CONFIRMED | {"SubscriptionArn": "PendingConfirmation"}]), "link"),
    ],
)  # fmt: skip
def test_a_wrong_setting_is_found(patient: Patient, check: str, fault: Callable[[Patient], Patient], cure: str) -> None:
    found = wrong(fault(patient))
    assert set(found) == {check}
    assert cure in found[check]


def test_two_stages_fit_into_an_account_that_has_room_for_both(patient: Patient) -> None:
    assert wrong(with_account(concurrency=190, elsewhere=45)(patient)) == {}


@pytest.mark.parametrize("key", [legacy("service_role"), "sb_publishable_x", "sb_secret_" + "another"])
def test_a_wrong_secret_key_is_found(patient: Patient, key: str) -> None:
    assert set(wrong(replace(patient, secret_key=key))) == {"secret key"}


def test_a_project_that_is_newer_than_the_checkout_is_told_and_not_wrong(patient: Patient) -> None:
    """So the code of the release before can be deployed again: migrations are never taken back."""
    found = {it.check: it for it in examine(replace(patient, migrations=VERSIONS[:-1]))}
    assert found["migrations"].verdict is Verdict.OK
    assert f"newer than this checkout ({VERSIONS[-1]})" in found["migrations"].sentence


def test_a_pinned_trainer_that_is_not_the_newest_is_told_and_not_wrong(patient: Patient) -> None:
    found = {it.check: it for it in examine(replace(patient, trainer=f"{TRAINER}:{TRAINER_VERSIONS[0]}"))}
    assert found["trainer"].verdict is Verdict.OK
    assert TRAINER_VERSIONS[-1] in found["trainer"].sentence


def test_an_outage_of_the_provider_is_no_fault_of_the_deployment(studio: Studio, patient: Patient) -> None:
    studio.faults(every_answer="500")
    try:
        assert wrong(patient) == {}
    finally:
        studio.faults()


def test_a_public_model_is_found(studio: Studio, patient: Patient) -> None:
    token = {"Authorization": f"Bearer {patient.replicate_token}"}
    owner = studio.twin.settings.owner
    model = {"owner": owner, "name": "shown", "visibility": "public", "hardware": "cpu"}
    httpx.post(f"{patient.replicate}/v1/models", json=model, headers=token).raise_for_status()
    assert set(wrong(replace(patient, destination=f"{owner}/shown"))) == {"destination"}


def test_an_api_that_is_not_there_is_found(patient: Patient) -> None:
    gone = listen()
    url = url_of(gone)
    gone.close()
    assert set(wrong(replace(patient, api=url))) == {"API", "storage hook"}


@contextmanager
def answering(path: str, document: object) -> Iterator[str]:
    """A project that answers this document below /auth/v1/.well-known."""
    listener = listen()
    routes = [Route(f"/auth/v1/.well-known/{path}", lambda _: JSONResponse(document))]
    with ServerThread(Starlette(routes=routes), listener=listener):
        yield url_of(listener)


def examined(check: Callable[[Patient, httpx.Client], Finding], patient: Patient, url: str) -> Finding:
    with httpx.Client(base_url=url) as http:
        return check(replace(patient, supabase=url), http)


@pytest.mark.parametrize("keys", [[], [{"alg": "HS256"}]])
def test_a_project_on_the_legacy_secret_is_told_what_to_do(patient: Patient, keys: list[dict[str, str]]) -> None:
    with answering("jwks.json", {"keys": keys}) as url:
        found = examined(project.signing_keys, patient, url)
    assert found.verdict is Verdict.WRONG
    assert "401" in found.sentence
    assert "rotate" in found.sentence


def test_another_issuer_is_found(patient: Patient) -> None:
    with answering("openid-configuration", {"issuer": "https://auth.example.com/auth/v1"}) as url:
        assert examined(project.issuer, patient, url).verdict is Verdict.WRONG


@pytest.mark.parametrize(("limit", "fitting"), [(50_000_000, "compact"), (200_000_000, "full")])
def test_a_projects_true_upload_limit_is_held_against_the_preset(
    studio: Studio, patient: Patient, limit: int, fitting: str
) -> None:
    """Whatever its buckets say."""
    held = "update storage.buckets set file_size_limit = %s where id = 'lora-weights'"
    studio.rows(held, limit)  # the smaller one of both counts
    try:
        with httpx.Client(base_url=patient.supabase) as http:
            found = project.upload_limit(patient, http)
            assert found.verdict is Verdict.WRONG
            assert f"those of {fitting} do" in found.sentence
            assert project.upload_limit(replace(patient, largest_preset=fitting), http).verdict is Verdict.OK
    finally:
        studio.rows(held, database.BUCKETS["lora-weights"])
