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

from sandbox.aws.endpoint import endpoint
from sandbox.aws.environ import REGION, local_aws
from sandbox.aws.http_api import http_api
from sandbox.aws.interpreter import adapted
from sandbox.aws.runners import FunctionError, Runner, TooManyCallsError
from sandbox.aws.stack import ACCOUNT, Schedule, Stack

CONSUMERS = 2  # of each queue
LOOK_SECONDS = 0.03  # a dozen threads look
END_SECONDS = 30  # for the calls that are under way
ROLE = f"arn:aws:iam::{ACCOUNT}:role/local"

logger = logging.getLogger(__name__)


class Engine:
    """A context manager: while it is open, boto3 in this process is this AWS, and so is `port` for other processes.

    For tests, which do not wait for hours, `redeliver_seconds` stands in for the queues' own visibility time-outs, and
    `definition(machine, text)` may change a machine before it is made.
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
        self.api = http_api(stack, self.invoke, throttled=throttled)
        self._runner = runner
        self._port = port
        self._redelivery = {} if redeliver_seconds is None else {"VisibilityTimeout": redeliver_seconds}
        self._definition = definition
        self._stop = threading.Event()
        self._threads: list[threading.Thread] = []
        self._open = ExitStack()

    def __enter__(self) -> Self:
        try:
            return self._opened()
        except BaseException:
            self._open.close()
            raise

    def _opened(self) -> Self:
        self._open.enter_context(local_aws())
        self._open.enter_context(mock_aws(config={"stepfunctions": {"execute_state_machine": True}}))
        self._open.enter_context(adapted(self.invoke, self._tell_rules))
        self._make_resources()
        if self._port is not None:
            self._open.enter_context(endpoint(self._port))
        for queue, (function, batch) in self.stack.consumers.items():
            for _ in range(CONSUMERS):
                self._begin(self._consume, queue, function, batch)
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        deadline = time.monotonic() + END_SECONDS
        for thread in self._threads:
            thread.join(max(0, deadline - time.monotonic()))
        self._open.close()

    def start_clock(self, **first: Any) -> None:
        """Call each scheduled function now, with what the first event says besides, and then at its rate."""
        for schedule in self.stack.schedules:
            self._begin(self._tick, schedule, first)

    def invoke(self, name: str, event: Any) -> Any:
        """Call a function by its logical id."""
        return self._runner.invoke(self.stack.functions[name], event)

    def put_secret(self, name: str, value: dict[str, Any]) -> None:
        secret = {"SecretId": self.stack.reference(name), "SecretString": json.dumps(value)}
        boto3.client("secretsmanager", REGION).put_secret_value(**secret)

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

    def _begin(self, work: Callable[..., object], *arguments: Any) -> None:
        thread = threading.Thread(target=work, args=arguments, daemon=True)
        thread.start()
        self._threads.append(thread)

    def _consume(self, queue: str, function: str, batch: int) -> None:
        """Hand messages to the function as SQS does: those that it names as failed, or fails with, come again."""
        client, url = boto3.client("sqs", REGION), self.stack.reference(queue)
        waiting = sqs_backends[ACCOUNT][REGION].queues[queue]
        wanted = {"QueueUrl": url, "MaxNumberOfMessages": batch, "AttributeNames": ["All"], **self._redelivery}
        while not self._stop.wait(LOOK_SECONDS):
            messages = client.receive_message(**wanted).get("Messages", []) if waiting.messages else []
            records = [self._record(queue, message) for message in messages]
            taken, answer = self._offer(function, {"Records": records}) if records else (False, None)
            failed = {it["itemIdentifier"] for it in (answer or {}).get("batchItemFailures", [])}
            for record in records:
                if taken and record["messageId"] not in failed:
                    client.delete_message(QueueUrl=url, ReceiptHandle=record["receiptHandle"])

    def _record(self, queue: str, message: dict[str, Any]) -> dict[str, Any]:
        return {
            "messageId": message["MessageId"], "receiptHandle": message["ReceiptHandle"], "body": message["Body"],
            "attributes": message["Attributes"], "messageAttributes": {}, "eventSource": "aws:sqs",
            "eventSourceARN": self.stack.attribute(queue, "Arn"), "awsRegion": REGION,
        }  # fmt: skip

    def _tick(self, schedule: Schedule, first: dict[str, Any]) -> None:
        self._offer(schedule.function, {**schedule.event, **first})
        while not self._stop.wait(schedule.seconds):
            self._offer(schedule.function, schedule.event)

    def _tell_rules(self, execution: dict[str, Any]) -> None:
        """`Execution Status Change`, as EventBridge delivers it; moto sends none."""
        event = {
            "version": "0", "id": str(uuid.uuid4()), "detail-type": "Step Functions Execution Status Change",
            "source": "aws.states", "account": ACCOUNT, "time": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
            "region": REGION, "resources": [execution["executionArn"]],
            "detail": {name: _milliseconds(value) for name, value in execution.items()},
        }  # fmt: skip
        for pattern, function in self.stack.rules:
            if _matches(pattern, event):
                self._begin(self._offer, function, event)

    def _offer(self, function: str, event: dict[str, Any]) -> tuple[bool, Any]:
        """Whether the function took the event, and what it answered; no caller waits for its error."""
        try:
            return True, self.invoke(function, event)
        except (FunctionError, TooManyCallsError) as error:
            logger.warning("%s did not take an event: %s", function, error)
            return False, None


def _matches(pattern: dict[str, Any], event: dict[str, Any]) -> bool:
    """Whether an EventBridge pattern of exact values lets the event through."""
    return all(
        _matches(wanted, event.get(key) or {}) if isinstance(wanted, dict) else event.get(key) in wanted
        for key, wanted in pattern.items()
    )


def _milliseconds(value: Any) -> Any:
    return int(value.timestamp() * 1000) if hasattr(value, "timestamp") else value
