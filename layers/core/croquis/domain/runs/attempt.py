"""One intended paid call, as its row says, and what follows from it. Decisions only: nothing here asks or writes."""

from datetime import datetime
from enum import StrEnum

from croquis.domain.ids import AttemptId, ImageId
from croquis.domain.row import Row
from croquis.domain.runs.provider_attempt import ProviderStatus


class AttemptState(StrEnum):
    """Equal to the values in `provider_attempts.state`."""

    INTENT = "intent"  # written before the POST
    UNKNOWN = "unknown"  # the answer did not say whether a run exists
    STARTED = "started"
    REFUSED = "refused"  # clearly not started
    THROTTLED = "throttled"  # not started, because the provider is busy
    ENDED = "ended"


class Answer(StrEnum):
    """What a workflow whose waiting ended unclearly is told to do."""

    GO_ON = "go_on"
    WAIT = "wait"
    GIVE_UP = "give_up"


class ProviderOutput(Row):
    """What a run that has ended left at the provider."""

    version: str | None = None
    weights: str | None = None
    pictures: tuple[str, ...] = ()
    images_found: int | None = None  # None where the provider keeps no log: unknown is not wrong


class Attempt(Row):
    """`task_token` is there only in the answers whose reader may wake somebody."""

    id: AttemptId
    run_id: str | None
    image_id: ImageId | None
    state: AttemptState
    marker: str
    seed: int | None
    provider_id: str | None
    provider_status: ProviderStatus | None
    output: ProviderOutput | None
    error: str | None
    missing_since: datetime | None
    task_token: str | None = None
    callback_due: datetime | None
    callback_sent_at: datetime | None

    @property
    def succeeded(self) -> bool:
        return self.provider_status is ProviderStatus.SUCCEEDED

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
        case AttemptState.REFUSED:
            return Answer.GIVE_UP
        case AttemptState.STARTED | AttemptState.THROTTLED:
            return Answer.GIVE_UP if overdue else Answer.WAIT
        case AttemptState.INTENT | AttemptState.UNKNOWN:
            # a paid run may exist, so the job waits and nothing is released; but a picture is canceled and forgotten
            # by the provider within the hour, and not worth waiting for any longer
            return Answer.GIVE_UP if overdue and attempt.image_id else Answer.WAIT
