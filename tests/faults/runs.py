"""Which runs there are, and one of them: a scenario, its faults, a seed; the same three give the same run."""

import random
from collections.abc import Iterator
from dataclasses import dataclass

from faults.invariants import broken
from faults.kinds import HARMLESS, Effect, Fault, fault_of, kinds_of
from faults.scenarios import SCENARIOS, play
from faults.world import World

AGAIN = 10


@dataclass(frozen=True)
class Run:
    """`str` of it is what a replay is told."""

    scenario: str
    faults: tuple[Fault, ...] = ()
    seed: int = 0

    def __str__(self) -> str:
        return " | ".join([self.scenario, *map(str, self.faults)]) + (f" | seed {self.seed}" if self.seed else "")


def run_of(text: str) -> Run:
    """What `str` of a run says."""
    scenario, *rest = text.split(" | ")
    seed = int(rest.pop().removeprefix("seed ")) if rest and rest[-1].startswith("seed ") else 0
    return Run(scenario, tuple(map(fault_of, rest)), seed)


def outcome(world: World, run: Run) -> dict[str, str]:
    """The invariants that the run broke."""
    world.begin(run.faults, run.seed)
    owners = play(world, SCENARIOS[run.scenario])
    world.mend()
    found, ends = broken(world, owners), {owner.status for owner in owners}
    if ends != {SCENARIOS[run.scenario].ends} and all(it.kind in HARMLESS for it in run.faults):
        found["end"] = f"what should only cost time ended {ends}"
    return found


def effects_of(world: World, scenario: str) -> list[Effect]:
    """What a clean run of a scenario does."""
    world.begin()
    owners = play(world, SCENARIOS[scenario])
    effects = list(world.recorder.effects)
    world.mend()
    found, ends = broken(world, owners), {owner.status for owner in owners}
    assert not found, f"A clean run of {scenario} breaks {found}."
    assert ends == {SCENARIOS[scenario].ends}, f"A clean run of {scenario} ends {ends}."
    refused = [it for owner in owners for it in owner.answers if it >= 400]
    assert not refused, f"A clean run of {scenario} is answered {refused}."
    assert world.rows(SCENARIOS[scenario].made), f"A clean run of {scenario} does not do what it is for."
    lost = world.rows("select kind from images where failure_code = 'internal'")
    assert not lost, f"A clean run of {scenario} makes no pictures: {lost}"
    return effects


def singles(scenario: str, effects: list[Effect]) -> Iterator[Run]:
    """Every fault before or after every effect."""
    return (Run(scenario, (Fault(kind, effect),)) for effect in effects for kind in kinds_of(effect))


def each_once(scenario: str, effects: list[Effect], seen: set[str]) -> Iterator[Run]:
    """Each kind of fault at each port's method in each state, unless it was seen; `seen` grows."""
    for run in singles(scenario, effects):
        [fault] = run.faults
        if (what := f"{fault.kind} {fault.effect.place}") not in seen:
            seen.add(what)
            yield run


def all_once(effects: dict[str, list[Effect]]) -> list[Run]:
    """Each once, over all scenarios; and of each scenario some that an earlier one has tried at the same place."""
    seen: set[str] = set()
    runs = [run for name, found in effects.items() for run in each_once(name, found, seen)]
    return runs + [run for name, found in effects.items() for run in spread(name, found, AGAIN)]


def spread(scenario: str, effects: list[Effect], number: int) -> list[Run]:
    """So many of its single faults, always the same ones."""
    return random.Random(scenario).sample(list(singles(scenario, effects)), number)


def share(runs: list[Run], which: str) -> list[Run]:
    """The third of eight equal shares is "3/8"; together they are all runs, and each holds some of every scenario."""
    number, of = map(int, which.split("/"))
    if not 1 <= number <= of:
        raise ValueError(f"there is no share {which}")
    return runs[number - 1 :: of]


def pairs(effects: dict[str, list[Effect]], number: int, seed: int) -> Iterator[Run]:
    """Seeded pairs of faults, in any scenario."""
    chance = random.Random(seed)
    for _ in range(number):
        scenario = chance.choice(sorted(effects))
        faults = tuple(Fault(chance.choice(kinds_of(effect)), effect) for effect in chance.sample(effects[scenario], 2))
        yield Run(scenario, faults, chance.randrange(1, 2**31))
