"""What can go wrong at one effect, and where each kind of it makes sense."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

OUTAGE_SECONDS, SHORT_OUTAGE_SECONDS = 1800, 120
HEALS_AFTER_SECONDS, ACTS_AFTER_SECONDS = 300, 240
SKEW_SECONDS = 600


class Kind(StrEnum):
    """One fault; its value is what a replay is told."""

    CRASH_BEFORE = "crash_before"  # the invocation dies, and its neighbour was not asked
    CRASH_AFTER = "crash_after"
    SLOW = "slow"  # the neighbour does not answer, and the invocation is ended at its time-out
    TWICE = "twice"  # the neighbour is asked twice
    FIVE = "five"  # the invocation is made five times
    BUSY = "429"
    BROKEN = "500"
    CUT_BEFORE = "cut_before"  # no answer, and nothing was done
    CUT_AFTER = "cut_after"  # no answer, and it was done
    ACTED_LATER = "acted_later"  # no answer, and it is done minutes later
    TRUNCATED = "truncated"  # it was done, and half of the answer comes
    HTML = "html"  # it was done, and a page comes instead of the answer
    GONE_FOR_A_WHILE = "404_heals"
    OUTPUT_LATER = "output_later"
    SHORT_OUTAGE = "outage_2m"
    OUTAGE = "outage_30m"
    CLOCK_FAST = "clock_fast"
    CLOCK_SLOW = "clock_slow"
    RESTARTED = "restarted"  # Postgres is, and cuts all its connections
    MODEL_ERASED = "model_erased"  # its owner asks for that, and is answered, just before the neighbour is asked
    ACCOUNT_ERASED = "account_erased"
    ROTATED = "rotated"  # the secret: its neighbour knows the new one only, and we keep the old one for minutes

    # the provider's own, for the life of the run that is ordered
    REFUSED = "refused"
    NO_CREDIT = "no_credit"
    LOW_CREDIT = "low_credit"
    QUEUED = "queued"
    VANISHED = "vanished"  # 404 after half an hour in the queue
    LISTED_LATE = "listed_late"  # cut after it was done, no webhooks, and the list lags
    ABORTED = "aborted"
    FAILED = "failed"
    UNKNOWN_END = "unknown_end"
    OTHER_VERSION = "other_version"
    LONG_LOG = "long_log"
    IMAGES_LOST = "images_lost"
    NO_OUTPUT_YET = "no_output_yet"
    NO_COST_YET = "no_cost_yet"
    DATA_GONE = "data_gone"  # not to be seen until its data are removed
    WEIGHTS_CUT = "weights_cut"
    DELIVERY_BREAKS = "delivery_breaks"
    WEBHOOKS_LOST = "webhooks_lost"
    END_LOST = "end_lost"
    WEBHOOKS_TWICE = "webhooks_twice"
    NEWS_TWICE = "news_twice"
    WEBHOOKS_LATE = "webhooks_late"
    WEBHOOKS_BACKWARDS = "webhooks_backwards"
    WEBHOOKS_ASTRAY = "webhooks_astray"
    WEBHOOKS_UNDATED = "webhooks_undated"
    WEBHOOK_EARLY = "webhook_early"
    # and of its other calls
    CANCEL_IGNORED = "cancel_ignored"
    CANCEL_LATE = "cancel_late"
    CUT_AT_SIXTY = "cut_at_60_percent"  # this one download


INVOCATION = {Kind.CRASH_BEFORE, Kind.CRASH_AFTER, Kind.SLOW, Kind.FIVE}
LOST = {Kind.CUT_BEFORE, Kind.CUT_AFTER, Kind.ACTED_LATER}
WIRE = LOST | {Kind.BUSY, Kind.BROKEN, Kind.TRUNCATED, Kind.HTML}
LOOK = {Kind.GONE_FOR_A_WHILE, Kind.OUTPUT_LATER}
OUTAGES = {Kind.SHORT_OUTAGE: SHORT_OUTAGE_SECONDS, Kind.OUTAGE: OUTAGE_SECONDS}
SKEWS = {Kind.CLOCK_FAST: SKEW_SECONDS, Kind.CLOCK_SLOW: -SKEW_SECONDS}
# what costs time and nothing else: the order ends as it would have
HARMLESS = {
    Kind.RESTARTED, Kind.NO_CREDIT, Kind.LOW_CREDIT, Kind.LISTED_LATE, Kind.OTHER_VERSION, Kind.LONG_LOG,
    Kind.NO_OUTPUT_YET, Kind.NO_COST_YET, Kind.WEBHOOKS_LOST, Kind.END_LOST, Kind.WEBHOOKS_TWICE, Kind.NEWS_TWICE,
    Kind.WEBHOOKS_LATE, Kind.WEBHOOKS_BACKWARDS, Kind.WEBHOOKS_ASTRAY, Kind.WEBHOOKS_UNDATED, Kind.WEBHOOK_EARLY,
    Kind.CANCEL_IGNORED, Kind.CANCEL_LATE, Kind.CUT_AT_SIXTY,
}  # fmt: skip
ERASURES = {Kind.MODEL_ERASED, Kind.ACCOUNT_ERASED}
READS = {
    "look", "list_runs", "look_at_training", "look_at_image", "fetch", "read", "link", "links_as", "sign_upload_as",
    "measure",
}  # fmt: skip
AWS = {"workflow", "queue", "faces"}
CLOCK, SECRETS = "clock", "secrets"
SECRET_OF = {"store": "SUPABASE_SECRET", "files": "SUPABASE_SECRET", "sign_ins": "SUPABASE_SECRET"}
SECRET_OF |= {"provider": "REPLICATE_SECRET"}
KEPT_SECONDS = 300  # how long a secret is that was read

# what the twin is told when an order meets the fault
OF_RUNS: dict[Kind, dict[str, Any]] = {
    Kind.REFUSED: {"create_answers": "422"},
    Kind.NO_CREDIT: {"create_answers": "402"},
    Kind.LOW_CREDIT: {"create_answers": "429_low_credit"},
    Kind.QUEUED: {"queued_s": 1500},
    Kind.VANISHED: {"vanishes_after_s": 1800},
    Kind.LISTED_LATE: {"create_answers": "drop_connection_after", "list_lag_s": 540, "lose_webhooks": "all"},
    Kind.ABORTED: {"training_ends": "aborted", "prediction_ends": "aborted"},
    Kind.FAILED: {"training_ends": "failed", "prediction_ends": "failed"},
    Kind.UNKNOWN_END: {"unknown_end": "evaporated"},
    Kind.OTHER_VERSION: {"reported_version": "0" * 64},
    Kind.NO_OUTPUT_YET: {"output_late_s": 500},
    Kind.NO_COST_YET: {"metrics_late_s": 900},
    Kind.DATA_GONE: {"unreadable_s": (1, 4500), "lose_webhooks": "all", "training_data_removed": True},
    Kind.WEBHOOKS_LOST: {"lose_webhooks": "all"},
    Kind.END_LOST: {"lose_webhooks": "terminal"},
    Kind.WEBHOOKS_TWICE: {"duplicate_webhook": True},
    Kind.NEWS_TWICE: {"duplicate_webhook": "new_id"},
    Kind.WEBHOOKS_LATE: {"webhook_delay_s": 900},
    Kind.WEBHOOKS_BACKWARDS: {"webhooks_backwards": True},
    Kind.WEBHOOKS_ASTRAY: {},  # to the newest other attempt
    Kind.WEBHOOKS_UNDATED: {"webhook_clock_off_s": -900},
    Kind.WEBHOOK_EARLY: {"early_webhook": True},
}
OF_TRAININGS: dict[Kind, dict[str, Any]] = {
    Kind.LONG_LOG: {"log_bytes": 3_000_000},
    Kind.IMAGES_LOST: {"images_lost": 2},
    Kind.WEIGHTS_CUT: {"output_truncated": True},
    Kind.DELIVERY_BREAKS: {"delivery_breaks": True},
}
OF_CANCELS: dict[Kind, dict[str, Any]] = {
    Kind.CANCEL_IGNORED: {"cancel_ignored": True, "times": 1000},
    Kind.CANCEL_LATE: {"cancel_delay_s": 300, "times": 1000},
}
OF_DOWNLOADS: dict[Kind, dict[str, Any]] = {Kind.CUT_AT_SIXTY: {"output_truncated": True}}
# the point of the twin, and what goes wrong there, by the method that comes to it
OF_THE_TWIN: dict[str, tuple[str, dict[Kind, dict[str, Any]]]] = {
    "start_training": ("create", OF_RUNS | OF_TRAININGS),
    "start_image": ("create", OF_RUNS),
    "cancel": ("cancel", OF_CANCELS),
    "fetch": ("download", OF_DOWNLOADS),
}


@dataclass(frozen=True)
class Effect:
    """One call of a port: where it was made (the function that was running), and its how-manieth there it was."""

    where: str
    port: str
    method: str
    nth: int

    @property
    def place(self) -> str:
        return f"{self.where}/{self.port}.{self.method}"

    def __str__(self) -> str:
        return f"{self.place}#{self.nth}"


@dataclass(frozen=True)
class Fault:
    """A kind at an effect."""

    kind: Kind
    effect: Effect

    def __str__(self) -> str:
        return f"{self.kind} at {self.effect}"


def fault_of(text: str) -> Fault:
    """What `str` of a fault says."""
    kind, _, effect = text.partition(" at ")
    place, _, nth = effect.rpartition("#")
    where, _, call = place.partition("/")
    port, _, method = call.partition(".")
    return Fault(Kind(kind), Effect(where, port, method, int(nth)))


def kinds_of(effect: Effect) -> list[Kind]:
    """What may happen to it, in a fixed order."""
    if effect.port == CLOCK:
        return list(SKEWS)
    if effect.port == SECRETS:
        return [Kind.CUT_BEFORE, Kind.OUTAGE, Kind.ROTATED]
    if effect.port in AWS:
        possible = INVOCATION | LOST | {Kind.TWICE, Kind.OUTAGE}
    elif effect.method.startswith("start_"):
        possible = INVOCATION | WIRE | {Kind.OUTAGE}  # twice is what our one POST must never be
    else:
        possible = INVOCATION | WIRE | {Kind.TWICE, Kind.OUTAGE}
    if effect.port == "store":
        possible |= {Kind.SHORT_OUTAGE, Kind.RESTARTED}
    if effect.port in SECRET_OF and effect.method != "fetch":
        possible |= {Kind.ROTATED}
    if effect.method == "look":
        possible |= LOOK
    if effect.method in READS:
        possible -= {Kind.ACTED_LATER, Kind.CUT_AFTER, Kind.TWICE}
    possible |= set(OF_THE_TWIN.get(effect.method, ("", {}))[1])
    return [kind for kind in Kind if kind in possible | ERASURES]
