"""Years of rows: whatever doors, workflow and sweep ask finds its rows by an index, and reads no more than it needs."""

import psycopg
import pytest
from faults.crowd import crowd
from faults.filled import fill
from faults.owners import NAMES, Owner
from faults.scenarios import (
    agreeing_to_try_ons,
    approving,
    bringing_garments,
    keeping_a_look,
    ordering,
    repairing,
    submitting_with_faces,
    trying_on,
)
from faults.work import work
from faults.world import World

from croquis.usecases.sweep import LIVING

MANY = 20_000
STEPS = (
    submitting_with_faces, approving, ordering, repairing, bringing_garments, agreeing_to_try_ons, keeping_a_look,
    trying_on,
)  # fmt: skip
A_FEW = 10  # rows: a slot of ten minutes more is one for each order


def spent(world: World, owner: Owner) -> None:
    """A day of one owner, with something for the sweep at its end."""
    owner.draft(8)
    for step in STEPS:
        step(world, [owner])
        world.until(lambda: True)
    owner.order_look_book([owner.garment("upper", 7 + owner.number)], columns=1, budget=1)
    world.until(lambda: True)
    for path in ("trainings", "models", "garments", "looks", "look-books", f"trainings/{owner.job}"):
        owner.call("GET", f"/v1/{path}")
    world.to_the_end(lambda: True)


@pytest.fixture(scope="module")
def filled(world: World) -> World:
    """After a day of one owner, and then years."""
    world.begin()
    spent(world, Owner(world, NAMES[0], 0))
    fill(world.dsn, MANY)
    world.clock.move_to(world.now() + 2 * LIVING.total_seconds())  # the provider's runs of that day are listed no more
    return world


def walk(world: World) -> None:
    """Through one table, on purpose."""
    with psycopg.connect(world.project.dsn) as session:
        session.execute("set role service_role")
        session.execute("set enable_indexscan = off")
        session.execute("set enable_bitmapscan = off")
        session.execute("set enable_indexonlyscan = off")
        session.execute("select count(*) from public.images where prompt <> ''")


def test_nothing_that_is_asked_reads_all_rows_of_a_table(filled: World) -> None:
    before = work(filled)
    walk(filled)
    seen = work(filled)
    assert (seen - before)["rows read of images"] >= MANY  # what walks a table is heard of
    spent(filled, owner := Owner(filled, NAMES[1], 1))
    assert owner.status == "approved"
    read = {name: rows for name, rows in (work(filled) - seen).items() if name.startswith("rows read of ")}
    assert {name: rows for name, rows in read.items() if rows >= MANY} == {}


def test_a_training_costs_the_same_among_ten_as_among_two(filled: World) -> None:
    """Requests and invocations to the very number; a row that each reads of every other one would be eight more."""
    few, many = crowd(filled, 2), crowd(filled, 10)
    assert many.each("invocations") > 20
    for name in many.spent:
        if name.startswith(("invocations", "requests")):
            assert many.each(name) == few.each(name), name
        elif name.startswith("rows read of "):
            assert many.each(name) <= few.each(name) + A_FEW, name
