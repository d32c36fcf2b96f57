"""The provider of trainings and images: the two ways to spend, and how to look."""

from collections.abc import Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from croquis.domain.images.recipes import ImageRecipe
from croquis.domain.runs.attempt import Outcome, ProviderOutput, ProviderStatus, RunKind
from croquis.domain.runs.training import TrainingParameters
from croquis.ports.engines import KnownEngine, SeenEngine

NO_OUTPUT = ProviderOutput()


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
    """What the provider says of a run: the truth when it was asked or lists it, a hint in a webhook."""

    id: str
    status: str  # its own word
    over: bool = False
    patience_seconds: int = 0  # an end that leaves doubts counts when it is still seen after so long
    end: ProviderStatus | None = None  # how it ended, if it is over
    output: ProviderOutput = NO_OUTPUT
    error: str | None = None
    seconds: float | None = None
    version: str | None = None  # that it says it ran
    created_at: datetime | None = None
    completed_at: datetime | None = None
    markers: tuple[str, ...] = ()  # those that its input holds
    address: str | None = None  # the marker in the address of its webhooks; a list does not show it
    log: TrainerLog | None = None  # of a training that was asked for and has printed something


@dataclass(frozen=True)
class Started:
    """What one POST led to: `id` is set exactly when the outcome is STARTED."""

    outcome: Outcome
    id: str | None = None
    reason: str = ""


@dataclass(frozen=True)
class ProviderEvent:
    """What a webhook says: about which run, and its log while it goes on."""

    run: ProviderRun
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

    def start_image(self, recipe: ImageRecipe, *, marker: str) -> Started:
        """What its list shows of the order is in the recipe: see there."""
        ...

    @property
    def trainer_version(self) -> str:
        """The version that trainings are ordered from."""
        ...

    @property
    def trainer_name(self) -> str: ...

    def look_at_engine(self, known: KnownEngine) -> SeenEngine:
        """What it says of an engine, or of the trainer, today; costs nothing. Or Unavailable."""
        ...

    def look(self, kind: RunKind, provider_id: str) -> ProviderRun | None:
        """The truth by GET; None when the provider, asked by the right account, does not know it. Or Unavailable."""
        ...

    def list_runs(self, kind: RunKind, since: datetime) -> Iterator[list[ProviderRun]]:
        """All runs that were created since then, page by page, the newest first, without their logs."""
        ...

    def cancel(self, kind: RunKind, provider_id: str) -> None:
        """Asks to stop; an ended run is no error. Whether it stopped, only `look` tells."""
        ...

    def delete_version(self, version: str) -> None:
        """Asks to delete a version with its files and predictions; one that is gone is no error. It takes minutes."""
        ...

    def has_version(self, version: str) -> bool:
        """Whether the provider, asked by the right account, still has it; or Unavailable."""
        ...

    def fetch(self, url: str, *, limit: int, deadline_s: float) -> AbstractContextManager[Download]:
        """An output file, only from the provider's own hosts."""
        ...
