"""Who runs a function: this process, for tests; worker processes, which stand in workers.py."""

import json
import threading
import time
import uuid
from collections.abc import Callable
from contextvars import ContextVar
from dataclasses import dataclass, field
from importlib import import_module
from typing import Any, Protocol

from sandbox.aws.stack import ARNS, Function

Handler = Callable[[Any, Any], Any]


# the function that this thread is in, when it runs in this process
in_function: ContextVar[Function | None] = ContextVar("in_function", default=None)


class FunctionError(Exception):
    """A call that ended without an answer; `kind` is the name that a state machine retries or catches."""

    def __init__(self, kind: str, message: str = "") -> None:
        super().__init__(f"{kind}: {message}")
        self.kind = kind
        self.message = message


class TooManyCallsError(Exception):
    """All the concurrency that a function reserves is in use."""


class Runner(Protocol):
    """Calls a function as Lambda does: one JSON value in, one out."""

    def invoke(self, function: Function, event: Any) -> Any:
        """The handler's answer; FunctionError where there is none, TooManyCallsError where it may not start."""
        ...


@dataclass(frozen=True)
class Context:
    """What a handler gets beside its event."""

    function_name: str
    memory_limit_in_mb: int
    invoked_function_arn: str
    ends_at: float
    aws_request_id: str = field(default_factory=lambda: str(uuid.uuid4()))

    @classmethod
    def of(cls, function: Function) -> "Context":
        arn = ARNS["AWS::Lambda::Function"] + function.name
        return cls(function.name, function.memory, arn, time.monotonic() + function.timeout)

    def get_remaining_time_in_millis(self) -> int:
        return max(0, int((self.ends_at - time.monotonic()) * 1000))


def load_handler(path: str) -> Handler:
    """The callable that a template names: `workflow.check_photo.handler`."""
    module, _, attribute = path.rpartition(".")
    return getattr(import_module(module), attribute)


class InProcess:
    """Calls the handlers here. Time-outs are not played; one environment is shared: `in_function` says who reads it.

    `before` and `after` are called with the name and event of each call of a state machine, and may raise to play a
    crash; `calls` remembers these calls.
    """

    def __init__(self) -> None:
        self.calls: list[tuple[str, Any]] = []
        self.before: Callable[[str, Any], object] = lambda *_: None
        self.after: Callable[[str, Any], object] = lambda *_: None
        self._one_door = threading.Lock()  # Powertools' resolver keeps the event that it answers in its class

    def invoke(self, function: Function, event: Any) -> Any:
        event, handler, context = json.loads(json.dumps(event)), load_handler(function.handler), Context.of(function)
        inside = in_function.set(function)
        try:
            if "routeKey" in event:
                with self._one_door:
                    answer = handler(event, context)
            elif "Records" in event:
                answer = handler(event, context)
            else:
                self.calls.append((function.name, event))
                self.before(function.name, event)
                answer = handler(event, context)
                self.after(function.name, event)
        except Exception as error:  # the runtime reports whatever a handler raises
            raise FunctionError(type(error).__name__, str(error)) from error
        finally:
            in_function.reset(inside)
        return json.loads(json.dumps(answer))
