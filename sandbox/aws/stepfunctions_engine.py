"""moto's interpreter of state machines, in server mode: `python -m sandbox.aws.stepfunctions_engine PORT`.

Its tasks call the engine at MOTO_PORT. Adapted: the interpreter is switched on, the same guard as MiniStack's, and the
callbacks behave as AWS documents them. Each of these is a defect of moto 5.2.5 that a test of the local engine covers.
"""

import sys
from collections.abc import Callable
from typing import Any

from moto.core.config import default_user_config
from moto.core.exceptions import AWSError
from moto.core.responses import EmptyResult
from moto.moto_server.werkzeug_app import DomainDispatcherApplication
from moto.server import main as serve
from moto.stepfunctions.parser import models
from moto.stepfunctions.parser.asl.component.state.exec.state_task.service.state_task_service_callback import (
    StateTaskServiceCallback,
)
from moto.stepfunctions.parser.asl.eval.callback.callback import CallbackEndpoint
from moto.stepfunctions.responses import StepFunctionResponse

from sandbox.aws.adapting import end_with_the_launcher, is_from_a_program_here, replace


def guarded(upstream: Callable[..., Any]) -> Callable[..., Any]:
    """No web page: moto's CORS answer echoes any Origin."""

    def application(self: Any, environ: dict[str, Any], start_response: Callable[..., Any]) -> Any:
        headers = {name[5:].lower().replace("_", "-") for name in environ if name.startswith("HTTP_")}
        if is_from_a_program_here(environ.get("HTTP_HOST", ""), headers):
            return upstream(self, environ, start_response)
        start_response("403 Forbidden", [("Content-Length", "0")])
        return [b""]

    return application


def with_its_cause(_upstream: Callable[..., Any]) -> Callable[..., Any]:
    """SendTaskFailure: upstream's HTTP layer forgets the cause."""

    def send_task_failure(self: Any) -> EmptyResult:
        token, error, cause = (self._get_param(name) for name in ("taskToken", "error", "cause"))
        self.stepfunction_backend.send_task_failure(token, error=error, cause=cause)
        return EmptyResult()

    return send_task_failure


# upstream's errors of these names have no message, which makes them an HTTP 500
def task_timed_out() -> AWSError:
    return AWSError("Task Timed Out: this task is over.", "TaskTimedOut", 400)


def task_does_not_exist() -> AWSError:
    return AWSError("This task does not exist.", "TaskDoesNotExist", 400)


def looks_for_an_early_answer(upstream: Callable[..., Any]) -> Callable[..., Any]:
    """An answer that came before the wait began (the function had not returned yet) is lost when heartbeats are on."""

    def wait(self: Any, env: Any, callback_endpoint: Any, heartbeat_endpoint: Any) -> Any:
        return callback_endpoint.get_outcome() or upstream(self, env, callback_endpoint, heartbeat_endpoint)

    return wait


def _refuse_if_closed(endpoint: Any) -> None:
    if endpoint.get_outcome() is not None or getattr(endpoint, "closed", False):
        raise task_timed_out()


def once(upstream: Callable[..., None]) -> Callable[..., None]:
    """A second answer to the same token replaces the first, or is accepted although the task is over."""

    def notify(self: Any, outcome: Any) -> None:
        _refuse_if_closed(self)
        upstream(self, outcome)

    return notify


def at_any_time(upstream: Callable[..., bool]) -> Callable[..., bool]:
    """A heartbeat before the wait began is refused as an unknown token."""

    def notify_heartbeat(self: Any) -> bool:
        _refuse_if_closed(self)
        upstream(self)
        return True

    return notify_heartbeat


def closing(upstream: Callable[..., None]) -> Callable[..., None]:
    def interrupt_all(self: Any) -> None:
        self.closed = True  # done, failed or timed out
        upstream(self)

    return interrupt_all


def adapt() -> None:
    default_user_config["stepfunctions"] = {"execute_state_machine": True}
    replace(DomainDispatcherApplication, "__call__", guarded)
    replace(StepFunctionResponse, "send_task_failure", with_its_cause)
    replace(models, "TaskTimedOut", lambda _upstream: task_timed_out)
    replace(models, "TaskDoesNotExist", lambda _upstream: task_does_not_exist)
    replace(StateTaskServiceCallback, "_wait_for_task_token_heartbeat", looks_for_an_early_answer)
    replace(CallbackEndpoint, "notify", once)
    replace(CallbackEndpoint, "notify_heartbeat", at_any_time)
    replace(CallbackEndpoint, "interrupt_all", closing)


def main() -> None:
    adapt()
    end_with_the_launcher()
    serve(["-H", "127.0.0.1", "-p", sys.argv[1]])


if __name__ == "__main__":
    main()
