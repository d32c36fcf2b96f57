"""The state machines."""

from enum import StrEnum
from typing import Protocol


class Execution(StrEnum):
    """How an execution of a state machine stands."""

    RUNNING = "running"
    CLOSED = "closed"


class Workflow(Protocol):
    """The state machines. The same name and input start one execution, however often it is asked."""

    def start_training(self, job_id: str, run: int, *, name: str) -> Execution:
        """Starts, or finds the execution of that name: RUNNING (now or before), or CLOSED (it ended before)."""
        ...

    def start_image(self, image_id: str, *, name: str) -> Execution: ...

    def succeed(self, token: str) -> bool:
        """Wakes the waiting state; False when nobody waits on this token any more."""
        ...

    def fail(self, token: str, error: str) -> bool: ...
