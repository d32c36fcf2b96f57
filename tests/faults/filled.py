"""Tables as they are after years: every row that there is, many times over, of others.

The same copy of two rows belongs together as they do: a copied photo is of the copied job, as long as there are as
many copies of both.
"""

import psycopg
from faults.owners import Owner
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
from psycopg.sql import SQL, Composed, Identifier

from croquis.usecases.sweep import LIVING

STEPS = (
    submitting_with_faces, approving, ordering, repairing, bringing_garments, agreeing_to_try_ons, keeping_a_look,
    trying_on,
)  # fmt: skip

# triggers, foreign keys, checks and quotas are for rows that somebody makes
QUIET = "set local session_replication_role = replica"
CHECKS = """
    select conrelid::regclass::text, conname::text from pg_constraint
    where contype = 'c' and connamespace = 'public'::regnamespace and conrelid <> 0
"""
COLUMNS = """
    select c.relname, array_agg(a.attname::text order by a.attnum),
      array_agg(a.attname::text order by a.attnum) filter (where a.atttypid = 'uuid'::regtype),
      array_agg(a.attname::text order by a.attnum) filter (where a.atttypid = 'text'::regtype
        and exists (select from pg_index i where i.indrelid = c.oid and i.indisunique and a.attnum = any(i.indkey)))
    from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
    where c.relkind = 'r' and c.relnamespace = 'public'::regnamespace and a.attgenerated = '' and a.attidentity = ''
      and not exists (select from pg_depend d where d.objid = c.oid and d.deptype = 'e')
    group by c.relname
"""


def a_day(world: World, owner: Owner) -> None:
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


def forgotten(world: World, owner: Owner) -> None:
    """Another training of theirs is erased, before it has cost anything."""
    other = Owner(world, f"{owner.name} as a child", owner.number, owner.id)
    other.draft(0)
    other.erase()
    world.to_the_end(lambda: True)
    look_again(world)


def long_after(world: World) -> None:
    """The provider's runs of that day are not among those that the sweep has listed."""
    world.clock.move_to(world.now() + 2 * LIVING.total_seconds())


def after_a_day(world: World) -> None:
    """The ZIPs of that day are over, as all but today's are."""
    world.rows("update downloads set status = 'expired', object_deleted_at = now()")


def fill(dsn: str, rows: int) -> None:
    """About so many rows more in every table whose rows have ids."""
    with psycopg.connect(dsn) as connection:
        connection.execute(QUIET)
        for table, check in connection.execute(CHECKS).fetchall():
            connection.execute(SQL("alter table {} drop constraint {}").format(SQL(table), Identifier(check)))
        for table, columns, ids, names in connection.execute(COLUMNS).fetchall():
            if ids:
                connection.execute(_copies(table, columns, ids, names or []), {"rows": rows})
        connection.execute("analyze")


def _copies(table: str, columns: list[str], ids: list[str], names: list[str]) -> Composed:
    """Each with new ids, and with new names where a name is unique."""
    said = SQL(", ").join(
        SQL("md5({0}::text || copy)::uuid" if it in ids else "{0} || copy" if it in names else "{0}").format(
            Identifier(it)
        )
        for it in columns
    )
    return SQL(
        "insert into public.{table} ({columns}) select {said} from public.{table},"
        " generate_series(1, (select ceil(%(rows)s::float8 / greatest(1, count(*)))::int from public.{table})) as copy"
    ).format(table=Identifier(table), columns=SQL(", ").join(map(Identifier, columns)), said=said)
