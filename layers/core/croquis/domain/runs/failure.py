"""What an owner is told when a run or a picture failed: a code, a sentence, a way to mend it. No provider's words."""

from typing import NamedTuple


class Failure(NamedTuple):
    """As it stands in the row."""

    code: str
    sentence: str
    mend: str


RETRY = "Try again with POST …/review and the decision retry: the photos are still there."
ORDER_AGAIN = "Order the picture again with POST /v1/models/{id}/generations."
INTERNAL = Failure("internal", "Something went wrong on our side.", RETRY)
BY_ERROR = {
    "Throttled": Failure("provider_busy", "The provider was too busy for a long time and started nothing.", RETRY),
    "WeightsRefused": Failure(
        "weights_refused", "The provider delivered weights that are damaged or not what was ordered.", RETRY
    ),
    "DatasetIncomplete": Failure(
        "images_missing",
        "The trainer did not find all the pictures that were sent to it, so its model is not kept.",
        "Try again with POST …/review and the decision retry; tell the operator if it happens again.",
    ),
    "StepFailed": Failure("step_failed", "A step of the work could not be done.", RETRY),
    "States.Timeout": Failure("timed_out", "The run took longer than allowed and was stopped.", RETRY),
}
BY_REFUSAL = {
    "402": Failure("provider_credit", "The provider refused the order because our account there has no credit.",
                   "Tell the operator to add credit, then try again; nothing was charged."),
    "404": Failure("provider_setup", "The provider does not know our destination model or the trainer's version.",
                   "Tell the operator to check REPLICATE_DESTINATION and REPLICATE_TRAINER, then try again; "
                   "nothing was charged."),
    "422": Failure("provider_refused", "The provider refused the parameters of this order.",
                   "Try again with other parameters; nothing was charged."),
}  # fmt: skip
BY_PROVIDER_STATUS = {
    "failed": Failure("failed_at_provider", "The run failed at the provider.", RETRY),
    "aborted": Failure("aborted_at_provider", "The provider gave up before the run began; nothing was charged.", RETRY),
    "canceled": Failure("canceled_at_provider", "The run was canceled at the provider.", RETRY),
}
UNANSWERED = Failure("unanswered", "The provider never said whether it took the order.", RETRY)


def failure_of(error_name: str | None, attempt: dict[str, str | None] | None, *, overdue: bool = False) -> Failure:
    """From the workflow's error name and the last attempt (its `state`, `provider_status`, `error`).

    A run that was canceled after its deadline was canceled by us.
    """
    if attempt and attempt["state"] == "ended" and attempt["provider_status"] in BY_PROVIDER_STATUS:
        late = overdue and attempt["provider_status"] == "canceled"
        return BY_ERROR["States.Timeout"] if late else BY_PROVIDER_STATUS[attempt["provider_status"]]
    if attempt and attempt["state"] == "refused":
        status = (attempt["error"] or "").partition(":")[0]
        return BY_REFUSAL.get(
            status, Failure("provider_refused", "The provider refused the order; nothing was charged.", RETRY)
        )
    if attempt and attempt["state"] == "started":
        return BY_ERROR["States.Timeout"]
    if attempt and attempt["state"] in ("intent", "unknown"):
        return UNANSWERED
    return BY_ERROR.get(error_name or "", INTERNAL)


def picture_failure_of(error_name: str | None, attempt: dict[str, str | None] | None) -> Failure:
    """The same for a picture, which is not reviewed but ordered anew."""
    failure = failure_of(error_name, attempt)
    return failure._replace(mend=ORDER_AGAIN) if failure.mend == RETRY else failure
