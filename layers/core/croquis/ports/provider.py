"""The provider of trainings and images: the two ways to spend, and how to look."""

from contextlib import AbstractContextManager
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from croquis.domain.runs.provider_attempt import Outcome, ProviderStatus


class RunKind(StrEnum):
    """The provider's two kinds of paid runs."""

    TRAINING = "training"
    PICTURE = "picture"


@dataclass(frozen=True)
class ProviderRun:
    """The provider's own word about a run (not a webhook's)."""

    id: str
    status: ProviderStatus | None
    version: str | None
    weights_url: str | None
    picture_urls: tuple[str, ...]
    error: str | None
    logs: str
    seconds: float | None


@dataclass(frozen=True)
class Started:
    """What one POST led to: `id` is set exactly when the outcome is STARTED."""

    outcome: Outcome
    id: str | None = None
    reason: str = ""


class Download(Protocol):
    """A body being fetched."""

    @property
    def size(self) -> int | None: ...

    def read(self, size: int = -1, /) -> bytes: ...


class Provider(Protocol):
    """Replicate. The two `start` methods are the only ways to spend; each makes exactly one POST.

    They raise Unavailable only before it, when nothing can have been started.
    """

    def start_training(self, trainer_input: dict[str, object], *, marker: str) -> Started: ...

    def start_picture(self, version: str, picture_input: dict[str, object], *, marker: str) -> Started: ...

    def look(self, kind: RunKind, provider_id: str) -> ProviderRun | None:
        """The truth by GET; None when the provider does not know the run. Raises Unavailable."""
        ...

    def cancel(self, kind: RunKind, provider_id: str) -> None:
        """Asks to stop; an ended run is no error. Whether it stopped, only `look` tells."""
        ...

    def fetch(self, url: str, *, limit: int, deadline_s: float) -> AbstractContextManager[Download]:
        """An output file, only from the provider's own hosts."""
        ...
