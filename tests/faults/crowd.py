"""So many trainings at once, from submit to the owner's review, or until the provider says that they failed.

Handlers, adapters, state machines and Postgres are the real ones, one after another in one thread, under the world's
clock, which jumps to what is next: how much there is to do is the same as at once.
"""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, TypeVar

from faults.owners import NAMES, Owner
from faults.work import work
from faults.world import World

PHOTOS, STEP_SECONDS = 8, 600
STANDING = "select distinct status::text from lora_training_jobs where id = any (%s)"


@dataclass
class Spent:
    """What was done for so many jobs or pictures together."""

    among: int
    counted: Counter[str] = field(default_factory=Counter[str])

    def each(self, what: str) -> float:
        return self.counted[what] / self.among

    @contextmanager
    def call(self, function: str) -> Iterator[None]:
        """Around each call of a function."""
        self.counted.update(["invocations", f"invocations of {function}"])
        yield


Counted = TypeVar("Counted", bound=Spent)


def crowd(world: World, spent: Counted, *, ends: str = "in_review") -> Counted:
    """Of as many owners, who submit in the same moment, into `spent`; the sweep stays away."""
    owners = [Owner(world, NAMES[0], 0) for _ in range(spent.among)]
    for owner in owners:
        owner.draft(PHOTOS)
    with watched(world, spent):
        for owner in owners:
            owner.submit()
        world.run(world.clock() + STEP_SECONDS)
        while world.rows(STANDING, [it.job for it in owners]) != [{"status": ends}]:
            world.run(world.clock() + STEP_SECONDS)
    return spent


@contextmanager
def watched(world: World, spent: Spent) -> Iterator[None]:
    """Whatever is done meanwhile is counted; the sweep does not come by itself."""
    recorder, before = world.recorder, done(world)
    invocation = recorder.invocation

    @contextmanager
    def counted(function: str, seconds: float) -> Iterator[Any]:
        with spent.call(function), invocation(function, seconds) as it:
            yield it

    world.sweep = lambda event=None: None  # pyright: ignore[reportAttributeAccessIssue]
    recorder.invocation = counted
    try:
        yield
    finally:
        del world.sweep, recorder.invocation
    spent.counted.update(done(world) - before)


def done(world: World) -> Counter[str]:
    """Requests and bytes are those of the Data API."""
    passed = world.recorder.wires["store"].passed
    return work(world) + Counter({"requests": passed["requests"], "bytes": passed["sent"] + passed["received"]})
