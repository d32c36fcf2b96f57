"""AWS in this process, from what template.yaml and the ASL say: functions, the HTTP API, state machines, queues.

Only delivery is stood in for (API Gateway, Lambda, SQS); the handlers are the real ones, and moto interprets the ASL.
"""

import io
import json
import re
import threading
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Any

import boto3
import yaml
from moto.stepfunctions.parser.asl.component.state.exec.state_task import lambda_eval_utils
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

ROOT = Path(__file__).parent.parent
ROLE = "arn:aws:iam::123456789012:role/croquis"


class _Template(yaml.SafeLoader):
    """Reads CloudFormation's short tags as plain values."""


_Template.add_multi_constructor(
    "!", lambda loader, _, node: loader.construct_scalar(node) if isinstance(node, yaml.ScalarNode) else None
)


@cache
def functions() -> dict[str, dict[str, Any]]:
    """The Lambda functions of template.yaml by logical id."""
    template = yaml.load((ROOT / "template.yaml").read_text(), _Template)
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
                "version": "2.0",
                "rawPath": request.url.path,
                "rawQueryString": request.url.query,
                "headers": dict(request.headers),
                "queryStringParameters": dict(request.query_params) or None,
                "pathParameters": dict(request.path_params),
                "body": body.decode() if body else None,
                "isBase64Encoded": False,
                "requestContext": {
                    "requestId": str(uuid.uuid4()),
                    "stage": "$default",
                    "http": {"method": request.method, "path": request.url.path},
                },
            }
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


@contextmanager
def lambda_in_process() -> Iterator[InProcessLambda]:
    """While open, moto's interpreter calls our handlers instead of its own Lambda."""
    aws, original = InProcessLambda(), lambda_eval_utils.boto_client_for
    lambda_eval_utils.boto_client_for = lambda **_: aws
    try:
        yield aws
    finally:
        lambda_eval_utils.boto_client_for = original


def state_machines(times: dict[str, int]) -> dict[str, str]:
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


def deliver(stop: threading.Event, queue_url: str, function: str) -> None:
    """Hand the queue's messages to the function until told to stop, as SQS does: what fails comes again."""
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
