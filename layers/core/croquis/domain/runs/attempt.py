"""One intended paid call, as its row says, and what follows from it. Decisions only: nothing here asks or writes."""

from datetime import datetime
from decimal import Decimal
from enum import StrEnum

from croquis.domain.ids import AttemptId, ImageId
from croquis.domain.row import Row


class RunKind(StrEnum):
    """The provider's two kinds of paid runs; equal to the values in `provider_runs.kind`."""

    TRAINING = "training"
    IMAGE = "image"


class ProviderStatus(StrEnum):
    """How a run stands at the provider; equal to the values in `provider_attempts.provider_status`."""

    STARTING = "starting"
    PROCESSING = "processing"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    CANCELED = "canceled"
    ABORTED = "aborted"  # ended before it ran

    @property
    def is_terminal(self) -> bool:
        return self not in (ProviderStatus.STARTING, ProviderStatus.PROCESSING)


class Outcome(StrEnum):
    """What is known about a paid order after its one POST."""

    STARTED = "started"
    NOT_STARTED = "not_started"
    THROTTLED = "throttled"
    UNKNOWN = "unknown"


class Reason(StrEnum):
    """Why the provider refused an order; the first word of `provider_attempts.error`."""

    NO_CREDIT = "no_credit"
    BAD_SETUP = "bad_setup"  # it does not know our destination or the trainer
    BAD_PARAMETERS = "bad_parameters"
    OTHER = "refused"


class AttemptState(StrEnum):
    """Equal to the values in `provider_attempts.state`."""

    INTENT = "intent"  # written before the POST
    UNKNOWN = "unknown"  # the answer did not say whether a run exists
    STARTED = "started"
    ABSENT = "absent"  # looked for after the quarantine: it never took effect
    REFUSED = "refused"  # clearly not started
    THROTTLED = "throttled"  # not started, because the provider is busy
    ENDED = "ended"
    LOST = "lost"  # it ran, and the provider knows it no longer


class Answer(StrEnum):
    """What a workflow should do after its waiting ended unclearly."""

    GO_ON = "go_on"
    WAIT = "wait"
    GIVE_UP = "give_up"


class ProviderOutput(Row):
    """What a run that has ended left at the provider."""

    version: str | None = None
    weights: str | None = None
    images: tuple[str, ...] = ()
    filtered: bool = False  # the engine's safety filter kept it back
    images_found: int | None = None  # None where the provider keeps no log: unknown is not wrong


class Attempt(Row):
    """`task_token` is there only in the answers whose reader may wake somebody."""

    id: AttemptId
    run_id: str | None
    image_id: ImageId | None
    state: AttemptState
    marker: str
    seed: int | None
    nonce: int | None
    posted_at: datetime | None
    provider_id: str | None
    provider_status: ProviderStatus | None
    output: ProviderOutput | None
    error: str | None
    expected_usd: Decimal
    missing_since: datetime | None
    task_token: str | None = None
    callback_due: datetime | None
    callback_sent_at: datetime | None
    created_at: datetime

    @property
    def kind(self) -> RunKind:
        return RunKind.TRAINING if self.run_id else RunKind.IMAGE

    @property
    def is_open(self) -> bool:
        """It may still cost money."""
        return self.state in (AttemptState.INTENT, AttemptState.UNKNOWN, AttemptState.STARTED)

    @property
    def succeeded(self) -> bool:
        return self.provider_status is ProviderStatus.SUCCEEDED

    @property
    def reason(self) -> Reason:
        """Why it was refused."""
        word = (self.error or "").partition(":")[0]
        return Reason(word) if word in set(Reason) else Reason.OTHER

    @property
    def wakes(self) -> str | None:
        """The token of whoever waits for this attempt's result and has not been woken yet."""
        return self.task_token if self.callback_due and not self.callback_sent_at else None

    @property
    def result(self) -> ProviderOutput:
        """What it left, or an empty output."""
        return self.output or ProviderOutput()


def answer_about(attempt: Attempt | None, *, overdue: bool) -> Answer:
    """Go on, wait or give up: only the provider's word or the deadline ends a run that may have been paid."""
    if attempt is None:
        return Answer.WAIT  # the order was never written: Start makes it now, or says why not
    match attempt.state:
        case AttemptState.ENDED:
            return Answer.GO_ON if attempt.succeeded else Answer.GIVE_UP
        case AttemptState.REFUSED | AttemptState.LOST:
            return Answer.GIVE_UP
        case _:
            # Start looks further, or makes another attempt where that is allowed. After the deadline the job ends all
            # the same; an attempt that is still open stays so, with its money, and is the sweep's
            return Answer.GIVE_UP if overdue else Answer.WAIT
