"""The whole of Croquis in one process: the real handlers and ASL, real clients over HTTP, a real Postgres, the twin.

API Gateway, Lambda and SQS delivery are stood in for here, from what template.yaml says; nothing of Croquis is.
"""

import json
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import boto3
import fetch_models
import httpx
import psycopg
from aws_in_process import (
    ROOT,
    InProcessLambda,
    api_gateway,
    deliver,
    invoke,
    lambda_in_process,
    state_machines,
)
from moto import mock_aws
from psycopg.rows import dict_row

from croquis import wiring
from croquis.settings import Settings
from sandbox.laptop.serving import ServerThread, listen, url_of
from sandbox.replicate.app import create_app as create_twin
from sandbox.replicate.engines import TRAINER, TRAINER_VERSIONS
from sandbox.replicate.settings import TwinFaults, TwinSettings
from sandbox.supabase.kicks import Kicks

SAMPLES = ROOT / "sandbox/demo_photos"
PHOTOS = sorted((SAMPLES / "good").glob("*.jpg"))
BAD_PHOTOS = {path.stem: path for path in sorted((SAMPLES / "bad").glob("*.jpg"))}
EXPECTED = json.loads((SAMPLES / "expected.json").read_text())
CONSENT = {
    "text_version": "2026-11",
    "adult": True,
    "own_photos_or_authorised": True,
    "training": True,
    "storage": True,
    "processors": True,
}
PATIENCE = 60


@dataclass
class Studio:
    """One running Croquis; `api` is reached over HTTP as a signed-in user."""

    database: Any
    gateway: Any
    twin: Any
    api_url: str
    aws: InProcessLambda
    machines: dict[str, str]
    hook_secret: str
    stop: threading.Event = field(default_factory=threading.Event)
    clients: list[httpx.Client] = field(default_factory=list)

    def user(self, user_id: str | None = None) -> "User":
        user_id = user_id or str(uuid.uuid4())
        signed_in = {"Authorization": f"Bearer {self.gateway.token(user_id)}"}
        self.clients.append(httpx.Client(base_url=self.api_url, timeout=30, headers=signed_in))
        return User(self, user_id, self.clients[-1])

    def rows(self, query: str, *values: object) -> list[dict[str, Any]]:
        """As superuser, past all rights: for looking, and for playing the clock."""
        with psycopg.connect(self.database.dsn(), autocommit=True, row_factory=dict_row) as connection:
            cursor = connection.execute(query, values)  # pyright: ignore[reportArgumentType]
            return cursor.fetchall() if cursor.description else []

    def row(self, query: str, *values: object) -> dict[str, Any]:
        return self.rows(query, *values)[0]

    def faults(self, **faults: Any) -> None:
        self.twin.faults = replace(TwinFaults(), **faults)

    def sweep(self) -> dict[str, int]:
        return invoke("Sweep", {})

    def paid(self, kind: str) -> int:
        return sum(entry.kind == kind for entry in self.twin.ledger)


@dataclass
class User:
    """Somebody with an access token."""

    studio: Studio
    id: str
    http: httpx.Client

    def post(self, path: str, body: object = None, key: str | None = None) -> httpx.Response:
        headers = {"Idempotency-Key": key} if key else {}
        return self.http.post(path, json={} if body is None else body, headers=headers)

    def open(self, **changes: Any) -> str:
        answer = self.post(
            "/v1/trainings", {"model_name": "Maya Chen", "gender": "female", "consent": CONSENT, **changes}
        )
        assert answer.status_code == 201, answer.text
        return answer.json()["id"]

    def announce(self, job: str, slot: int, data: bytes, content_type: str = "image/jpeg") -> dict[str, Any]:
        answer = self.post(
            f"/v1/trainings/{job}/photos", {"slot": slot, "content_type": content_type, "bytes": len(data)}
        )
        assert answer.status_code == 201, answer.text
        return answer.json()

    def upload(self, job: str, slot: int, data: bytes, content_type: str = "image/jpeg") -> str:
        signed = self.announce(job, slot, data, content_type)
        self.put(signed["upload_url"], data, content_type)
        return signed["photo"]["id"]

    def put(self, url: str, data: bytes, content_type: str = "image/jpeg") -> None:
        httpx.put(url, content=data, headers={"content-type": content_type}, timeout=30).raise_for_status()

    def read(self, job: str) -> dict[str, Any]:
        return self.http.get(f"/v1/trainings/{job}").raise_for_status().json()

    def checked(self, job: str) -> dict[str, Any]:
        """The job when no photo is awaited or being checked any more."""
        return wait(
            lambda: (
                (view := self.read(job))
                and not any(p["status"] in ("awaiting_upload", "checking") for p in view["photos"])
                and view
            )
        )

    def ready(self, photos: int = 8) -> str:
        """A draft with so many accepted photos."""
        job = self.open()
        for slot, path in enumerate(PHOTOS[:photos], 1):
            self.upload(job, slot, path.read_bytes())
        assert self.checked(job)["accepted_photos"] == photos
        return job

    def submit(self, job: str, **parameters: Any) -> httpx.Response:
        return self.post(
            f"/v1/trainings/{job}/submit", {"preset": "compact", "steps": 20, **parameters}, key=str(uuid.uuid4())
        )

    def until(self, job: str, *statuses: str) -> dict[str, Any]:
        return wait(lambda: (view := self.read(job))["status"] in statuses and view)


