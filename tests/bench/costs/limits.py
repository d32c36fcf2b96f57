"""Which limit comes next: at how many trainings a month each is reached, and what is to be turned before."""

from collections.abc import Iterator
from dataclasses import dataclass

from contracts.deployment import functions, reserved

from bench.costs.at_rest import MONTH_SECONDS
from bench.costs.model import TRAINING_SECONDS, hints, log_events, log_of_training
from bench.costs.played import Played
from bench.costs.prices import GB, PLAN
from bench.costs.usage import Usage, usage
from sandbox.aws.stack import Stack

BUSIEST = 5  # assumed: at the busiest moment there is so many times as much as on average
WEBHOOKS, ACCOUNT_CONCURRENCY = "POST /webhooks/replicate/{marker}", 1000
CREATES_A_MINUTE = 600  # predictions, of an account at Replicate
PICTURES_A_TRAINING = 20  # assumed, previews included
POOL, REQUEST_SECONDS = 10, 0.01  # PostgREST's connections where nobody asked for more; assumed, of one request
WEIGHTS_BYTES = 171.8e6


@dataclass(frozen=True)
class Limit:
    """After so many trainings a month; `uses` is what one of them takes of the `bound`, `then` what is to be done."""

    name: str
    uses: str
    bound: str
    trainings: float
    then: str
    unit: str = " trainings a month"


def limits(stack: Stack, played: Played, usd_per_day: float, usd_per_training: float) -> Iterator[Limit]:
    """In no order; the dollars are what a training pays to the provider, and what all may pay in a day."""
    yield Limit(
        "our cap on a day's orders", f"${usd_per_training:.2f}", f"${usd_per_day:,.0f} a day",
        30 * usd_per_day / usd_per_training, "raise it: `croquis admin limits --set usd_per_day=…`",
    )  # fmt: skip
    yield Limit(
        "Replicate's rate of orders", f"{PICTURES_A_TRAINING} pictures", f"{CREATES_A_MINUTE} a minute",
        CREATES_A_MINUTE / 60 * MONTH_SECONDS / PICTURES_A_TRAINING / BUSIEST, "ask Replicate for more",
    )  # fmt: skip
    log = log_of_training(stack, played)
    everything = usage(stack, [*played.photos, *played.training]) + log
    yield from _of_aws(stack, everything, log)
    yield from _of_the_database(everything)
    yield from _of_realtime(2 * hints(played))  # one message is counted for who sends it, one for who listens
    yield from _of_storage(everything.metered["from_supabase"] + _zip(played))


def _of_aws(stack: Stack, everything: Usage, log: Usage) -> Iterator[Limit]:
    events, (rate, _) = log_events() / TRAINING_SECONDS, stack.throttles[WEBHOOKS]
    yield Limit(
        "the throttle of the webhooks' route", f"{events:.1f} a second", f"{rate:.0f} a second",
        _month(rate / events), "raise its `ThrottlingRateLimit`",
    )  # fmt: skip
    busy, room = log.metered["seconds"] / TRAINING_SECONDS, reserved(functions()["ReplicateWebhook"])
    yield Limit(
        "the room of ReplicateWebhook", f"{busy:.2f} at once", f"{room} reserved",
        _month(room / busy), "raise its `ReservedConcurrentExecutions`",
    )  # fmt: skip
    at_once = everything.metered["seconds"] / TRAINING_SECONDS
    yield Limit(
        "Lambda's concurrency", f"{at_once:.2f} at once", f"{ACCOUNT_CONCURRENCY:,} of an account",
        _month(ACCOUNT_CONCURRENCY / at_once), "ask for more under Service Quotas",
    )  # fmt: skip


def _of_the_database(everything: Usage) -> Iterator[Limit]:
    asked = everything.metered["database"] / TRAINING_SECONDS
    yield Limit(
        "PostgREST's connections", f"{asked:.1f} requests a second", f"{POOL} connections",
        _month(POOL / REQUEST_SECONDS / asked), "a larger compute size of the project, and a larger pool",
    )  # fmt: skip


def _of_realtime(messages: float) -> Iterator[Limit]:
    yield Limit(
        "Realtime's messages of a month", f"{messages:,.0f}", f"{PLAN.messages / 1e6:.0f} million in the plan",
        PLAN.messages / messages, f"further ones cost ${messages * PLAN.further_message:.4f} a training",
    )  # fmt: skip
    a_second = messages / TRAINING_SECONDS
    yield Limit(
        "Realtime's messages of a second", f"{a_second:.1f}", f"{PLAN.messages_a_second}",
        _month(PLAN.messages_a_second / a_second), "take the project's spend cap off: 2,500 a second",
    )  # fmt: skip


def _of_storage(read: float) -> Iterator[Limit]:
    yield Limit(
        "egress of Storage", f"{read / 1e6:.0f} MB", f"{PLAN.egress_gb:.0f} GB in the plan",
        PLAN.egress_gb * GB / read, f"further ones cost ${read / GB * PLAN.further_egress_gb:.4f} a training",
    )  # fmt: skip
    a_month = WEIGHTS_BYTES / GB * PLAN.further_stored_gb
    yield Limit(
        "room of Storage", f"{WEIGHTS_BYTES / 1e6:.0f} MB", f"{PLAN.stored_gb:.0f} GB in the plan",
        PLAN.stored_gb * GB / WEIGHTS_BYTES, f"further ones cost ${a_month:.4f} a month each; `compact` takes 7 MB",
        " models that are kept",
    )  # fmt: skip


def _month(at_once: float) -> float:
    """Trainings a month, of which so many run at the busiest moment."""
    return at_once / TRAINING_SECONDS * MONTH_SECONDS / BUSIEST


def _zip(played: Played) -> float:
    """What the provider fetches for a training."""
    return sum(it.up for it in played.training if it.function == "BuildDataset")
