"""The whole of Croquis in one process: the real handlers and ASL, real clients over HTTP, a real Postgres, the twin.

AWS is the sandbox's own engine, which runs the handlers in this process; nothing of Croquis is stood in for.
"""

import json
import re
import uuid
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field, replace
from functools import cache
from pathlib import Path
from typing import Any

import fetch_models
import httpx
import psycopg
from contracts.documented import assert_documented, route_of
from psycopg.rows import dict_row
from waiting import until

from croquis import wiring
from croquis.domain.images.provenance import SigningIdentity
from croquis.settings import Settings
from croquis_marks.certificates import new_identity
from sandbox import ROOT
from sandbox.aws.engine import Engine
from sandbox.aws.runners import Context, InProcess, in_function, load_handler
from sandbox.aws.stack import Stack
from sandbox.laptop.serving import ServerThread, listen, url_of
from sandbox.replicate.app import create_app as create_twin
from sandbox.replicate.engines import TRAINER, TRAINER_VERSIONS
from sandbox.replicate.settings import TwinFaults, TwinSettings
from sandbox.supabase.kicks import Kicks

SAMPLES = ROOT / "sandbox/demo_photos"
PHOTOS = sorted((SAMPLES / "good").glob("*.jpg"))
BAD_PHOTOS = {path.stem: path for path in sorted((SAMPLES / "bad").glob("*.jpg"))}
EXPECTED = json.loads((SAMPLES / "expected.json").read_text())
DECLARED = ("adult", "own_photos_or_authorised", "training", "storage", "processors")
CONSENT = {"text_version": "2026-11", **dict.fromkeys(DECLARED, True)}
SELDOM = 0.1  # each look is a request through all of it, and takes from what it waits for
PLACES: dict[str, str] = dict.fromkeys(("SupabaseUrl", "SupabasePublishableKey", "ReplicateDestination"), "unset")


