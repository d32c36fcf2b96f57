"""What AWS costs: of a training, a picture and a look, beside a poll each 30 seconds; and which limit comes next.

Counted are the calls of one of each, played here, and metered as AWS does it; durations are this machine's processor
time, and assumed waits. The prices are lists without free tiers: bench/costs/prices.py.
"""

from collections.abc import Iterator, Mapping, Sequence

from studio import deployed

from bench.costs.at_rest import at_rest
from bench.costs.limits import limits
from bench.costs.model import HINT_SECONDS, TRAINING_SECONDS, Job, jobs, log_events, log_of_training, poll
from bench.costs.played import Played, played
from bench.costs.usage import Usage
from bench.row import Curve, Found, Plot, Row
from bench.stand import stand
from sandbox.aws.stack import Stack

VOLUMES = (100, 10_000, 1_000_000)
MOST_CENTS, MOST_PERCENT = 1.0, 0.6


def rows() -> Iterator[Found]:
    with stand() as studio:
        found = played(studio)
        [limit] = studio.rows("select usd_per_day::float8 as usd from croquis.limits")
        paid = {it["item"]: it["usd"] for it in studio.rows("select item, usd::float8 as usd from prices")}
    stack = deployed()
    rest = at_rest(stack, found.sweeps)
    every = list(jobs(stack, found, paid))
    yield from _of_a_training(every[0])
    yield _live(stack, found)
    yield Row("the stack at rest", sum(rest.values()), " USD a month", ours=_parts(rest))
    for job in every:
        yield from _by_volume(job, sum(rest.values()))
    yield from _limits(stack, found, limit["usd"], every[0].provider)
    yield _plot(every[0], sum(rest.values()))


def _of_a_training(job: Job) -> Iterator[Row]:
    for what, left_out in (("without the bytes that it sends", ("data sent",)), ("with them", ())):
        ours, polled = (_cents(it, left_out) for it in (job.ours, job.polled))
        cents, beside = sum(ours.values()), f"a poll: {sum(polled.values()):.2f} ¢"
        name = f"AWS for a training, {what}"
        yield Row(name, cents, " ¢", at_most=MOST_CENTS, ours=_parts(ours), other=beside)
        yield Row(f"{name}: of what the provider gets", cents / job.provider, " %", at_most=MOST_PERCENT)


def _cents(of: Usage, left_out: Sequence[str]) -> Mapping[str, float]:
    return {name: 100 * usd for name, usd in of.dollars().items() if name not in left_out}


def _live(stack: Stack, found: Played) -> Row:
    """The live log is what ours has and a poll each 30 seconds has not: beside a poll that tells as often."""
    ours = log_of_training(stack, found).total
    polled = (poll(stack, found) * (TRAINING_SECONDS / HINT_SECONDS)).total
    return Row(
        "AWS for the live log of a training / a poll as often",
        ours / polled,
        ours=f"{100 * ours:.2f} ¢, {log_events():,.0f} webhooks",
        other=f"{100 * polled:.2f} ¢, each {HINT_SECONDS} s",
    )


def _by_volume(job: Job, rest: float) -> Iterator[Row]:
    for volume in VOLUMES:
        cents, polled = (100 * (it.total + rest / volume) for it in (job.ours, job.polled))
        yield Row(
            f"AWS for a {job.name}, at {volume:,} of them a month",
            cents,
            " ¢",
            ours=f"{100 * rest / volume:.2f} ¢ of it at rest",
            other=f"a poll: {polled:.2f} ¢",
            detail=f"the provider gets {100 * job.provider:.1f} ¢",
        )


def _limits(stack: Stack, found: Played, usd_per_day: float, usd: float) -> Iterator[Row]:
    for it in sorted(limits(stack, found, usd_per_day, usd), key=lambda it: it.trainings):
        name = f"reached next: {it.name}"
        yield Row(name, it.trainings, it.unit, ours=it.uses, other=it.bound, detail=it.then)


def _parts(found: Mapping[str, float]) -> str:
    return ", ".join(f"{name} {it:.2f}" for name, it in found.items() if it >= 0.005)


def _plot(job: Job, rest: float) -> Plot:
    volumes: Sequence[int] = [10**power for power in range(1, 7)]
    curves = [("Croquis", job.ours.total), ("30-second poll", job.polled.total)]
    drawn = [Curve(name, tuple((it, usd + rest / it) for it in volumes)) for name, usd in curves]
    paid = Curve("paid to Replicate", tuple((it, job.provider) for it in volumes))
    return Plot(
        "costs",
        "What AWS costs for a training",
        "trainings a month",
        "dollars for a training",
        (*drawn, paid),
        logarithmic_x=True,
        logarithmic_y=True,
    )
