"""So many trainings at once, from submit to the owner's review, and what they cost together.

Played in the world of the faults: real handlers, adapters, state machines and Postgres, the provider's twin, one
after another in one thread, under a clock that jumps to what is next. So a handler's seconds are its own, and not
those of whatever else this machine would do at once; how much there is to do is the same.
"""

import time
from collections import Counter, defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from faults.owners import NAMES, Owner
from faults.work import work
from faults.world import World

PHOTOS, STEP_SECONDS = 8, 600
OPEN = "select count(*) as many from lora_training_jobs where id = any (%s) and status <> 'in_review'"


@dataclass
class Crowd:
    """`spent` is for all jobs together; `seconds` holds those of each call of a function."""

    jobs: int
    spent: Counter[str] = field(default_factory=Counter[str])
    seconds: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))

    def each(self, what: str) -> float:
        return self.spent[what] / self.jobs


def crowd(world: World, jobs: int) -> Crowd:
    """Of as many owners, who submit in the same moment; the sweep stays away."""
    owners = [Owner(world, NAMES[0], 0) for _ in range(jobs)]
    for owner in owners:
        owner.draft(PHOTOS)
    found = Crowd(jobs)
    with watched(world, found):
        for owner in owners:
            owner.submit()
        world.run(world.clock() + STEP_SECONDS)
        while world.rows(OPEN, [it.job for it in owners])[0]["many"]:
            world.run(world.clock() + STEP_SECONDS)
    return found


@contextmanager
def watched(world: World, found: Crowd) -> Iterator[None]:
    """Whatever is done meanwhile is counted, and each call of a function timed; the sweep does not come."""
    invocation, before, running = world.recorder.invocation, done(world), world.recorder

    @contextmanager
    def timed(function: str, seconds: float) -> Iterator[Any]:
        found.spent["invocations"] += 1
        found.spent[f"invocations of {function}"] += 1
        began = time.perf_counter()
        with invocation(function, seconds) as it:
            yield it
        found.seconds[function].append(time.perf_counter() - began)

    world.sweep = lambda event=None: None  # pyright: ignore[reportAttributeAccessIssue]
    running.invocation = timed
    try:
        yield
    finally:
        del world.sweep, running.invocation
    found.spent.update(done(world) - before)


def done(world: World) -> Counter[str]:
    """So far."""
    passed = world.recorder.wires["store"].passed
    return work(world) + Counter({"requests": passed["requests"], "bytes": passed["sent"] + passed["received"]})
