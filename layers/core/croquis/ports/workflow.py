"""The state machines."""

from enum import StrEnum
from typing import Protocol

from croquis.domain.images.image import ImageKind


class Execution(StrEnum):
    """How an execution of a state machine stands."""

    RUNNING = "running"
    CLOSED = "closed"


class Workflow(Protocol):
    """The state machines. The same name and input start one execution, however often it is asked."""

    def start_training(self, job_id: str, run: int, *, name: str) -> bool:
        """False when there is, or was, an execution of that name: how it stands only `look_at_training` tells."""
        ...

    def start_image(self, image_id: str, kind: ImageKind, *, name: str) -> bool:
        """The kind says which states an image needs before it is ordered."""
        ...

    def look_at_training(self, name: str) -> Execution:
        """RUNNING or CLOSED; for the sweep alone, because doors may only start."""
        ...

    def look_at_image(self, name: str) -> Execution: ...

    def succeed(self, token: str) -> bool:
        """Wakes the waiting state; False when nobody waits on this token any more."""
        ...

    def fail(self, token: str, error: str) -> bool: ...
