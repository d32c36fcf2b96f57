"""moto's interpreter of state machines, made to call our functions and to keep what AWS promises of callbacks.

Each change here mends a defect of moto 5.2.5 that a test of the engine covers, and refuses to start without its place.
"""

import io
import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from botocore.exceptions import ClientError
from moto.core.exceptions import AWSError
from moto.core.responses import EmptyResult
from moto.stepfunctions.parser import models
from moto.stepfunctions.parser.asl.component.state.exec.state_task import lambda_eval_utils
from moto.stepfunctions.parser.asl.component.state.exec.state_task.service.state_task_service_callback import (
    StateTaskServiceCallback,
)
from moto.stepfunctions.parser.asl.eval.callback.callback import CallbackEndpoint
from moto.stepfunctions.parser.backend.execution import BaseExecutionWorkerCommunication
from moto.stepfunctions.responses import StepFunctionResponse

from sandbox.aws.runners import FunctionError, TooManyCallsError

Invoke = Callable[[str, Any], Any]
Ended = Callable[[dict[str, Any]], None]


class Functions:
    """What the interpreter takes for boto3's Lambda client."""

    def __init__(self, invoke: Invoke) -> None:
        self._invoke = invoke

    def invoke(self, **parameters: Any) -> dict[str, Any]:
        name = parameters["FunctionName"].rpartition(":")[2]
        payload = parameters.get("Payload") or {}
        try:
            answer = self._invoke(name, json.loads(payload) if isinstance(payload, str | bytes) else payload)
        except TooManyCallsError as error:
            raise ClientError(
                {"Error": {"Code": "TooManyRequestsException", "Message": str(error)}}, "Invoke"
            ) from error
        except FunctionError as error:
            failed = {"errorType": error.kind, "errorMessage": error.message, "stackTrace": []}
            return {**_answered(failed), "FunctionError": "Unhandled"}
        return _answered(answer)


def _answered(value: Any) -> dict[str, Any]:
    return {"StatusCode": 200, "ExecutedVersion": "$LATEST", "Payload": io.BytesIO(json.dumps(value).encode())}


@contextmanager
def adapted(invoke: Invoke, ended: Ended) -> Iterator[None]:
    """While open, tasks call `invoke(name, event)`, and `ended` hears of each execution that has ended."""
    functions = Functions(invoke)

    def telling(upstream: Callable[..., None]) -> Callable[..., None]:
        def terminated(self: Any) -> None:
            upstream(self)
            ended(self.execution.to_describe_output())

        return terminated

    changes: list[tuple[Any, str, Callable[[Any], Any]]] = [
        (lambda_eval_utils, "boto_client_for", lambda _: lambda **_: functions),
        (BaseExecutionWorkerCommunication, "terminated", telling),
        (StepFunctionResponse, "send_task_failure", _with_its_cause),
        # upstream's errors of these names have no message, which makes them an HTTP 500
        (models, "TaskTimedOut", lambda _: lambda: AWSError("This task is over.", "TaskTimedOut", 400)),
        (models, "TaskDoesNotExist", lambda _: lambda: AWSError("There is no such task.", "TaskDoesNotExist", 400)),
        (StateTaskServiceCallback, "_wait_for_task_token_heartbeat", _looking_for_an_early_answer),
        (CallbackEndpoint, "notify", _once),
        (CallbackEndpoint, "notify_heartbeat", _at_any_time),
        (CallbackEndpoint, "interrupt_all", _closing),
    ]
    originals = [(owner, name, getattr(owner, name)) for owner, name, _ in changes]
    for (owner, name, make), (_, _, original) in zip(changes, originals, strict=True):
        setattr(owner, name, make(original))
    try:
        yield
    finally:
        for owner, name, original in originals:
            setattr(owner, name, original)


def _with_its_cause(_upstream: Any) -> Callable[[Any], Any]:
    """SendTaskFailure: upstream's HTTP layer forgets the cause."""

    def send_task_failure(self: Any) -> Any:
        token, error, cause = (self._get_param(name) for name in ("taskToken", "error", "cause"))
        self.stepfunction_backend.send_task_failure(token, error=error, cause=cause)
        return EmptyResult()

    return send_task_failure


def _looking_for_an_early_answer(upstream: Callable[..., Any]) -> Callable[..., Any]:
    """An answer that came before the wait began (the function had not returned yet) is lost when heartbeats are on."""

    def wait(self: Any, env: Any, callback_endpoint: Any, heartbeat_endpoint: Any) -> Any:
        return callback_endpoint.get_outcome() or upstream(self, env, callback_endpoint, heartbeat_endpoint)

    return wait


def _refuse_if_closed(endpoint: Any) -> None:
    if endpoint.get_outcome() is not None or getattr(endpoint, "closed", False):
        raise AWSError("This task is over.", "TaskTimedOut", 400)


def _once(upstream: Callable[..., None]) -> Callable[..., None]:
    """A second answer to the same token replaces the first, or is accepted although the task is over."""

    def notify(self: Any, outcome: Any) -> None:
        _refuse_if_closed(self)
        upstream(self, outcome)

    return notify


def _at_any_time(upstream: Callable[..., bool]) -> Callable[..., bool]:
    """A heartbeat before the wait began is refused as an unknown token."""

    def notify_heartbeat(self: Any) -> bool:
        _refuse_if_closed(self)
        upstream(self)
        return True

    return notify_heartbeat


def _closing(upstream: Callable[..., None]) -> Callable[..., None]:
    def interrupt_all(self: Any) -> None:
        self.closed = True  # done, failed or timed out
        upstream(self)

    return interrupt_all
