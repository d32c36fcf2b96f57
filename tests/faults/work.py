"""What the database did in a world: functions called, rows read and rows written, told by its own statistics."""

from collections import Counter

import httpx
from faults.world import World

END_SESSIONS = """
    select pg_terminate_backend(pid, 5000) from pg_stat_activity
    where datname = current_database() and usename = 'authenticator'
"""
TABLES = """
    select relname::text as name, seq_tup_read as walked, coalesce(idx_tup_fetch, 0) as fetched,
      n_tup_ins + n_tup_upd + n_tup_del as written
    from pg_stat_user_tables where schemaname in ('public', 'croquis')
"""
CALLS = "select coalesce(sum(calls), 0)::bigint as calls from pg_stat_user_functions"


def end_sessions(world: World) -> None:
    """Those of the Data API: what they did is counted by then. It finds new ones before anybody asks it again."""
    world.rows(END_SESSIONS)
    nothing = f"{world.project.public_url}/rest/v1/nothing"
    request = httpx.Request("GET", nothing, headers={"apikey": world.project.secret_key})
    while world.ask_project(request).status_code >= 500:
        pass


def count_calls(world: World) -> None:
    """From now on; those that a planner puts in the place of their calls are none."""
    world.rows("alter role authenticator set track_functions = 'all'")
    end_sessions(world)


def work(world: World) -> Counter[str]:
    """Of all sessions of the Data API so far, which it ends."""
    end_sessions(world)
    done = Counter({"functions called": world.rows(CALLS)[0]["calls"]})
    for it in world.rows(TABLES):
        done["rows read"] += it["walked"] + it["fetched"]
        done["rows written"] += it["written"]
        done[f"rows read of {it['name']}"] += it["walked"] + it["fetched"]
    return done
