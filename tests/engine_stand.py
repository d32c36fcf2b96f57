"""A local AWS engine with the sample stack in it, as its tests use it."""

import json
import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from sandbox.aws.engine import AwsEngine

Found = TypeVar("Found")


def until(look: Callable[[], Found | None], seconds: float = 30) -> Found:
    """What `look` finds, as soon as it finds something."""
    deadline = time.monotonic() + seconds
    while not (found := look()):
        assert time.monotonic() < deadline, "nothing came"
        time.sleep(0.05)
    return found


@dataclass
class Stand:
    engine: AwsEngine
    outputs: dict[str, str]

    def start(self, wanted: str, name: str | None = None) -> str:
        """The ARN of an execution whose one task does this with its token."""
        order = {"name": name or secrets.token_hex(8), "input": json.dumps({"do": wanted})}
        machines = self.engine.client("stepfunctions")
        return machines.start_execution(stateMachineArn=self.outputs["Machine"], **order)["executionArn"]

    def end(self, execution: str) -> dict[str, Any]:
        def ended() -> dict[str, Any] | None:
            seen = self.engine.client("stepfunctions").describe_execution(executionArn=execution)
            return seen if seen["status"] != "RUNNING" else None

        return until(ended)

    def history(self, execution: str) -> list[dict[str, Any]]:
        return self.engine.client("stepfunctions").get_execution_history(executionArn=execution)["events"]

    def token(self, execution: str) -> str:
        """The task token of an execution, as soon as its function has returned."""

        def submitted() -> str | None:
            history = self.history(execution)
            if not any(event["type"] == "TaskSubmitted" for event in history):
                return None
            (task,) = (event for event in history if event["type"] == "TaskScheduled")
            return json.loads(task["taskScheduledEventDetails"]["parameters"])["Payload"]["task_token"]

        return until(submitted)
