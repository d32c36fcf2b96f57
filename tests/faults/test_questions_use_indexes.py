"""Years of rows: whatever doors, workflow and sweep ask finds its rows by an index, and reads no more than it needs."""

import psycopg
import pytest
from faults.crowd import Spent, crowd
from faults.filled import a_day, after_a_day, fill, forgotten, long_after
from faults.owners import NAMES, Owner
from faults.work import work
from faults.world import World

MANY = 20_000
TABLES = "select tablename as name from pg_tables where schemaname = 'public'"
# of photos in doubt, of real faces, and of pictures that are brought to be looked at
NOT_FILLED = {"photo_declarations", "face_references", "provenance_uploads"}
A_FEW = 10  # rows: a slot of ten minutes more is one for each order


@pytest.fixture(scope="module")
def filled(world: World) -> World:
    """After a day of one owner, and then years."""
    world.begin()
    a_day(world, owner := Owner(world, NAMES[0], 0))
    forgotten(world, owner)
    empty = {it["name"] for it in world.rows(TABLES) if not world.rows(f"select 1 as found from {it['name']} limit 1")}
    assert empty == NOT_FILLED
    after_a_day(world)
    fill(world.dsn, MANY)
    long_after(world)
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
    a_day(filled, owner := Owner(filled, NAMES[1], 1))
    assert owner.status == "approved"
    read = {name: rows for name, rows in (work(filled) - seen).items() if name.startswith("rows read of ")}
    assert {name: rows for name, rows in read.items() if rows >= MANY} == {}


def test_a_training_costs_the_same_among_ten_as_among_two(filled: World) -> None:
    """Requests and invocations to the very number; a row that each reads of every other one would be eight more."""
    few, many = crowd(filled, Spent(2)), crowd(filled, Spent(10))
    assert many.each("invocations") > 20
    for name in many.counted:
        if name.startswith(("invocations", "requests")):
            assert many.each(name) == few.each(name), name
        elif name.startswith("rows read of "):
            assert many.each(name) <= few.each(name) + A_FEW, name
