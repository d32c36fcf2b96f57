"""The state machines on AWS Step Functions: executions by name, and the callbacks that wake them."""

import json
from typing import TYPE_CHECKING, Any

from botocore.exceptions import BotoCoreError, ClientError  # pyright: ignore[reportMissingTypeStubs]

from croquis.domain.images.image import ImageKind
from croquis.errors import Unavailable
from croquis.ports import Execution

if TYPE_CHECKING:
    from collections.abc import Callable

NOBODY_WAITS = {"TaskTimedOut", "TaskDoesNotExist", "InvalidToken"}
OPEN = {"RUNNING", "PENDING_REDRIVE"}


class StepFunctions:
    """Keeps the port Workflow. `client` is boto3's `stepfunctions` client."""

    def __init__(
        self, client: Any, *, training_machine: "Callable[[], str]", image_machine: "Callable[[], str]"
    ) -> None:
        self._client = client
        self._training_machine = training_machine
        self._image_machine = image_machine

    def start_training(self, job_id: str, run: int, *, name: str) -> bool:
        return self._start(self._training_machine(), name, {"job_id": job_id, "run": run})

    def start_image(self, image_id: str, kind: ImageKind, *, name: str) -> bool:
        return self._start(self._image_machine(), name, {"image_id": image_id, "kind": kind.value})

    def look_at_training(self, name: str) -> Execution:
        return self._look(self._training_machine(), name)

    def look_at_image(self, name: str) -> Execution:
        return self._look(self._image_machine(), name)

    def succeed(self, token: str) -> bool:
        return self._send(self._client.send_task_success, taskToken=token, output="{}")

    def fail(self, token: str, error: str) -> bool:
        return self._send(
            self._client.send_task_failure, taskToken=token, error=error, cause="See the provider attempt."
        )

    def _start(self, machine: str, name: str, given: dict[str, object]) -> bool:
        try:
            # the same name and the same input, byte for byte, is the same execution
            self._client.start_execution(stateMachineArn=machine, name=name, input=json.dumps(given, sort_keys=True))
        except ClientError as error:
            if error.response["Error"]["Code"] != "ExecutionAlreadyExists":
                raise Unavailable("The workflow engine refused to start.") from error
            return False
        except BotoCoreError as error:
            raise Unavailable("The workflow engine did not answer.") from error
        return True

    def _look(self, machine: str, name: str) -> Execution:
        execution = f"{machine.replace(':stateMachine:', ':execution:')}:{name}"
        try:
            status = self._client.describe_execution(executionArn=execution)["status"]
        except (ClientError, BotoCoreError) as error:
            raise Unavailable("The workflow engine did not answer.") from error
        return Execution.RUNNING if status in OPEN else Execution.CLOSED

    def _send(self, send: "Callable[..., object]", **arguments: str) -> bool:
        try:
            send(**arguments)
        except ClientError as error:
            if error.response["Error"]["Code"] in NOBODY_WAITS:
                return False
            raise Unavailable("The workflow engine refused the callback.") from error
        except BotoCoreError as error:
            raise Unavailable("The workflow engine did not answer.") from error
        return True
