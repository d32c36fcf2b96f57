"""What AWS meters of calls, and its dollars. What cannot be measured here is assumed, rather too high than too low."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from bench.costs.prices import GB, PRICES, Prices
from bench.costs.recording import Call
from sandbox.aws.stack import Stack

WHOLE_PROCESSOR_MB = 1769  # with so much memory a function has one; with less a share, with more no more is used
INIT_SECONDS = 1.5  # assumed: every call but those of a live log finds no warm process, and reads its secrets
DATABASE_SECONDS, STORAGE_SECONDS, PROVIDER_SECONDS, AWS_SECONDS = 0.03, 0.1, 0.4, 0.03  # assumed, of one request
BYTES_A_SECOND = 6_000_000  # assumed, as in domain/runs/progress.py
PLATFORM_BYTES = 800  # of the lines in which Lambda tells the start and the end of a call
ACCESS_BYTES = 250  # of a line of the API's accesses
METERED_BYTES = 512 * 1024


@dataclass(frozen=True)
class Cut:
    """A function, as the template has it cut."""

    memory: int
    is_arm: bool
    traced: bool
    secrets: int

    @classmethod
    def of(cls, stack: Stack, name: str) -> "Cut":
        it = stack.transformed["Resources"][name]["Properties"]
        secrets = sum(variable.endswith("_SECRET") for variable in stack.functions[name].environment)
        traced = it["TracingConfig"]["Mode"] == "Active"
        return cls(it["MemorySize"], it["Architectures"] == ["arm64"], traced, secrets)


@dataclass
class Usage:
    """What is metered. Usages add up, and times many they are of many."""

    metered: Counter[str] = field(default_factory=Counter[str])

    def __add__(self, other: "Usage") -> "Usage":
        return Usage(Counter({it: self.metered[it] + other.metered[it] for it in {*self.metered, *other.metered}}))

    def __mul__(self, many: float) -> "Usage":
        return Usage(Counter({name: many * it for name, it in self.metered.items()}))

    def dollars(self, prices: Prices = PRICES) -> dict[str, float]:
        """By what it is paid for, the dearest first."""
        it = self.metered
        found = {
            "functions": it["arm_gb_s"] * prices.arm_gb_second
            + it["x86_gb_s"] * prices.x86_gb_second
            + it["calls"] * prices.invocation,
            "API": it["requests"] * prices.api_request,
            "state machines": it["transitions"] * prices.state_transition,
            "queues": it["queue_requests"] * prices.queue_request,
            "secrets": it["secrets"] * prices.secret_read,
            "logs": it["logged"] / GB * prices.logged_gb,
            "traces": it["traces"] * prices.traced,
            "data sent": it["sent"] / GB * prices.sent_gb,
        }
        return dict(sorted(found.items(), key=lambda part: -part[1]))

    @property
    def total(self) -> float:
        return sum(self.dollars().values())


def usage(stack: Stack, calls: Iterable[Call], *, transitions: int = 0, warm: bool = False) -> Usage:
    """Of these calls, as their functions are cut in the template."""
    found = Usage(Counter({"transitions": transitions}))
    for call in calls:
        found += Usage(Counter(_metered(Cut.of(stack, call.function), call, warm=warm)))
    return found


def seconds_of(cut: Cut, call: Call) -> float:
    """How long it would take there: its share of a processor, what it waits for, and what passes through it."""
    share = min(1.0, cut.memory / WHOLE_PROCESSOR_MB)
    waited = call.database * DATABASE_SECONDS + call.storage * STORAGE_SECONDS + call.provider * PROVIDER_SECONDS
    waited += sum(call.aws.values()) * AWS_SECONDS
    return call.seconds / share + waited + (call.up + call.down) / BYTES_A_SECOND


def _metered(cut: Cut, call: Call, *, warm: bool) -> Mapping[str, float]:
    seconds = seconds_of(cut, call) + (0 if warm else INIT_SECONDS)
    return {
        "calls": 1,
        "seconds": seconds,
        "arm_gb_s" if cut.is_arm else "x86_gb_s": seconds * cut.memory / 1024,
        "requests": _requests(call),
        "queue_requests": 3 * call.aws["SendMessage"],
        "secrets": 0 if warm else cut.secrets,
        "logged": call.logged + PLATFORM_BYTES + (ACCESS_BYTES if call.route else 0),
        "traces": int(cut.traced),
        "sent": call.up + call.answered,
        "database": call.database,
        "from_supabase": call.down,
    }


def _requests(call: Call) -> int:
    return -(-(len(call.body) + call.answered) // METERED_BYTES) if call.route else 0