@dataclass
class Studio:
    """One running Croquis; `api` is reached over HTTP as a signed-in user."""

    database: Any
    gateway: Any
    twin: Any
    api_url: str
    aws: InProcess
    machines: dict[str, str]
    hook_secret: str
    identity: SigningIdentity
    clients: list[httpx.Client] = field(default_factory=list)

    def user(self, user_id: str | None = None) -> "User":
        user_id = user_id or str(uuid.uuid4())
        signed_in = {"Authorization": f"Bearer {self.gateway.token(user_id)}"}
        hooks = {"response": [documented]}
        self.clients.append(httpx.Client(base_url=self.api_url, timeout=30, headers=signed_in, event_hooks=hooks))
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

    def sweep_uploads(self) -> dict[str, int]:
        """As its own schedule of the template calls it."""
        [event] = [it.event for it in deployed().schedules if it.event.get("only") == "uploads"]
        return invoke("Sweep", event)

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
        self.put(signed["upload_url"], data, signed["content_type"])
        return signed["photo"]["id"]

    def put(self, url: str, data: bytes, content_type: str = "image/jpeg") -> None:
        httpx.put(url, content=data, headers={"content-type": content_type}, timeout=30).raise_for_status()

    def read(self, job: str) -> dict[str, Any]:
        return self.http.get(f"/v1/trainings/{job}").raise_for_status().json()

    def checked(self, job: str) -> dict[str, Any]:
        """The job when no photo is awaited or being checked any more."""
        return until(
            lambda: (
                (view := self.read(job))
                and not any(p["status"] in ("awaiting_upload", "uploaded", "checking") for p in view["photos"])
                and view
            ),
            pause=SELDOM,
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
        return until(lambda: (view := self.read(job))["status"] in statuses and view, pause=SELDOM)


def documented(answer: httpx.Response) -> None:
    """Whatever a test asks of a route: the answer is one that infra/openapi.json documents."""
    if route := route_of(answer.request.method, answer.request.url.path):
        assert_documented(route, answer.status_code, answer.headers.get("content-type", ""), answer.read().decode())


@cache
def deployed() -> Stack:
    """template.yaml, for its functions and routes."""
    return Stack(ROOT / "template.yaml", PLACES)


def invoke(name: str, event: Any) -> Any:
    """Call a function as Lambda would: its own handler, a JSON event, a JSON answer; whatever it raises is raised."""
    function = deployed().functions[name]
    inside = in_function.set(function)
    try:
        answer = load_handler(function.handler)(json.loads(json.dumps(event)), Context.of(function))
    finally:
        in_function.reset(inside)
    return json.loads(json.dumps(answer))


@contextmanager
def running(gateway: Any, folder: Path, **machine_times: int) -> Iterator[Studio]:
    """Start everything around a gateway; `machine_times` shorten "<state>" time-outs and waits of the ASL (seconds)."""
    fetch_models.fetch()  # the photo check needs the networks' weights
    hook_secret = uuid.uuid4().hex + uuid.uuid4().hex
    twin_listener, api_listener = listen(), listen()
    twin_settings = TwinSettings.generate(
        folder / "twin", public_url=url_of(twin_listener), seconds_to_start=0.01, seconds_per_1000_steps=1.0,
        seconds_per_image=0.02, webhook_retry_delays=(0.05, 0.1, 0.2, 0.4), silence_s=30,
    )  # fmt: skip
    twin_app = create_twin(twin_settings)
    stack = Stack(ROOT / "template.yaml", {
        "SupabaseUrl": gateway.url,
        "SupabasePublishableKey": gateway.settings.publishable_key,
        "ReplicateTrainer": f"{TRAINER}:{TRAINER_VERSIONS[-1]}",
        "ReplicateDestination": f"{twin_settings.owner}/people",
        "PublicUrl": url_of(api_listener),
    })  # fmt: skip
    runner = InProcess()
    engine = Engine(
        stack, runner, throttled=False, redeliver_seconds=2,
        definition=lambda _, text: hastened(text, machine_times),
    )  # fmt: skip
    with engine, neighbours_of(stack, twin_settings):
        engine.put_secret("SupabaseSecret", {"key": gateway.settings.secret_key})
        engine.put_secret("ReplicateSecret", {"token": twin_settings.api_token})
        engine.put_secret("WebhookSecret", {"secrets": [twin_settings.webhook_secret]})
        engine.put_secret("StorageHookSecret", {"secrets": [hook_secret]})
        engine.put_secret("MarksSecret", asdict(identity := new_identity()))
        machines = {"training": stack.reference("TrainingMachine"), "image": stack.reference("ImageMachine")}
        studio = Studio(
            gateway.database,
            gateway,
            twin_app.state.twin,
            url_of(api_listener),
            runner,
            machines,
            hook_secret,
            identity,
        )
        tell_of_hook(gateway.database.dsn(), studio.api_url, hook_secret)
        with (
            ServerThread(twin_app, listener=twin_listener),
            ServerThread(engine.api, listener=api_listener),
            Kicks(gateway.database.dsn()),
        ):
            create_destination(twin_settings)
            try:
                yield studio
            finally:
                for client in studio.clients:
                    client.close()


@dataclass(frozen=True)
class OwnSettings(Mapping[str, str]):
    """What the template gives to any function; while one runs, only the names that it gives to this one."""

    given: Mapping[str, str]

    def __getitem__(self, name: str) -> str:
        function = in_function.get()
        if function and name not in function.environment:
            raise KeyError(name)
        return self.given[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self.given)

    def __len__(self) -> int:
        return len(self.given)


@contextmanager
def neighbours_of(stack: Stack, twin: TwinSettings) -> Iterator[None]:
    """All functions share this process, and the neighbours: what each is given, but each reads only its own."""
    given = {name: value for it in stack.functions.values() for name, value in it.environment.items()}
    del given["PATIENCE_SECONDS"]  # the one that differs: here all are as patient as a worker
    given |= {"SANDBOX": "1", "SANDBOX_REPLICATE_ORIGIN": str(twin.public_url)}
    neighbours = wiring.Neighbours(Settings(OwnSettings(given)))
    # a Lambda makes them in one thread; here several would each make their own and forget all but one
    for name in ("store", "files", "sign_ins", "provider", "workflow", "queue", "faces"):
        getattr(neighbours, name)
    wiring.hand_in(neighbours)
    try:
        yield
    finally:
        wiring.hand_in(None)
        neighbours.close()


def hastened(definition: str, times: dict[str, int]) -> str:
    """The machine with retries and waits as fast as a test wants."""
    machine = json.loads(re.sub(r'"(IntervalSeconds|MaxDelaySeconds)": \d+', r'"\1": 1', definition))
    inner = machine["States"].get("Make previews", {}).get("ItemProcessor", {}).get("States", {})
    for name, state in [*machine["States"].items(), *inner.items()]:
        seconds = times.get(name.replace(" ", "_"))
        if state["Type"] == "Wait":
            state["Seconds"] = seconds or 1
        elif seconds:
            state["TimeoutSeconds"] = seconds
    return json.dumps(machine)


def create_destination(twin: TwinSettings) -> None:
    body = {"owner": twin.owner, "name": "people", "visibility": "private", "hardware": "gpu-t4"}
    httpx.post(
        f"{twin.public_url}/v1/models", json=body, headers={"Authorization": f"Bearer {twin.api_token}"}
    ).raise_for_status()


def tell_of_hook(dsn: str, api: str, secret: str) -> None:
    """Let the storage trigger know where, and with which secret, it kicks."""
    with psycopg.connect(dsn, autocommit=True) as connection:
        connection.execute("select vault.create_secret(%s, 'croquis_storage_hook_url')", (f"{api}/hooks/storage",))
        connection.execute("select vault.create_secret(%s, 'croquis_storage_hook_secret')", (secret,))
