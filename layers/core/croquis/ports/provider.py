"""The provider of trainings and images: the two ways to spend, and how to look."""

from contextlib import AbstractContextManager
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from croquis.domain.images.image import ImageSize
from croquis.domain.runs.attempt import Outcome, ProviderStatus
from croquis.domain.runs.training import TrainingParameters


class RunKind(StrEnum):
    """The provider's two kinds of paid runs."""

    TRAINING = "training"
    IMAGE = "image"


@dataclass(frozen=True)
class Progress:
    """The trainer's own count: `step` of `total`, its loss and the seconds that it expects to need still."""

    step: int
    total: int
    loss: float | None
    eta_seconds: int | None


@dataclass(frozen=True)
class TrainerLog:
    """What is kept of a trainer's log: nothing secret or personal, and not all of it.

    `lines` are the last ones, of which the last has the number `last_line`; `points` are pairs of step and loss, at
    most 500, and those of a longer log begin with those of a shorter one.
    """

    progress: Progress | None
    last_line: int
    lines: tuple[str, ...]
    points: tuple[tuple[int, float], ...]


@dataclass(frozen=True)
class ProviderRun:
    """The provider's own word about a run (not a webhook's)."""

    id: str
    status: ProviderStatus | None
    version: str | None
    weights_url: str | None
    image_urls: tuple[str, ...]
    error: str | None
    images_found: int | None  # by the trainer; None where it does not say
    seconds: float | None
    log: TrainerLog | None = None  # of a training that has printed something


@dataclass(frozen=True)
class Started:
    """What one POST led to: `id` is set exactly when the outcome is STARTED."""

    outcome: Outcome
    id: str | None = None
    reason: str = ""


@dataclass(frozen=True)
class ProviderEvent:
    """What a webhook says: about which run, in the provider's own word, whether it is over, and its log if not."""

    id: str
    status: str
    over: bool
    log: TrainerLog | None


class Download(Protocol):
    """A body being fetched."""

    @property
    def size(self) -> int | None: ...

    def read(self, size: int = -1, /) -> bytes: ...


class Provider(Protocol):
    """The two `start` methods are the only ways to spend; each makes exactly one POST.

    They raise Unavailable only before it, when nothing can have been started.
    """

    def start_training(
        self, parameters: TrainingParameters, *, dataset_url: str, trigger_word: str, marker: str
    ) -> Started: ...

    def start_image(self, version: str, prompt: str, size: ImageSize, *, seed: int, marker: str) -> Started: ...

    def look(self, kind: RunKind, provider_id: str) -> ProviderRun | None:
        """The truth by GET; None when the provider does not know the run. Raises Unavailable."""
        ...

    def cancel(self, kind: RunKind, provider_id: str) -> None:
        """Asks to stop; an ended run is no error. Whether it stopped, only `look` tells."""
        ...

    def fetch(self, url: str, *, limit: int, deadline_s: float) -> AbstractContextManager[Download]:
        """An output file, only from the provider's own hosts."""
        ...
