"""What can go wrong at one effect, and where each kind of it makes sense."""

from dataclasses import dataclass
from enum import StrEnum

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


INVOCATION = {Kind.CRASH_BEFORE, Kind.CRASH_AFTER, Kind.SLOW, Kind.FIVE}
LOST = {Kind.CUT_BEFORE, Kind.CUT_AFTER, Kind.ACTED_LATER}
WIRE = LOST | {Kind.BUSY, Kind.BROKEN, Kind.TRUNCATED, Kind.HTML}
LOOK = {Kind.GONE_FOR_A_WHILE, Kind.OUTPUT_LATER}
OUTAGES = {Kind.SHORT_OUTAGE: SHORT_OUTAGE_SECONDS, Kind.OUTAGE: OUTAGE_SECONDS}
SKEWS = {Kind.CLOCK_FAST: SKEW_SECONDS, Kind.CLOCK_SLOW: -SKEW_SECONDS}
READS = {
    "look", "list_runs", "look_at_training", "look_at_image", "fetch", "read", "link", "links_as", "sign_upload_as",
}  # fmt: skip
AWS = {"workflow", "queue"}
CLOCK = "clock"


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
    if effect.port in AWS:
        possible = INVOCATION | LOST | {Kind.TWICE, Kind.OUTAGE}
    elif effect.method.startswith("start_"):
        possible = INVOCATION | WIRE | {Kind.OUTAGE}  # twice is what our one POST must never be
    else:
        possible = INVOCATION | WIRE | {Kind.TWICE, Kind.OUTAGE}
    if effect.port == "store":
        possible |= {Kind.SHORT_OUTAGE}
    if effect.method == "look":
        possible |= LOOK
    if effect.method in READS:
        possible -= {Kind.ACTED_LATER, Kind.CUT_AFTER, Kind.TWICE}
    return [kind for kind in Kind if kind in possible]
