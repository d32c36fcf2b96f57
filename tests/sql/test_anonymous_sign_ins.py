"""Supabase lets a project sign in whoever asks, as `authenticated` and with `is_anonymous`: that is nobody to us."""

from dataclasses import replace
from typing import Any

import psycopg
import pytest
from sql.story import Story
from sql.test_hostile_arguments import functions_of, good
from sql.test_rights import busy

FOR_ALL = {"training_quotes"}  # the presets and what they cost: the same for everybody
OWN = {
    "image": "images", "image_order": "image_orders", "download": "downloads", "garment": "garments", "look": "looks",
    "look_book": "look_books", "erasure": "erasures", "upload": "provenance_uploads",
}  # fmt: skip
__all__ = ["busy"]


def ids(story: Story) -> dict[str, str]:
    """Of a row of the owner's, for each argument that names one."""
    return {name: str(story.owner.sql(f"select id from public.{table} limit 1")[0][0]) for name, table in OWN.items()}


def answered(seat: Any, function: str, arguments: dict[str, Any]) -> object:
    """What is given, or the SQLSTATE of a refusal; nothing is kept."""
    try:
        with seat.connection.transaction(force_rollback=True):
            return seat.each(function, **arguments)
    except psycopg.Error as error:
        return error.sqlstate


@pytest.mark.parametrize("claimed", [True, "false"])
def test_an_anonymous_sign_in_may_do_nothing_and_see_nothing_even_with_an_owners_id(db, busy, claimed):
    """AS-08: whatever stands in the place of `false`."""
    right = good(busy) | ids(busy)
    nobody = replace(busy.owner, claimed={"is_anonymous": claimed})
    found = {
        name: answer
        for name, names, _ in functions_of(db, "authenticated")
        if (answer := answered(nobody, name, {it: right[it] for it in names}))
        not in ("PT401", "PT404", [], [None], [False])
    }
    assert found.pop("read_erasures") == [[]]  # nobody's list
    assert answered(busy.owner, "read_erasure", {"erasure": right["erasure"]}) != [None]
    assert found.keys() == FOR_ALL, found
    open_to_users = "table_schema = 'public' and grantee = 'authenticated'"
    tables = nobody.sql(f"select table_name from information_schema.table_privileges where {open_to_users}")
    seen = {table for (table,) in tables if nobody.sql(f"select 1 from public.{table} limit 1")}
    assert seen == {"consent_texts", "prices"}
    assert {table for (table,) in tables if not busy.owner.sql(f"select 1 from public.{table} limit 1")} == set()


def test_whoever_is_not_anonymous_acts_as_before(story):
    told = replace(story.to("draft").owner, claimed={"is_anonymous": False})
    assert told.call("read_training", job=story.job)["job"]["id"] == story.job
    assert told.sql("select count(*) from public.lora_training_jobs") == [(1,)]
