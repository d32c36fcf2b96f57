"""What an owner sees when a run or an image failed: a code, a sentence, a hint. No provider's words."""

from typing import NamedTuple

from croquis.domain.runs.attempt import Attempt, AttemptState, ProviderStatus, Reason


class Failure(NamedTuple):
    """As it stands in the row."""

    code: str
    sentence: str
    hint: str


RETRY = "You can try again: the photos are still there."
ORDER_AGAIN = "Order the image again."
OTHER_WORDS = "The provider may have refused what it shows: order it again with other words."
FILTERED = Failure(
    "safety_filter",
    "The provider's safety filter held back the picture; it costs you nothing.",
    "Order it again in other words: name more clothes, and avoid what suggests bare skin, swimwear or underwear.",
)
INTERNAL = Failure("internal", "Something went wrong on our side.", RETRY)
BY_ERROR = {
    "Throttled": Failure("provider_busy", "The provider was too busy for a long time and started nothing.", RETRY),
    "WeightsRefused": Failure(
        "weights_refused", "The provider delivered weights that are damaged or not what was ordered.", RETRY
    ),
    "DatasetIncomplete": Failure(
        "images_missing",
        "The trainer did not find all the images that were sent to it, so its model is not kept.",
        "You can try again; tell the operator if it happens twice.",
    ),
    "StorageTooSmall": Failure(
        "weights_too_large",
        "The storage does not accept files as large as these weights, so nothing was ordered or charged.",
        "Choose the preset compact or a lower lora_rank, or have the operator raise the storage's file size limit.",
    ),
    "FaceNotFound": Failure(
        "no_face_found",
        "No face could be made out in the picture, so nothing was ordered or charged.",
        "Choose a picture in which one person's face can be seen.",
    ),
    "FaceLargeEnough": Failure(
        "face_large_enough",
        "The face in the picture is already large enough, so nothing was ordered or charged.",
        "Order the picture again with another seed instead.",
    ),
    "Paused": Failure("closed", "No paid work was accepted for a whole day.", RETRY),
    "StepFailed": Failure("step_failed", "One step of the work failed.", RETRY),
    "States.Timeout": Failure("timed_out", "The run took longer than allowed and was stopped.", RETRY),
}
BY_REFUSAL = {
    Reason.NO_CREDIT: Failure(
        "provider_credit",
        "The provider refused the order because our account there has no credit.",
        "Tell the operator to add credit, then try again; nothing was charged.",
    ),
    Reason.BAD_SETUP: Failure(
        "provider_setup",
        "The provider does not know our destination model or the trainer's version.",
        "Tell the operator to check the destination model and the trainer, then try again; nothing was charged.",
    ),
    Reason.BAD_PARAMETERS: Failure(
        "provider_refused",
        "The provider refused the parameters of this order.",
        "Try again with other parameters; nothing was charged.",
    ),
}
BY_PROVIDER_STATUS: dict[ProviderStatus | None, Failure] = {
    ProviderStatus.FAILED: Failure("failed_at_provider", "It failed at the provider.", RETRY),
    ProviderStatus.ABORTED: Failure(
        "aborted_at_provider", "The provider gave up before the run began; nothing was charged.", RETRY
    ),
    ProviderStatus.CANCELED: Failure("canceled_at_provider", "The run was canceled at the provider.", RETRY),
}
REFUSED = Failure("provider_refused", "The provider refused the order; nothing was charged.", RETRY)
UNANSWERED = Failure("unanswered", "The provider never said whether it took the order.", RETRY)
LOST = Failure("lost_at_provider", "The provider no longer knows how the run ended; it is not charged.", RETRY)
NOT_KEPT = Failure(
    "not_kept",
    "The training succeeded, but its result could not be stored within a day; it is not charged.",
    "Tell the operator: the provider still has the result.",
)
SOURCE_GONE = Failure(
    "source_gone",
    "The picture that it was to be made from was removed, or refused by the person shown.",
    "Make it from another picture.",
)
REFUSED_BY_ENGINE = Failure(
    "refused_by_engine",
    "The engine refused to make this picture for what it shows; it costs you nothing.",
    "Try other garments or another picture, or another engine: some refuse harmless pictures.",
)
VERDICTS = frozenset({"weights_refused", "images_missing"})  # about a result itself; croquis.result_waits() knows them


def failure_of(error_name: str | None, attempt: Attempt | None, *, overdue: bool = False) -> Failure:
    """From the workflow's error name and the last attempt. A run canceled after its deadline was canceled by us."""
    by_error = BY_ERROR.get(error_name or "", INTERNAL)
    if attempt is None:
        return by_error
    match attempt.state:
        case AttemptState.ENDED:
            status = attempt.provider_status
            if overdue and status is ProviderStatus.SUCCEEDED and by_error.code not in VERDICTS:
                return NOT_KEPT
            late = overdue and status is ProviderStatus.CANCELED
            return BY_ERROR["States.Timeout"] if late else BY_PROVIDER_STATUS.get(status, by_error)
        case AttemptState.REFUSED:
            return BY_REFUSAL.get(attempt.reason, REFUSED)
        case AttemptState.STARTED:
            return BY_ERROR["States.Timeout"]
        case AttemptState.INTENT | AttemptState.UNKNOWN | AttemptState.ABSENT:
            return UNANSWERED
        case AttemptState.LOST:
            return LOST
        case AttemptState.THROTTLED:
            return BY_REFUSAL[Reason.NO_CREDIT] if attempt.reason is Reason.NO_CREDIT else by_error


def image_failure_of(error_name: str | None, attempt: Attempt | None, refusal_words: tuple[str, ...] = ()) -> Failure:
    """The same for an image, which is ordered again instead of reviewed.

    `refusal_words` are those with which the engine of a try-on refuses what a picture shows.
    """
    if attempt and attempt.result.filtered:
        return FILTERED
    if attempt and any(word in (attempt.error or "") for word in refusal_words):
        return REFUSED_BY_ENGINE
    failure = failure_of(error_name, attempt)
    if failure == BY_PROVIDER_STATUS[ProviderStatus.FAILED]:  # perhaps a filter's no in other words
        return failure._replace(hint=OTHER_WORDS)
    return failure._replace(hint=ORDER_AGAIN) if failure.hint == RETRY else failure
