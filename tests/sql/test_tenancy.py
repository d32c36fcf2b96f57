"""Who may act for an owner is decided in one place, which every policy asks, and which an index answers."""

from uuid import uuid4

import pytest
from sql.seats import Connection, Seat
from sql.story import Story

ASKING = """
    select p.oid::regprocedure::text as name, pg_get_functiondef(p.oid) as body from pg_proc p
    where p.pronamespace in ('public'::regnamespace, 'croquis'::regnamespace) and p.prokind = 'f'
      and not exists (select from pg_depend d where d.objid = p.oid and d.deptype = 'e')
    union all
    select p.polrelid::regclass || ': ' || p.polname,
      concat_ws(' ', pg_get_expr(p.polqual, p.polrelid), pg_get_expr(p.polwithcheck, p.polrelid))
    from pg_policy p join pg_class c on c.oid = p.polrelid
    where c.relnamespace in ('public'::regnamespace, 'storage'::regnamespace, 'realtime'::regnamespace)
"""
NAMES_OF_NOBODY = ("{0}", "x{0}/a", "/{0}/a", "{1}/a", "------------------------------------/a", "a/b", "")


def asking(db: Connection, word: str) -> set[str]:
    """The functions and policies whose body says this."""
    return {name for name, body in db.execute(ASKING) if word in body.lower()}


def test_nothing_else_compares_an_owner_with_the_caller(db):
    assert asking(db, "auth.uid") == {"may_act(uuid)", "croquis.signed_in()"}
    assert asking(db, "owner_id = croquis.signed_in()") == set()
    for function in ("job_of_caller", "order_generations"):
        assert any(function in name for name in asking(db, "may_act("))


def test_every_policy_asks_it_but_those_of_what_all_have_in_common(db):
    policies = {name for name, _ in db.execute(ASKING) if ": " in name}
    assert {name.partition(":")[0] for name in policies - asking(db, "may_act(")} == {"consent_texts", "prices"}


def test_a_user_acts_for_nobody_else_and_nobody_for_a_user(db, story):
    assert story.owner.call("may_act", owner=story.user) is True
    assert story.owner.call("may_act", owner=str(uuid4())) is False
    assert story.owner.call("may_act", owner=None) is None
    assert Seat(db, "authenticated").call("may_act", owner=story.user) is None


def test_a_policy_is_answered_by_an_index_and_not_row_by_row(db, story):
    """Only because may_act is inlined: one with settings, or with a sub-select in it, would be called for each row."""
    db.execute("set local enable_seqscan = off")
    tables = [name.partition(":")[0] for name in asking(db, "may_act(") if ": owners read" in name]
    assert len(tables) == 20
    for table in tables:
        plan = "\n".join(line for (line,) in story.owner.sql(f"explain (costs off) select 1 from public.{table}"))
        assert "Index Cond: (owner_id = " in plan, plan
        assert "Seq Scan" not in plan, plan


@pytest.mark.parametrize("name", NAMES_OF_NOBODY)
def test_an_object_that_lies_below_no_owners_id_is_nobodys_and_breaks_no_list(story: Story, name: str):
    own = f"{story.user}/a.jpg"
    story.landed(own, "images")
    story.landed(name.format(story.user, story.user.upper()), "images")
    assert story.owner.sql("select name from storage.objects") == [(own,)]
