"""One fault, before or after one effect: all that was promised holds in the end.

FAULTS=once tries each kind of fault at each port's method in each state; without it, a spread of them is tried. A
failure prints the run; `make faults RUN='…'` plays it again.
"""

import os
import random

import pytest
from faults.kinds import Effect
from faults.known import known_broken
from faults.runs import Run, each_once, effects_of, outcome, run_of, singles, what
from faults.scenarios import SCENARIOS
from faults.world import World

ALL = os.environ.get("FAULTS") == "once"
# how many of each scenario make a spread, or are tried of one that has no place of its own
SPREAD = {"training": 9, "pictures": 5, "cancel": 4, "cancel_at_once": 2, "retry": 2, "two_owners": 2}
KNOWN_SPREAD = 5
SEED = 7


@pytest.fixture(scope="module")
def effects(world: World) -> dict[str, list[Effect]]:
    """What a clean run of each scenario does."""
    return {name: effects_of(world, name) for name in SCENARIOS}


@pytest.fixture(scope="module")
def plan(effects: dict[str, list[Effect]]) -> list[Run]:
    """Each once, over all scenarios: what an earlier scenario has tried is not tried again."""
    seen: set[str] = set()
    return [run for name, found in effects.items() for run in each_once(name, found, seen)]


@pytest.mark.parametrize("scenario", SCENARIOS)
def test_a_single_fault_breaks_nothing(
    world: World, effects: dict[str, list[Effect]], plan: list[Run], scenario: str
) -> None:
    own = [run for run in plan if run.scenario == scenario]
    held = [run for run in own or singles(scenario, effects[scenario]) if what(run) not in known_broken()]
    tried = held if ALL and own else random.Random(SEED).sample(held, SPREAD[scenario])
    assert {str(run): found for run in tried if (found := outcome(world, run))} == {}


def test_what_is_known_to_be_broken_still_is(world: World, plan: list[Run]) -> None:
    """Who mends one takes it off the list."""
    runs, known = {what(run): run for run in plan}, known_broken()
    assert set(known) <= set(runs), "The list names runs that there are not."
    tried = sorted(known) if ALL else random.Random(SEED).sample(sorted(known), min(KNOWN_SPREAD, len(known)))
    mended = [name for name in tried if set(outcome(world, runs[name])) != known[name][0]]
    assert mended == []


def test_the_same_run_is_played_again(world: World, plan: list[Run]) -> None:
    """What is printed is all that a replay needs."""
    run = plan[len(plan) // 2]
    assert run_of(str(run)) == run
    first = outcome(world, run), [str(it) for it in world.recorder.effects]
    assert (outcome(world, run), [str(it) for it in world.recorder.effects]) == first
