"""The sample stack, running in the local engine with its functions in processes of their own."""

import json
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import boto3
from waiting import until

from sandbox.aws.engine import Engine
from sandbox.aws.stack import Stack
from sandbox.aws.workers import Workers
from sandbox.laptop.serving import ServerThread, free_port

SAMPLE = Path(__file__).parent / "sandbox/sample_stack"
WORD = "a word, and = more"
GIVEN = {"SANDBOX": "1", "SANDBOX_REPLICATE_ORIGIN": "http://127.0.0.1:9"}


@dataclass
class Stand:
    """One running sample stack."""

    engine: Engine
    workers: Workers
    api: str
    aws: str
    log: Path

    def client(self, service: str) -> Any:
        return boto3.client(service, "us-east-1")  # pyright: ignore[reportCallIssue, reportArgumentType]

    def start(self, wanted: str, name: str | None = None) -> str:
        """The ARN of an execution whose one task does this with its token."""
        order = {"name": name or secrets.token_hex(8), "input": json.dumps({"do": wanted})}
        machine = self.engine.stack.reference("Machine")
        return self.client("stepfunctions").start_execution(stateMachineArn=machine, **order)["executionArn"]

    def end(self, execution: str) -> dict[str, Any]:
        def ended() -> dict[str, Any] | None:
            seen = self.client("stepfunctions").describe_execution(executionArn=execution)
            return seen if seen["status"] != "RUNNING" else None

        return until(ended)

    def history(self, execution: str) -> list[dict[str, Any]]:
        return self.client("stepfunctions").get_execution_history(executionArn=execution)["events"]

    def token(self, execution: str) -> str:
        """The task token of an execution, as soon as its function has returned."""

        def submitted() -> str | None:
            history = self.history(execution)
            if not any(event["type"] == "TaskSubmitted" for event in history):
                return None
            (task,) = (event for event in history if event["type"] == "TaskScheduled")
            return json.loads(task["taskScheduledEventDetails"]["parameters"])["Payload"]["task_token"]

        return until(submitted)

    def received(self, queue: str) -> list[str]:
        """The messages that wait in a queue."""
        url = self.engine.stack.reference(queue)
        answer = self.client("sqs").receive_message(QueueUrl=url, MaxNumberOfMessages=10)
        return [message["Body"] for message in answer.get("Messages", [])]


@contextmanager
def running_sample(folder: Path) -> Iterator[Stand]:
    stack, port = Stack(SAMPLE / "template.yaml", {"Word": WORD}), free_port()
    aws, log = f"http://127.0.0.1:{port}", folder / "functions.log"
    functions = str((SAMPLE / "functions").resolve())
    with (
        Workers({**GIVEN, "AWS_ENDPOINT_URL": aws}, log, ["boto3"], [functions]) as workers,
        Engine(stack, workers, port=port) as engine,
        ServerThread(engine.api) as server,
    ):
        workers.wait_until_ready()
        yield Stand(engine, workers, server.url, aws, log)
