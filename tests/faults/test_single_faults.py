"""One fault, before or after one effect: all that was promised holds in the end.

A spread of them is tried here, `make faults-once` and `make faults` try more. A failure prints the run;
`make faults RUN='…'` plays it again.
"""

import pytest
from faults.kinds import Effect
from faults.runs import effects_of, outcome, run_of, share, singles, spread
from faults.scenarios import SCENARIOS
from faults.world import World

# how many of each scenario are tried
SPREAD = {
    "training": 7,
    "pictures": 4,
    "cancel": 3,
    "two_owners": 2,
    "upload": 3,
    "garments": 3,
    "purge": 2,
    "repair": 4,
}
SPREAD |= {"try_on": 4}
OTHERS = 1
# one that each mend is for: broken, it shows here at once
MENDED = (
    "upload | outage_30m at CheckPhoto/files.write#1",
    "upload | html at CheckPhoto/files.read#1",
    "training | rotated at StartTraining/provider.start_training#1",
    "training | cut_at_60_percent at IngestWeights/provider.fetch#1",
    "training | no_cost_yet at StartTraining/provider.start_training#1",
    "cancel | cancel_ignored at SettleAttempt/provider.cancel#1",
    "erase_account | cut_before at Sweep/sign_ins.delete#1",
)


@pytest.fixture(scope="module")
def effects(world: World) -> dict[str, list[Effect]]:
    """What a clean run of each scenario does."""
    return {name: effects_of(world, name) for name in SCENARIOS}


@pytest.mark.parametrize("scenario", SCENARIOS)
def test_a_single_fault_breaks_nothing(world: World, effects: dict[str, list[Effect]], scenario: str) -> None:
    tried = spread(scenario, effects[scenario], SPREAD.get(scenario, OTHERS))
    assert {str(run): found for run in tried if (found := outcome(world, run))} == {}


@pytest.mark.parametrize("run", MENDED)
def test_what_was_mended_holds(world: World, run: str) -> None:
    played = run_of(run)
    assert outcome(world, played) == {}
    assert world.recorder.met == list(played.faults)
    assert world.rows("select status from lora_training_jobs") == [{"status": SCENARIOS[played.scenario].ends}]


def test_the_same_run_is_played_again(world: World, effects: dict[str, list[Effect]]) -> None:
    """What is printed is all that a replay needs."""
    [run] = spread("training", effects["training"], 1)
    assert run_of(str(run)) == run
    first = outcome(world, run), [str(it) for it in world.recorder.effects]
    assert (outcome(world, run), [str(it) for it in world.recorder.effects]) == first


def test_all_shares_together_are_all_runs(effects: dict[str, list[Effect]]) -> None:
    runs = list(singles("upload", effects["upload"]))
    shared = [run for number in range(1, 5) for run in share(runs, f"{number}/4")]
    assert sorted(map(str, shared)) == sorted(map(str, runs))
    with pytest.raises(ValueError, match="no share 5/4"):
        share(runs, "5/4")