def wait(condition: Callable[[], Any], seconds: float = PATIENCE) -> Any:
    """The first true answer; fails when none comes in time. It looks again and again, and measures nothing."""
    deadline = time.monotonic() + seconds
    while not (answer := condition()):
        assert time.monotonic() < deadline, "what was waited for did not happen"
        time.sleep(0.02)  # others need the processor: what is waited for happens in their threads
    return answer


@contextmanager
def running(gateway: Any, folder: Path, **machine_times: int) -> Iterator[Studio]:
    """Start everything around a gateway; `machine_times` shorten "<state>" time-outs and waits of the ASL (seconds)."""
    fetch_models.fetch()  # the photo check needs the networks' weights
    secret, hook_secret = uuid.uuid4().hex, uuid.uuid4().hex + uuid.uuid4().hex
    twin_listener, api_listener = listen(), listen()
    twin_settings = TwinSettings.generate(
        folder / "twin", public_url=url_of(twin_listener), seconds_to_start=0.01, seconds_per_1000_steps=1.0,
        seconds_per_image=0.02, webhook_retry_delays=(0.05, 0.1, 0.2, 0.4), silence_s=30,
    )  # fmt: skip
    twin_app = create_twin(twin_settings)
    with mock_aws(config={"stepfunctions": {"execute_state_machine": True}}), lambda_in_process() as aws:
        names = {name: f"{name}-{secret}" for name in ("supabase", "replicate", "webhook", "hook", "public-url")}
        _keep_secrets(names, gateway, twin_settings, hook_secret, url_of(api_listener))
        machines = state_machines(machine_times)
        queues = {
            name: boto3.client("sqs").create_queue(QueueName=f"{name}-{secret}")["QueueUrl"]
            for name in ("uploads", "attempts")
        }
        neighbours = wiring.Neighbours(Settings(_environ(names, gateway, twin_settings, machines, queues)))
        # a Lambda makes them in one thread; here several would each make their own and forget all but one
        for name in ("rows", "files", "provider", "workflow", "queue"):
            getattr(neighbours, name)
        wiring.hand_in(neighbours)
        studio = Studio(
            gateway.database, gateway, twin_app.state.twin, url_of(api_listener), aws, machines, hook_secret
        )
        studio.rows("select vault.create_secret(%s, 'croquis_storage_hook_url')", f"{studio.api_url}/hooks/storage")
        studio.rows("select vault.create_secret(%s, 'croquis_storage_hook_secret')", hook_secret)
        pumps = [
            threading.Thread(target=deliver, args=(studio.stop, queues["uploads"], "CheckPhoto"), daemon=True)
            for _ in range(2)
        ]
        pumps += [
            threading.Thread(target=deliver, args=(studio.stop, queues["attempts"], "SettleAttempt"), daemon=True)
            for _ in range(2)
        ]
        with (
            ServerThread(twin_app, listener=twin_listener),
            ServerThread(api_gateway(), listener=api_listener),
            Kicks(gateway.database.dsn()),
        ):
            _create_destination(twin_settings)
            for pump in pumps:
                pump.start()
            try:
                yield studio
            finally:
                studio.stop.set()
                for pump in pumps:
                    pump.join()
                for client in studio.clients:
                    client.close()
                wiring.hand_in(None)
                neighbours.close()


def _environ(
    names: dict[str, str], gateway: Any, twin: TwinSettings, machines: dict[str, str], queues: dict[str, str]
) -> dict[str, str]:
    return {
        "SUPABASE_URL": gateway.url,
        "SUPABASE_PUBLISHABLE_KEY": gateway.settings.publishable_key,
        "SUPABASE_SECRET": names["supabase"],
        "REPLICATE_SECRET": names["replicate"],
        "WEBHOOK_SECRET": names["webhook"],
        "STORAGE_HOOK_SECRET": names["hook"],
        "REPLICATE_TRAINER": f"{TRAINER}:{TRAINER_VERSIONS[-1]}",
        "REPLICATE_DESTINATION": f"{twin.owner}/people",
        "PUBLIC_URL_PARAMETER": names["public-url"],
        "TRAINING_MACHINE": machines["training"],
        "PICTURE_MACHINE": machines["image"],
        "UPLOAD_QUEUE": queues["uploads"],
        "ATTEMPT_QUEUE": queues["attempts"],
        "SANDBOX": "1",
        "SANDBOX_REPLICATE_ORIGIN": str(twin.public_url),
    }


def _keep_secrets(names: dict[str, str], gateway: Any, twin: TwinSettings, hook_secret: str, api_url: str) -> None:
    held = {
        "supabase": {"key": gateway.settings.secret_key}, "replicate": {"token": twin.api_token},
        "webhook": {"secrets": [twin.webhook_secret]}, "hook": {"secrets": [hook_secret]},
    }  # fmt: skip
    for name, value in held.items():
        boto3.client("secretsmanager").create_secret(Name=names[name], SecretString=json.dumps(value))
    boto3.client("ssm").put_parameter(Name=names["public-url"], Value=api_url, Type="String")


def _create_destination(twin: TwinSettings) -> None:
    body = {"owner": twin.owner, "name": "people", "visibility": "private", "hardware": "gpu-t4"}
    httpx.post(
        f"{twin.public_url}/v1/models", json=body, headers={"Authorization": f"Bearer {twin.api_token}"}
    ).raise_for_status()
