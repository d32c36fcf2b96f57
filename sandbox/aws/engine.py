"""One local AWS: what a stack describes, running. Queues, secrets and executions are moto's, delivery is ours.

State lives in memory: a stop forgets messages and executions, which the outbox rows and the sweep make up for.
"""

import json
import logging
import threading
import time
import uuid
from collections.abc import Callable
from contextlib import ExitStack
from typing import Any, Self

import boto3
from moto import mock_aws
from moto.sqs.models import sqs_backends

from sandbox.aws.endpoint import Endpoint
from sandbox.aws.http_api import HttpApi
from sandbox.aws.interpreter import adapted
from sandbox.aws.runners import FunctionError, Runner, TooManyCallsError
from sandbox.aws.stack import ACCOUNT, REGION, Stack

CONSUMERS = 2  # of each queue
LOOK_SECONDS = 0.01
FAILED: dict[str, Any] = {}
ROLE = f"arn:aws:iam::{ACCOUNT}:role/local"

logger = logging.getLogger(__name__)


class Engine:
    """A context manager: while it is open, boto3 in this process, and `endpoint` for other ones, are this AWS.

    `redeliver_seconds` stands in for the queues' own visibility time-outs, and `definition(machine, text)` may change a
    machine before it is made: for tests, which do not wait for hours.
    """

    def __init__(
        self,
        stack: Stack,
        runner: Runner,
        *,
        port: int | None = None,
        throttled: bool = True,
        redeliver_seconds: int | None = None,
        definition: Callable[[str, str], str] = lambda _, text: text,
    ) -> None:
        self.stack = stack
        self.api = HttpApi(stack, self.invoke, throttled=throttled)
        self._runner = runner
        self._port = port
        self._redeliver_seconds = redeliver_seconds
        self._definition = definition
        self._stop = threading.Event()
        self._threads: list[threading.Thread] = []
        self._open = ExitStack()

    def __enter__(self) -> Self:
        self._open.enter_context(mock_aws(config={"stepfunctions": {"execute_state_machine": True}}))
        self._open.enter_context(adapted(self.invoke, self._tell_rules))
        self._make_resources()
        if self._port is not None:
            self._open.enter_context(Endpoint(self._port))
        for queue, (function, batch) in self.stack.consumers.items():
            self._begin(self._consume, *[(queue, function, batch)] * CONSUMERS)
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        for thread in self._threads:
            thread.join()
        self._open.close()

    def start_clock(self) -> None:
        """Call each scheduled function now and then at its rate."""
        self._begin(self._tick, *self.stack.schedules.items())

    def invoke(self, name: str, event: Any) -> Any:
        """Call a function by its logical id."""
        return self._runner.invoke(self.stack.functions[name], event)

    def put_secret(self, name: str, value: dict[str, Any]) -> None:
        boto3.client("secretsmanager", REGION).put_secret_value(
            SecretId=self.stack.reference(name), SecretString=json.dumps(value)
        )

    def _make_resources(self) -> None:
        secrets, parameters = boto3.client("secretsmanager", REGION), boto3.client("ssm", REGION)
        for name in self.stack.secrets:
            secrets.create_secret(Name=name, SecretString="{}")
        for name, value in self.stack.parameters.items():
            parameters.put_parameter(Name=name, Value=value, Type="String")
        queues, machines = boto3.client("sqs", REGION), boto3.client("stepfunctions", REGION)
        # a queue that dead letters go to must be there first
        for name, attributes in sorted(self.stack.queues.items(), key=lambda it: "RedrivePolicy" in it[1]):
            queues.create_queue(QueueName=name, Attributes=attributes)
        for name, text in self.stack.machines.items():
            machines.create_state_machine(name=name, roleArn=ROLE, definition=self._definition(name, text))

    def _begin(self, work: Callable[..., None], *arguments: tuple[Any, ...]) -> None:
        for each in arguments:
            self._threads.append(threading.Thread(target=work, args=each, daemon=True, name=f"{work.__name__} {each}"))
            self._threads[-1].start()

    def _consume(self, queue: str, function: str, batch: int) -> None:
        """Hand messages to the function as SQS does: those that it names as failed, or fails with, come again."""
        client, url = boto3.client("sqs", REGION), self.stack.reference(queue)
        waiting = sqs_backends[ACCOUNT][REGION].queues[queue]
        wanted = {"QueueUrl": url, "MaxNumberOfMessages": batch, "AttributeNames": ["All"]}
        if self._redeliver_seconds is not None:
            wanted["VisibilityTimeout"] = self._redeliver_seconds
        while not self._stop.wait(LOOK_SECONDS):
            messages = client.receive_message(**wanted).get("Messages", []) if waiting.messages else []
            if not messages:
                continue
            records = [self._record(queue, message) for message in messages]
            answer = self._call_quietly(function, {"Records": records})
            failed = {it["itemIdentifier"] for it in (answer or {}).get("batchItemFailures", [])}
            for record in records:
                if answer is not FAILED and record["messageId"] not in failed:
                    client.delete_message(QueueUrl=url, ReceiptHandle=record["receiptHandle"])

    def _record(self, queue: str, message: dict[str, Any]) -> dict[str, Any]:
        return {
            "messageId": message["MessageId"],
            "receiptHandle": message["ReceiptHandle"],
            "body": message["Body"],
            "attributes": message["Attributes"],
            "messageAttributes": {},
            "eventSource": "aws:sqs",
            "eventSourceARN": self.stack.attribute(queue, "Arn"),
            "awsRegion": REGION,
        }

    def _tick(self, function: str, seconds: float) -> None:
        while True:
            self._call_quietly(function, {"source": "aws.scheduler"})
            if self._stop.wait(seconds):
                return

    def _tell_rules(self, execution: dict[str, Any]) -> None:
        """`Execution Status Change`, as EventBridge delivers it; moto sends none."""
        detail = {key: int(it.timestamp() * 1000) if hasattr(it, "timestamp") else it for key, it in execution.items()}
        event = {
            "version": "0",
            "id": str(uuid.uuid4()),
            "detail-type": "Step Functions Execution Status Change",
            "source": "aws.states",
            "account": ACCOUNT,
            "time": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
            "region": REGION,
            "resources": [execution["executionArn"]],
            "detail": detail,
        }
        targets = [function for pattern, function in self.stack.rules if matches(pattern, event)]
        self._begin(self._call_quietly, *((function, event) for function in targets))

    def _call_quietly(self, function: str, event: dict[str, Any]) -> Any:
        """The function's answer, or FAILED: nobody waits for one but a queue."""
        try:
            return self.invoke(function, event)
        except (FunctionError, TooManyCallsError) as error:
            logger.warning("%s did not take an event: %s", function, error)
            return FAILED


def matches(pattern: dict[str, Any], event: dict[str, Any]) -> bool:
    """Whether an EventBridge pattern of exact values lets the event through."""
    return all(
        matches(wanted, event.get(key) or {}) if isinstance(wanted, dict) else event.get(key) in wanted
        for key, wanted in pattern.items()
    )
