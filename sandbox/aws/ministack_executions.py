"""Executions of state machines go to the Step Functions engine; the machines and their persistence stay in MiniStack.

So every client, and every rule of EventBridge, goes on talking to one address.
"""

# pyright: reportMissingImports=false
import asyncio
import json
import threading
import urllib.error
import urllib.request
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from ministack.services import stepfunctions

from sandbox.aws.adapting import replace

FORWARDED = {
    "DescribeExecution",
    "DescribeStateMachineForExecution",
    "GetExecutionHistory",
    "ListExecutions",
    "SendTaskFailure",
    "SendTaskHeartbeat",
    "SendTaskSuccess",
    "StartExecution",
    "StopExecution",
}
JSON = "application/x-amz-json-1.0"
SECONDS = 60

Answer = tuple[int, dict[str, str], bytes]


@dataclass
class Executions:
    """The way to the other engine, and which definition it holds of each machine."""

    url: str
    region: str
    _known: dict[str, str] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def install(self) -> None:
        replace(stepfunctions, "_start_execution", self._starting)
        replace(stepfunctions, "handle_request", self._answering)

    def _answering(self, upstream: Callable[..., Any]) -> Callable[..., Any]:
        async def answer(method: str, path: str, headers: dict[str, str], body: bytes, query: Any) -> Any:
            action = headers.get("x-amz-target", "").split(".")[-1]
            if action not in FORWARDED:
                return await upstream(method, path, headers, body, query)
            request = json.loads(body or b"{}")
            if action == "StartExecution":
                return await asyncio.to_thread(stepfunctions._start_execution, request)
            return await asyncio.to_thread(self._forward, action, request)

        return answer

    def _starting(self, upstream: Callable[..., Any]) -> Callable[..., Any]:
        def start(request: dict[str, Any]) -> Any:
            arn = stepfunctions._resolve_state_machine_arn(request.get("stateMachineArn", ""))
            if arn not in stepfunctions._state_machines:
                return upstream(request)  # which answers what is wrong
            if refusal := self._bring(arn):
                return refusal
            # without a name the other engine calls every execution "None"
            execution = {"name": request.get("name") or str(uuid.uuid4()), "input": request.get("input", "{}")}
            return self._call("StartExecution", {**execution, "stateMachineArn": arn})

        return start

    def _forward(self, action: str, request: dict[str, Any]) -> Answer:
        arn = request.get("stateMachineArn", "")
        if action == "ListExecutions" and arn in stepfunctions._state_machines:
            self._bring(arn)
        return self._call(action, request)

    def _bring(self, arn: str) -> Answer | None:
        """Let the other engine hold this machine as it is here, also after it restarted; its refusal, if it refuses."""
        machine = stepfunctions._state_machines[arn]
        definition = {"definition": machine["definition"], "roleArn": machine["roleArn"]}
        with self._lock:
            is_there = self._call("DescribeStateMachine", {"stateMachineArn": arn})[0] == 200
            if is_there and self._known.get(arn) == machine["definition"]:
                return None
            if is_there:
                answer = self._call("UpdateStateMachine", {"stateMachineArn": arn, **definition})
            else:
                kind = machine.get("type", "STANDARD")
                answer = self._call("CreateStateMachine", {"name": machine["name"], "type": kind, **definition})
            if answer[0] != 200:
                return answer
            self._known[arn] = machine["definition"]
        return None

    def _call(self, action: str, request: dict[str, Any]) -> Answer:
        # moto reads service and region from the signature, and does not check it
        scope = f"Credential=test/20260101/{self.region}/states/aws4_request, SignedHeaders=host, Signature=none"
        headers = {
            "X-Amz-Target": f"AWSStepFunctions.{action}",
            "Content-Type": JSON,
            "Authorization": f"AWS4-HMAC-SHA256 {scope}",
        }
        call = urllib.request.Request(self.url, json.dumps(request).encode(), headers)  # noqa: S310 - our own
        try:
            with urllib.request.urlopen(call, timeout=SECONDS) as answer:  # noqa: S310
                return answer.status, {"Content-Type": JSON}, answer.read()
        except urllib.error.HTTPError as refused:
            return refused.code, {"Content-Type": JSON}, refused.read()
