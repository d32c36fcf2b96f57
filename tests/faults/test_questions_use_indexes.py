"""Years of rows: whatever doors, workflow and sweep ask finds its rows by an index, and never walks a table."""

import psycopg
from faults.filled import fill
from faults.owners import NAMES, Owner
from faults.scenarios import (
    agreeing_to_try_ons,
    approving,
    bringing_garments,
    keeping_a_look,
    look_again,
    ordering,
    repairing,
    submitting_with_faces,
    trying_on,
)
from faults.world import World

MANY = 20_000
STEPS = (
    submitting_with_faces, approving, ordering, repairing, bringing_garments, agreeing_to_try_ons, keeping_a_look,
    trying_on,
)  # fmt: skip
READ = """
    select relname::text as name, seq_tup_read as walked
    from pg_stat_user_tables where schemaname = 'public'
"""
TABLES = "select tablename as name from pg_tables where schemaname = 'public'"
# of photos in doubt, of real faces, and of pictures that are brought to be looked at
NOT_FILLED = {"photo_declarations", "face_references", "provenance_uploads"}
END_SESSIONS = """
    select pg_terminate_backend(pid, 5000) from pg_stat_activity
    where datname = current_database() and usename = 'authenticator'
"""


def forgotten(world: World, owner: Owner) -> None:
    """Another training of theirs is erased, before it has cost anything."""
    other = Owner(world, f"{owner.name} as a child", owner.number, owner.id)
    other.draft(0)
    other.erase()
    world.to_the_end(lambda: True)
    look_again(world)


def spent(world: World, owner: Owner) -> None:
    """A day of one owner, with something for the sweep at its end."""
    owner.draft(8)
    for step in STEPS:
        step(world, [owner])
        world.until(lambda: True)
    owner.order_look_book([owner.garment("upper", 7 + owner.number)], columns=1, budget=1)
    owner.take_home()
    owner.share_with_the_person()
    world.until(lambda: True)
    for it in world.rows("select id::text from downloads where owner_id = %s", owner.id):
        owner.call("GET", f"/v1/downloads/{it['id']}")
    for path in ("erasures", "trainings", "models", "garments", "looks", "look-books", f"trainings/{owner.job}"):
        owner.call("GET", f"/v1/{path}")
    world.to_the_end(lambda: True)


def walked(world: World) -> dict[str, int]:
    """How many rows of each table were read one after another, by sessions that have ended."""
    world.rows(END_SESSIONS)  # what a session has read is told at its end at the latest
    return {it["name"]: it["walked"] for it in world.rows(READ)}


def walking(world: World) -> dict[str, int]:
    """The same, after a session that walked one table on purpose."""
    with psycopg.connect(world.project.dsn) as session:
        session.execute("set role service_role")
        session.execute("set enable_indexscan = off")
        session.execute("set enable_bitmapscan = off")
        session.execute("set enable_indexonlyscan = off")
        session.execute("select count(*) from public.images where prompt <> ''")
    return walked(world)


def test_nothing_that_is_asked_walks_a_table(world: World) -> None:
    world.begin()
    spent(world, first := Owner(world, NAMES[0], 0))
    forgotten(world, first)
    empty = {it["name"] for it in world.rows(TABLES) if not world.rows(f"select 1 as found from {it['name']} limit 1")}
    assert empty == NOT_FILLED
    world.rows("update downloads set status = 'expired', object_deleted_at = now()")  # as all but today's are
    fill(world.dsn, MANY)
    before = walked(world)
    seen = walking(world)
    assert seen["images"] - before["images"] >= MANY  # what walks a table is heard of
    before = seen
    spent(world, owner := Owner(world, NAMES[1], 1))
    after = walked(world)
    assert owner.status == "approved"
    assert {name: rows - before[name] for name, rows in after.items() if rows - before[name] >= MANY} == {}
