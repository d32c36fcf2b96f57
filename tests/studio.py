"""The whole of Croquis in one process: the real handlers and ASL, real clients over HTTP, a real Postgres, the twin.

API Gateway, Lambda and SQS delivery are stood in for here, from what template.yaml says; nothing of Croquis is.
"""

import io
import json
import re
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Any

import boto3
import httpx
import psycopg
import yaml
from moto import mock_aws
from moto.stepfunctions.parser.asl.component.state.exec.state_task import lambda_eval_utils
from psycopg.rows import dict_row
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from croquis import wiring
from croquis.settings import Settings
from local.gateway.kicks import Kicks
from local.serving import ServerThread, listen, url_of
from local.twin.app import create_app as create_twin
from local.twin.engines import TRAINER, TRAINER_VERSIONS
from local.twin.settings import TwinFaults, TwinSettings

ROOT = Path(__file__).parent.parent
PHOTOS = sorted((ROOT / "infra/local/demo_photos/good").glob("*.jpg"))
CONSENT = {
    "text_version": "2026-11",
    "adult": True,
    "own_photos_or_authorised": True,
    "training": True,
    "storage": True,
    "processors": True,
}
PATIENCE = 60
ROLE = "arn:aws:iam::123456789012:role/croquis"


class _Template(yaml.SafeLoader):
    """Reads CloudFormation's short tags as plain values."""


_Template.add_multi_constructor(
    "!", lambda loader, _, node: loader.construct_scalar(node) if isinstance(node, yaml.ScalarNode) else None
)


@cache
def functions() -> dict[str, dict[str, Any]]:
    """The Lambda functions of template.yaml by logical id."""
    template = yaml.load((ROOT / "template.yaml").read_text(), _Template)  # noqa: S506  a SafeLoader
    return {
        name: it["Properties"]
        for name, it in template["Resources"].items()
        if it["Type"] == "AWS::Serverless::Function"
    }


def invoke(name: str, event: Any) -> Any:
    """Call a function as Lambda would: its own handler, a JSON event, a JSON answer."""
    module, _, attribute = functions()[name]["Handler"].rpartition(".")
    answer = getattr(import_module(module), attribute)(json.loads(json.dumps(event)), _Context(name))
    return json.loads(json.dumps(answer))


@dataclass
class _Context:
    function_name: str
    memory_limit_in_mb: int = 512
    invoked_function_arn: str = "arn:aws:lambda:us-east-1:123456789012:function:croquis"
    aws_request_id: str = "00000000-0000-0000-0000-000000000000"


class InProcessLambda:
    """What moto's interpreter takes for boto3's Lambda client; `before` and `after` may raise to play a crash."""

    def __init__(self) -> None:
        self.calls: list[tuple[str, dict[str, Any]]] = []
        self.before: Callable[[str, dict[str, Any]], None] = lambda name, payload: None
        self.after: Callable[[str, dict[str, Any]], None] = lambda name, payload: None

    def invoke(self, **parameters: Any) -> dict[str, Any]:
        name, payload = parameters["FunctionName"], parameters.get("Payload") or {}
        payload = json.loads(payload) if isinstance(payload, str | bytes) else payload
        self.calls.append((name, payload))
        try:
            self.before(name, payload)
            answer: Any = invoke(name, payload)
            self.after(name, payload)
        except Exception as error:  # noqa: BLE001  as the Lambda runtime reports it
            failed = {"errorMessage": str(error), "errorType": type(error).__name__, "stackTrace": []}
            return {
                "StatusCode": 200,
                "FunctionError": "Unhandled",
                "Payload": io.BytesIO(json.dumps(failed).encode()),
                "ExecutedVersion": "$LATEST",
            }
        return {"StatusCode": 200, "Payload": io.BytesIO(json.dumps(answer).encode()), "ExecutedVersion": "$LATEST"}


def api_gateway() -> Starlette:
    """The HTTP API that template.yaml describes: payload 2.0 in, the function's answer out."""

    def endpoint(name: str) -> Any:
        async def call(request: Request) -> Response:
            body = await request.body()
            event = {
                "version": "2.0", "rawPath": request.url.path, "rawQueryString": request.url.query,
                "headers": dict(request.headers), "queryStringParameters": dict(request.query_params) or None,
                "pathParameters": dict(request.path_params), "body": body.decode() if body else None, "isBase64Encoded": False,
                "requestContext": {"requestId": str(uuid.uuid4()), "stage": "$default", "http": {"method": request.method, "path": request.url.path}},
            }  # fmt: skip
            answer = await run_in_threadpool(invoke, name, event)
            return Response(answer.get("body") or "", answer["statusCode"], answer.get("headers"))

        return call

    routes = [
        Route(event["Properties"]["Path"], endpoint(name), methods=[event["Properties"]["Method"]])
        for name, function in functions().items()
        for event in function.get("Events", {}).values()
        if event["Type"] == "HttpApi"
    ]
    return Starlette(routes=routes)


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
        httpx.put(signed["upload_url"], content=data, headers={"content-type": content_type}).raise_for_status()
        return signed["photo"]["id"]

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
    """The first true answer; fails when none comes in time."""
    deadline = time.monotonic() + seconds
    while not (answer := condition()):
        assert time.monotonic() < deadline, "what was waited for did not happen"
        time.sleep(0.02)
    return answer


