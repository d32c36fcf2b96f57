"""Paid calls: intent before effect, outcome, webhook, result, callback."""

from typing import Literal, Protocol

from croquis.domain.ids import AttemptId, ImageId, JobId
from croquis.domain.images.image import Image
from croquis.domain.row import Row
from croquis.domain.runs.attempt import Attempt, AttemptState, ProviderOutput
from croquis.domain.runs.job import Job, Run
from croquis.ports.provider import TrainerLog


class OpenedTrainingAttempt(Row):
    """`post` is true for exactly one caller per attempt."""

    post: bool
    attempt: Attempt
    run: Run
    job: Job


class OpenedImageAttempt(Row):
    """The same for one image, with the version that makes it."""

    post: bool
    attempt: Attempt
    image: Image
    provider_version: str


class ReadAttempt(Row):
    """An attempt, whether its owner wants it stopped, and whether its deadline has passed."""

    attempt: Attempt
    cancel_wanted: bool
    overdue: bool


class ReceivedWebhook(Row):
    """What the event is about; `look` says that somebody should ask the provider."""

    outcome: Literal["unknown_marker", "stored", "unmatched"]
    attempt_id: AttemptId | None = None
    look: bool = False


class Attempts(Protocol):
    """At most one attempt of a run or image may cost money at a time."""

    def open_training_attempt(self, job: JobId, run_no: int, token: str) -> OpenedTrainingAttempt:
        """With an open attempt only the newer token is stored."""
        ...

    def open_image_attempt(self, image: ImageId, token: str) -> OpenedImageAttempt: ...

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

    def receive_webhook(
        self, webhook_id: str, marker: str, provider_id: str, status: str, terminal: bool
    ) -> ReceivedWebhook:
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

    def attempt_missing(self, attempt_id: AttemptId) -> bool:
        """The provider does not know it; true when it did not know it a minute ago either."""
        ...

    def attempt_found(self, attempt_id: AttemptId) -> None: ...

    def record_result(
        self,
        attempt_id: AttemptId,
        provider_status: str,
        output: ProviderOutput,
        error: str | None,
        seconds: float | None,
    ) -> Attempt:
        """The first terminal truth wins."""
        ...

    def forget_token(self, attempt_id: AttemptId) -> None:
        """After this, nobody is woken with it."""
        ...

    def callback_sent(self, attempt_id: AttemptId, token: str) -> bool:
        """False when a newer token was stored meanwhile."""
        ...

    def callbacks_due(self, most: int) -> list[Attempt]: ...

    def claim_attempts_to_ask(self, most: int) -> list[AttemptId]:
        """A claim: what one caller was given, no other is given for four minutes."""
        ...
