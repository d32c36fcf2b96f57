"""An erasure that is asked for in the middle of something leaves nothing, and whoever looks for traces finds them."""

import logging
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from faults.invariants import broken
from faults.owners import NAMES, PROMPTED, Owner
from faults.runs import outcome, run_of
from faults.scenarios import SCENARIOS, approving, play, settled, submitting
from faults.world import World

from sandbox.aws.runners import FunctionError

# asked for in the middle of each of these; `make faults` asks at every effect
ASKED_AT = (
    "upload | account_erased at CheckPhoto/files.write#1",
    "training | model_erased at BuildDataset/store.record_dataset#1",
    "training | account_erased at StartTraining/provider.start_training#1",
    "training | model_erased at IngestWeights/files.write_stream#1",
    "training | account_erased at RegisterModel/store.register_model#1",
    "pictures | model_erased at SaveImage/store.save_image#1",
    "garments | account_erased at CheckPhoto/store.record_garment#1",
    "look_book | account_erased at BindLookBook/store.bind_look_book#1",
    "erase | model_erased at Trainings/store.order_erasure#1",
)

RESISTS = """
    create or replace function public.resist() returns trigger language plpgsql as $$ begin raise 'I stay'; end $$;
    create trigger resists before delete on storage.objects for each row execute function public.resist()
"""


@pytest.mark.parametrize("run", ASKED_AT)
def test_what_is_erased_in_the_middle_of_a_step_leaves_no_trace(world: World, run: str) -> None:
    played = run_of(run)
    assert outcome(world, played) == {}
    assert world.recorder.met == list(played.faults)
    assert world.rows("select count(*) as many from erasure_receipts") == [{"many": 1}]


def in_a_row(world: World, owner: Owner) -> None:
    world.rows("update lora_training_jobs set model_name = %s", owner.name)


def in_another_schema(world: World, owner: Owner) -> None:
    queued = "insert into net.http_request_queue (method, url, body, timeout_milliseconds) values ('POST', 'x', %s, 1)"
    world.rows(queued, owner.name.encode())


def as_an_object(world: World, owner: Owner) -> None:
    world.neighbours.files.write("images", f"{owner.id}/{owner.job}/x.png", b"x", content_type="image/png")


def as_a_file(world: World, owner: Owner) -> None:
    """That a row was deleted for, and the storage kept."""
    left = Path(world.project.objects_dir) / owner.id / owner.job
    left.mkdir(parents=True)
    (left / "x.png").touch()


def at_the_provider(world: World, owner: Owner) -> None:
    [run] = world.twin.runs.newest_first("training")
    run.input["captions"] = PROMPTED
    world.twin.runs.save(run)


def in_a_log(_: World, owner: Owner) -> None:
    logging.getLogger("croquis").error("could not erase", extra={"person": owner.email})


@pytest.mark.parametrize(
    ("plant", "heard"),
    [
        (in_a_row, "erased"), (in_another_schema, "erased"), (as_an_object, "erased"), (as_a_file, "erased"),
        (at_the_provider, "erased"), (in_a_log, "I10"),
    ],
)  # fmt: skip
def test_a_trace_that_is_planted_is_found(world: World, plant: Callable[[World, Owner], object], heard: str) -> None:
    world.begin()
    [owner] = play(world, SCENARIOS["erase"])
    world.mend()
    assert broken(world, [owner]) == {}
    plant(world, owner)
    assert list(broken(world, [owner])) == [heard]


def test_an_erasure_that_resists_is_told_of_and_keeps_no_other(world: World) -> None:
    world.begin()
    owners = [Owner(world, name, number) for number, name in enumerate(NAMES)]
    for owner in owners:
        owner.draft(8)
    for step in (submitting, approving):
        step(world, owners)
        world.to_the_end(lambda: settled(world))
    for owner in owners:
        owner.erase()
    world.until(lambda: True)
    world.twin.once("delete_version", delete_version_answers="503", times=1)

    with pytest.raises(FunctionError, match=r"^SweepIncomplete: Not all could be made up for: erasures\.$"):
        world.invoke("Sweep", {})

    assert statuses(world) == {"deleting", "erased"}
    world.to_the_end(lambda: statuses(world) == {"erased"})
    assert statuses(world) == {"erased"}


def test_a_file_that_resists_keeps_no_version_at_the_provider(world: World) -> None:
    world.begin()
    owner = Owner(world, NAMES[0], 0)
    owner.draft(8)
    for step in (submitting, approving):
        step(world, [owner])
        world.to_the_end(lambda: settled(world))
    owner.erase()
    world.until(lambda: True)
    world.rows(RESISTS)
    try:
        with pytest.raises(FunctionError, match=r"^SweepIncomplete: Not all could be made up for: erasures\.$"):
            world.invoke("Sweep", {})
        people = world.twin.models.get(f"{world.twin.settings.owner}/people")
        assert people
        assert not [it for it in people.versions if it.training_id]
    finally:
        world.rows("drop trigger resists on storage.objects")

    world.to_the_end(lambda: statuses(world) == {"erased"})
    assert statuses(world) == {"erased"}


def statuses(world: World) -> set[Any]:
    return {it["status"] for it in world.rows("select status from erasures")}