@contextmanager
def running(gateway: Any, folder: Path, **machine_times: int) -> Iterator[Studio]:
    """Start everything around a gateway; `machine_times` shorten "<state>" time-outs and waits of the ASL (seconds)."""
    secret, hook_secret = uuid.uuid4().hex, uuid.uuid4().hex + uuid.uuid4().hex
    twin_listener, api_listener = listen(), listen()
    twin_settings = TwinSettings.generate(
        folder / "twin", public_url=url_of(twin_listener), seconds_to_start=0.01, seconds_per_1000_steps=1.0,
        seconds_per_image=0.02, webhook_retry_delays=(0.05, 0.1, 0.2, 0.4), silence_s=30,
    )  # fmt: skip
    twin_app = create_twin(twin_settings)
    with mock_aws(config={"stepfunctions": {"execute_state_machine": True}}), _lambda() as aws:
        names = {name: f"{name}-{secret}" for name in ("supabase", "replicate", "webhook", "hook", "public-url")}
        _keep_secrets(names, gateway, twin_settings, hook_secret, url_of(api_listener))
        machines = _machines(machine_times)
        queues = {
            name: boto3.client("sqs").create_queue(QueueName=f"{name}-{secret}")["QueueUrl"]
            for name in ("uploads", "attempts")
        }
        neighbours = wiring.Neighbours(Settings(_environ(names, gateway, twin_settings, machines, queues)))
        wiring.hand_in(neighbours)
        studio = Studio(
            gateway.database, gateway, twin_app.state.twin, url_of(api_listener), aws, machines, hook_secret
        )
        studio.rows("select vault.create_secret(%s, 'croquis_storage_hook_url')", f"{studio.api_url}/hooks/storage")
        studio.rows("select vault.create_secret(%s, 'croquis_storage_hook_secret')", hook_secret)
        pumps = [
            threading.Thread(target=_pump, args=(studio.stop, queues["uploads"], "CheckPhoto"), daemon=True)
            for _ in range(2)
        ]
        pumps += [
            threading.Thread(target=_pump, args=(studio.stop, queues["attempts"], "SettleAttempt"), daemon=True)
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
        "SUPABASE_URL": gateway.url, "SUPABASE_PUBLISHABLE_KEY": gateway.settings.publishable_key, "SUPABASE_SECRET": names["supabase"],
        "REPLICATE_SECRET": names["replicate"], "WEBHOOK_SECRET": names["webhook"], "STORAGE_HOOK_SECRET": names["hook"],
        "REPLICATE_TRAINER": f"{TRAINER}:{TRAINER_VERSIONS[-1]}", "REPLICATE_DESTINATION": f"{twin.owner}/people",
        "PUBLIC_URL_PARAMETER": names["public-url"], "TRAINING_MACHINE": machines["training"], "PICTURE_MACHINE": machines["image"],
        "UPLOAD_QUEUE": queues["uploads"], "ATTEMPT_QUEUE": queues["attempts"], "SANDBOX": "1", "SANDBOX_REPLICATE_ORIGIN": str(twin.public_url),
    }  # fmt: skip


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


@contextmanager
def _lambda() -> Iterator[InProcessLambda]:
    aws, original = InProcessLambda(), lambda_eval_utils.boto_client_for
    lambda_eval_utils.boto_client_for = lambda **_: aws
    try:
        yield aws
    finally:
        lambda_eval_utils.boto_client_for = original


def _machines(times: dict[str, int]) -> dict[str, str]:
    client = boto3.client("stepfunctions")
    return {
        name: client.create_state_machine(
            name=f"{name}-{uuid.uuid4().hex}", roleArn=ROLE, definition=definition(name, times)
        )["stateMachineArn"]
        for name in ("training", "image")
    }


def definition(name: str, times: dict[str, int] | None = None) -> str:
    """The machine as it is deployed: functions by logical id; retries and waits as fast as a test wants."""
    text = re.sub(r"\$\{(\w+)\}", r"\1", (ROOT / f"infra/{name}.asl.json").read_text())
    text = re.sub(r'"(IntervalSeconds|MaxDelaySeconds)": \d+', r'"\1": 1', text)
    machine = json.loads(text)
    for states in (
        machine["States"],
        machine["States"].get("Make previews", {}).get("ItemProcessor", {}).get("States", {}),
    ):
        for state_name, state in states.items():
            seconds = (times or {}).get(state_name.replace(" ", "_"))
            if state["Type"] == "Wait":
                state["Seconds"] = seconds or 1
            elif seconds:
                state["TimeoutSeconds"] = seconds
    return json.dumps(machine)


def _pump(stop: threading.Event, queue_url: str, function: str) -> None:
    client = boto3.client("sqs")
    while not stop.is_set():
        for message in client.receive_message(QueueUrl=queue_url, VisibilityTimeout=2).get("Messages", []):
            record = {
                "messageId": message["MessageId"],
                "body": message["Body"],
                "receiptHandle": message["ReceiptHandle"],
            }
            if not invoke(function, {"Records": [record]})["batchItemFailures"]:
                client.delete_message(QueueUrl=queue_url, ReceiptHandle=message["ReceiptHandle"])
        stop.wait(0.02)
