"""What Croquis needs of its neighbours, each with its promise. Adapters keep them; use cases know nothing else."""

from collections.abc import Iterable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Protocol, TypeAlias

from croquis.domain.ids import OwnerId
from croquis.domain.runs.provider_attempt import Outcome, ProviderStatus

Json: TypeAlias = Any  # what a SQL function answers; a use case reads it into a frozen model at once


@dataclass(frozen=True)
class Owner:
    """A signed-in user: the id that the token proves, and the token, with which the database sees that user."""

    id: OwnerId
    token: str


class Rows(Protocol):
    """The system of record. Every call is one SQL function, so one transaction."""

    def call(self, function: str, **arguments: object) -> Json:
        """As the workers' role. Raises Refused with the function's own words, Canceled, or Unavailable."""
        ...

    def call_as(self, owner: Owner, function: str, **arguments: object) -> Json:
        """The same as that user: row-level security and auth.uid() are the user's."""
        ...

    def list_as(
        self, owner: Owner, table: str, *, before: str | None, limit: int, **equal: str
    ) -> list[dict[str, Json]]:
        """Rows that the user may see, newest first, older than the cursor `before` ("<created_at>|<id>")."""
        ...


@dataclass(frozen=True)
class StoredObject:
    """An object as the storage describes it."""

    size: int
    content_type: str


class Files(Protocol):
    """Private buckets. Paths are ours, never a user's words."""

    def sign_upload_as(self, owner: Owner, bucket: str, path: str) -> str:
        """A URL for one PUT, valid two hours, if the user's policy allows that path."""
        ...

    def links_as(self, owner: Owner, bucket: str, paths: Sequence[str], *, seconds: int) -> dict[str, str]:
        """Short-lived download links of what the user may see; paths without one are left out."""
        ...

    def link(self, bucket: str, path: str, *, seconds: int, download_as: str | None = None) -> str:
        """A download link; `download_as` becomes the file name in it."""
        ...

    def look(self, bucket: str, path: str) -> StoredObject | None: ...

    def read(self, bucket: str, path: str, *, limit: int) -> bytes:
        """The whole object. Raises Refused: too_many_bytes past `limit`, no_such_object when it is gone."""
        ...

    def write(self, bucket: str, path: str, data: bytes, *, content_type: str) -> None:
        """Complete when it returns. A second writer of the same path writes the same bytes."""
        ...

    def write_stream(self, bucket: str, path: str, chunks: Iterable[bytes], *, size: int, content_type: str) -> None:
        """Resumable upload in 6-MB chunks and constant memory; the object appears only when all of it is there."""
        ...

    def remove(self, bucket: str, paths: Sequence[str]) -> None:
        """Deletes what is there; what is not there is no error."""
        ...


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


class Execution(StrEnum):
    """How an execution of a state machine stands."""

    RUNNING = "running"
    CLOSED = "closed"


class Workflow(Protocol):
    """The state machines. The same name and input start one execution, however often it is asked."""

    def start_training(self, job_id: str, run: int, *, name: str) -> Execution:
        """Starts, or finds the execution of that name: RUNNING (now or before), or CLOSED (it ended before)."""
        ...

    def start_picture(self, image_id: str, *, name: str) -> Execution: ...

    def succeed(self, token: str) -> bool:
        """Wakes the waiting state; False when nobody waits on this token any more."""
        ...

    def fail(self, token: str, error: str) -> bool: ...


class Queue(Protocol):
    """Work for the workers: at least once, in any order."""

    def check_upload(self, object_id: str, version: str) -> None: ...

    def settle_attempt(self, attempt_id: str) -> None: ...


class Croquis(Protocol):
    """Everything a use case may reach; the wiring chooses the real neighbours, tests hand in others."""

    @property
    def rows(self) -> Rows: ...

    @property
    def files(self) -> Files: ...

    @property
    def provider(self) -> Provider: ...

    @property
    def workflow(self) -> Workflow: ...

    @property
    def queue(self) -> Queue: ...

    def owner_of(self, authorization: str | None) -> Owner:
        """The signed-in user behind a header, or NotSignedIn."""
        ...

    def webhook_secrets(self, *, fresh: bool = False) -> Sequence[str]:
        """The provider's signing secrets; `fresh` reads them again, at most once a minute."""
        ...

    def storage_hook_secrets(self) -> Sequence[str]: ...

    def now(self) -> int:
        """Seconds since 1970."""
        ...
