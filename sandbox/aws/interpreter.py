"""moto's interpreter of state machines, made to call our functions and to keep what AWS promises of callbacks.

Each change here makes up for a defect of moto 5.2.5 that a test of the engine covers, or for its slowness; none of a
name that upstream no longer has. Heartbeats are left as they are: no state of ours has any.
"""

import io
import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any

from botocore.exceptions import ClientError
from moto.awslambda.models import LambdaBackend
from moto.core.exceptions import AWSError
from moto.core.responses import EmptyResult
from moto.stepfunctions.parser.asl.component.state.exec.state_task import lambda_eval_utils
from moto.stepfunctions.parser.asl.eval.callback.callback import CallbackEndpoint
from moto.stepfunctions.parser.asl.parse.asl_parser import AmazonStateLanguageParser
from moto.stepfunctions.parser.asl.parse.preprocessor import Preprocessor
from moto.stepfunctions.parser.backend.execution import BaseExecutionWorkerCommunication
from moto.stepfunctions.responses import StepFunctionResponse

from sandbox.aws.runners import FunctionError, TooManyCallsError

Invoke = Callable[[str, Any], Any]
Ended = Callable[[dict[str, Any]], None]
Upstream = Callable[..., Any]


class Functions:
    """What the interpreter takes for boto3's Lambda client."""

    def __init__(self, invoke: Invoke) -> None:
        self._invoke = invoke

    def invoke(self, **parameters: Any) -> dict[str, Any]:
        name, payload = parameters["FunctionName"].rpartition(":")[2], parameters.get("Payload") or {}
        said: dict[str, Any] = {}
        try:
            answer = self._invoke(name, json.loads(payload) if isinstance(payload, str | bytes) else payload)
        except TooManyCallsError as error:
            refused = {"Error": {"Code": "TooManyRequestsException", "Message": str(error)}}
            raise ClientError(refused, "Invoke") from error
        except FunctionError as error:
            answer = {"errorType": error.kind, "errorMessage": error.message, "stackTrace": []}
            said = {"FunctionError": "Unhandled"}
        body = io.BytesIO(json.dumps(answer).encode())
        return {"StatusCode": 200, "ExecutedVersion": "$LATEST", "Payload": body, **said}

    def over_http(self, _: Upstream) -> Upstream:
        """What moto answers to a function that invokes another one: upstream has no functions but in containers."""

        def invoke(backend: Any, name: str, qualifier: str | None, body: Any, headers: Any, told: Any) -> bytes:  # noqa: ARG001
            answer = self.invoke(FunctionName=name, Payload=body)
            if "FunctionError" in answer:
                told["x-amz-function-error"] = answer["FunctionError"]
            return answer["Payload"].read()

        return invoke


@contextmanager
def adapted(invoke: Invoke, ended: Ended) -> Iterator[None]:
    """While open, tasks call `invoke(name, event)`, and `ended` hears of each execution that has ended."""
    functions = Functions(invoke)

    def telling(upstream: Upstream) -> Upstream:
        def terminated(self: Any) -> None:
            upstream(self)
            ended(self.execution.to_describe_output())

        return terminated

    changes: list[tuple[Any, str, Callable[[Upstream], Any]]] = [
        (LambdaBackend, "invoke", functions.over_http),
        (lambda_eval_utils, "boto_client_for", lambda _: lambda **_: functions),
        (BaseExecutionWorkerCommunication, "terminated", telling),
        (StepFunctionResponse, "send_task_failure", _with_its_cause),
        (AmazonStateLanguageParser, "parse", _read_once),
        (CallbackEndpoint, "notify", _once),
        (CallbackEndpoint, "interrupt_all", _closing),
    ]
    originals = [(owner, name, getattr(owner, name)) for owner, name, _ in changes]
    for (owner, name, original), (_, _, make) in zip(originals, changes, strict=True):
        setattr(owner, name, make(original))
    try:
        yield
    finally:
        for owner, name, original in originals:
            setattr(owner, name, original)


@cache
def _tree(parse: Upstream, definition: str) -> Any:
    return parse(definition)[1]


def _read_once(upstream: Upstream) -> Upstream:
    """Upstream reads a machine's text anew for each execution, and longer than many an execution takes."""

    def parse(definition: str) -> Any:
        tree = _tree(upstream, definition)
        return Preprocessor().visit(tree), tree  # what an execution works with is its own

    return parse


def _task_timed_out() -> AWSError:
    return AWSError("This task is over.", "TaskTimedOut", 400)


def _with_its_cause(_: Upstream) -> Upstream:
    """SendTaskFailure: upstream's HTTP layer forgets the cause."""

    def send_task_failure(self: Any) -> Any:
        token, error, cause = (self._get_param(name) for name in ("taskToken", "error", "cause"))
        self.stepfunction_backend.send_task_failure(token, error=error, cause=cause)
        return EmptyResult()

    return send_task_failure


def _once(upstream: Upstream) -> Upstream:
    """A second answer to the same token replaces the first, or is accepted although the task is over."""

    def notify(self: Any, outcome: Any) -> None:
        if self.get_outcome() is not None or getattr(self, "closed", False):
            raise _task_timed_out()
        upstream(self, outcome)

    return notify


def _closing(upstream: Upstream) -> Upstream:
    def interrupt_all(self: Any) -> None:
        self.closed = True  # done, failed or timed out
        upstream(self)

    return interrupt_all
