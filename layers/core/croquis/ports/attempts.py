"""Paid calls: intent before effect, outcome, webhook, result, callback."""

from collections.abc import Sequence
from typing import Literal, Protocol

from croquis.domain.garments.garment import GarmentRow
from croquis.domain.ids import AttemptId, ImageId, JobId
from croquis.domain.images.engines import Engine
from croquis.domain.images.image import Image
from croquis.domain.row import Row
from croquis.domain.runs.attempt import Attempt, AttemptState, RunKind
from croquis.domain.runs.job import Job, Run
from croquis.ports.provider import ProviderRun, TrainerLog


class OpenedAttempt(Row):
    """`post` is true for exactly one caller per attempt; `wait` says that paid work has to wait now.

    There is an attempt, but where the very first one has to wait.
    """

    post: bool
    wait: bool
    attempt: Attempt | None


class OpenedTrainingAttempt(OpenedAttempt):
    run: Run
    job: Job


class ToTryOn(Row):
    """An engine, and what it puts on."""

    engine: Engine
    garments: tuple[GarmentRow, ...]


class OpenedImageAttempt(OpenedAttempt):
    """With the picture that the image is made from, if there is one, and what a try-on puts on."""

    image: Image
    source: Image | None
    try_on: ToTryOn | None


class ReadAttempt(Row):
    """An attempt, whether its deadline has passed, and whether its POST is too fresh to be missed in a list."""

    attempt: Attempt
    overdue: bool
    quarantined: bool | None


class SeenRun(Row):
    """What follows from a sight of a run; `attempt` is whose run it is, `news` that it was over without our knowing."""

    attempt: Attempt | None
    cancel: bool
    news: bool


class ListedRun(Row):
    """The same for one of a list; `look` says that only its own answer tells how it ended."""

    id: str
    cancel: bool
    news: bool
    look: bool


class ReceivedWebhook(Row):
    """What the event is about; `look` says that somebody should ask the provider."""

    outcome: Literal["unknown_marker", "stored", "unconfirmed", "unmatched"]
    attempt_id: AttemptId | None = None
    kind: RunKind | None = None
    look: bool = False


class Attempts(Protocol):
    """At most one attempt of a run or image may cost money at a time."""

    def open_training_attempt(
        self, job: JobId, run_no: int, attempt: AttemptId, marker: str, token: str
    ) -> OpenedTrainingAttempt:
        """With an open attempt only the newer token is stored. Asked again with the same id it answers the same."""
        ...

    def open_image_attempt(
        self, image: ImageId, attempt: AttemptId, marker: str, token: str
    ) -> OpenedImageAttempt: ...  # fmt: skip

    def attempt_started(self, attempt_id: AttemptId, provider_id: str) -> bool:
        """The POST's answer; a webhook may have brought the same id before. True when nobody wants the run any more."""
        ...

    def attempt_unknown(self, attempt_id: AttemptId) -> None: ...

    def attempt_not_started(
        self,
        attempt_id: AttemptId,
        outcome: Literal[AttemptState.REFUSED, AttemptState.THROTTLED],
        reason: str,
    ) -> None: ...

    def attempt_absent(self, attempt_id: AttemptId) -> Attempt:
        """The provider's list does not show it: it never took effect, unless its quarantine still lasts."""
        ...

    def attempt_missing(self, attempt_id: AttemptId) -> Attempt:
        """The provider neither knows nor lists its run: gone or lost, after a while."""
        ...

    def saw_run(self, kind: RunKind, seen: ProviderRun) -> SeenRun:
        """Adopts it, ends its attempt, books its cost, as it follows; the first end is final."""
        ...

    def saw_runs(self, kind: RunKind, seen: Sequence[ProviderRun]) -> list[ListedRun]: ...

    def receive_webhook(self, webhook_id: str, marker: str, seen: ProviderRun) -> ReceivedWebhook:
        """Stores the event before it is answered; marker, id and row must agree."""
        ...

    def record_progress(self, marker: str, provider_id: str, log: TrainerLog, at_once: bool) -> bool:
        """At most once in two seconds, unless at once; never backwards; False when it is of no run that goes on."""
        ...

    def read_attempt(self, attempt_id: AttemptId) -> ReadAttempt: ...

    def attempt_of_run(self, job: JobId, run_no: int) -> ReadAttempt | None:
        """The newest one."""
        ...

    def attempt_of_image(self, image: ImageId) -> ReadAttempt | None: ...

    def forget_token(self, attempt_id: AttemptId) -> None:
        """After this, nobody is woken with it."""
        ...

    def callback_sent(self, attempt_id: AttemptId, token: str) -> bool:
        """False when a newer token was stored meanwhile."""
        ...

    def callbacks_due(self, most: int, after: str | None) -> list[Attempt]:
        """Attempts whose result has waited a minute for its callback, by id."""
        ...

    def claim_attempts_to_ask(self, most: int) -> list[AttemptId]:
        """A claim: what one caller was given, no other is given for four minutes."""
        ...
