"""Step Functions and the queues as our ports see them, under the virtual clock and in this thread."""

import json
from dataclasses import dataclass
from itertools import count
from typing import Any

from faults.stepper import Execution, Stepper, Surroundings, Waiting

from croquis.domain.ids import DownloadId, LookBookId
from croquis.domain.images.exam import FacesMeasured, FacesToMeasure
from croquis.domain.images.image import ImageKind
from croquis.domain.runs.attempt import RunKind
from croquis.errors import Unavailable
from croquis.ports import Execution as Standing
from sandbox.aws.runners import FunctionError
from sandbox.aws.stack import Stack


class Machines:
    """Keeps the port Workflow: one execution per name."""

    def __init__(self, stack: Stack, around: Surroundings) -> None:
        self.tokens: dict[str, Waiting] = {}
        self.executions: dict[str, Execution] = {}
        self.too_late = 0
        self._around = around
        self._steppers = {
            name: Stepper(calling(stack, text), around, self.tokens) for name, text in stack.machines.items()
        }

    def start_training(self, job_id: str, run: int, *, name: str) -> bool:
        return self._start("TrainingMachine", name, {"job_id": job_id, "run": run})

    def start_image(self, image_id: str, kind: ImageKind, *, name: str) -> bool:
        return self._start("ImageMachine", name, {"image_id": image_id, "kind": kind.value})

    def look_at_training(self, name: str) -> Standing:
        return self._look(name)

    def look_at_image(self, name: str) -> Standing:
        return self._look(name)

    def succeed(self, token: str) -> bool:
        return self._send(token, (None, ""))

    def fail(self, token: str, error: str) -> bool:
        return self._send(token, (error, "See the provider attempt."))

    def go_on(self, execution: Execution, definition: Any) -> None:
        """With one that was begun elsewhere, by its own definition."""
        self.executions[execution.name] = execution
        Stepper(definition, self._around, self.tokens).start(execution)

    def _start(self, machine: str, name: str, given: Any) -> bool:
        if name in self.executions:
            return False
        self.executions[name] = Execution(name, given)
        self._steppers[machine].start(self.executions[name])
        return True

    def _look(self, name: str) -> Standing:
        if name not in self.executions:
            raise Unavailable("The workflow engine did not answer.")
        return Standing.RUNNING if self.executions[name].status == "RUNNING" else Standing.CLOSED

    def _send(self, token: str, outcome: tuple[str | None, str]) -> bool:
        waiting = self.tokens.get(token)
        if waiting is None or waiting.over or waiting.outcome:
            self.too_late += 1
            return False
        waiting.outcome, waiting.sent = outcome, waiting.sent + 1
        if waiting.wake:
            waiting.wake()
        return True


def calling(stack: Stack, text: str) -> Any:
    """The definition, with the functions' names in the place of their ARNs."""
    for name in stack.functions:
        text = text.replace(f'"{stack.attribute(name, "Arn")}"', f'"{name}"')
    return json.loads(text)


class Faces:
    """Keeps the port Faces: the function that measures them is called, and waited for."""

    def __init__(self, around: Surroundings) -> None:
        self._around = around

    def measure(self, asked: FacesToMeasure) -> FacesMeasured:
        try:
            return FacesMeasured.model_validate(self._around.call("MeasureFaces", asked.model_dump(mode="json")))
        except FunctionError as error:
            raise Unavailable("The measurement of faces broke off.") from error


@dataclass
class Message:
    """One message, and how often it was received."""

    id: str
    queue: str
    body: str
    received: int = 0


class Queues:
    """Keeps the port Queue: at least once; what fails comes again after the visibility time-out, so often."""

    def __init__(self, stack: Stack, around: Surroundings) -> None:
        self.waiting: list[Message] = []
        self.dead: list[Message] = []
        self._stack, self._around, self._ids = stack, around, count()

    def check_upload(self, object_id: str, version: str) -> None:
        self._send("UploadQueue", {"object_id": object_id, "version": version})

    def settle_attempt(self, attempt_id: str, kind: RunKind | None = None, provider_id: str | None = None) -> None:
        known = {"kind": kind.value, "provider_id": provider_id} if kind and provider_id else {}
        self._send("AttemptQueue", {"attempt_id": attempt_id, **known})

    def pack_download(self, download_id: DownloadId) -> None:
        self._send("DownloadQueue", {"download_id": download_id})

    def fill_look_book(self, look_book_id: LookBookId) -> None:
        self._send("LookBookQueue", {"look_book_id": look_book_id})

    def bind_look_book(self, look_book_id: LookBookId) -> None:
        self._send("BindingQueue", {"look_book_id": look_book_id})

    def bring(self, queue: str, body: str) -> None:
        """A message, whoever sent it."""
        message = Message(f"message-{next(self._ids)}", queue, body)
        self.waiting.append(message)
        self._around.later(0, lambda: self._deliver(message))

    def _send(self, queue: str, body: dict[str, str]) -> None:
        self.bring(queue, json.dumps(body))

    def _deliver(self, message: Message) -> None:
        attributes, (function, _) = self._stack.queues[message.queue], self._stack.consumers[message.queue]
        message.received += 1
        event = {"Records": [{"messageId": message.id, "body": message.body, "eventSource": "aws:sqs"}]}
        try:
            taken = not (self._around.call(function, event) or {}).get("batchItemFailures")
        except FunctionError:
            taken = False
        if taken:
            self.waiting.remove(message)
        elif message.received >= int(json.loads(attributes["RedrivePolicy"])["maxReceiveCount"]):
            self.waiting.remove(message)
            self.dead.append(message)
        else:
            seconds = float(json.loads(attributes["VisibilityTimeout"]))
            self._around.later(seconds, lambda: self._deliver(message))
