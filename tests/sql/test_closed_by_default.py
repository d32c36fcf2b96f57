"""AS-08: what a later migration creates and forgets to grant is nobody's, whatever the project gave away before."""

from collections.abc import Iterator
from uuid import uuid4

import psycopg
import pytest
from sql.seats import NO_RIGHT, Connection, Seat

from sandbox.laptop.postgres import PostgresServer
from sandbox.supabase.migrate import migrate

HOSTED_DEFAULTS = """
    alter default privileges in schema public grant all on tables to anon, authenticated, service_role;
    alter default privileges in schema public grant all on sequences to anon, authenticated, service_role;
    alter default privileges in schema public grant all on functions to anon, authenticated, service_role;
    alter default privileges grant execute on functions to anon, authenticated, service_role;
    alter default privileges grant all on tables to public, anon, authenticated, service_role;
    alter default privileges grant all on sequences to public, anon, authenticated, service_role;
    alter default privileges in schema public grant execute on functions to public;
    alter default privileges in schema public grant all on tables to public;
    alter default privileges in schema public grant all on sequences to public;
"""
LATER = """
    create function public.forgotten() returns int language sql as 'select 1';
    create function croquis.forgotten() returns int language sql as 'select 1';
    create table public.forgotten (id int generated always as identity);
"""
ROLES = ("anon", "authenticated", "service_role")
TRIES = ("select public.forgotten()", "table public.forgotten", "select nextval('public.forgotten_id_seq')")
GRANTEES = """
    select p.oid::regprocedure::text, g.grantee::regrole::text
    from pg_proc p, aclexplode(coalesce(p.proacl, acldefault('f', p.proowner))) g
    where p.proname = 'forgotten' and g.grantee <> p.proowner
"""


@pytest.fixture
def generous(postgres: PostgresServer, empty_project: str) -> Iterator[Connection]:
    """A migrated project that had given everything in public to the three roles, as hosted ones do."""
    name = f"generous_{uuid4().hex[:8]}"
    dsn = postgres.create_database(name, template=empty_project)
    with psycopg.connect(dsn, autocommit=True) as connection:
        connection.execute(HOSTED_DEFAULTS)
        migrate(dsn)
        yield connection
    postgres.drop_database(name)


@pytest.mark.parametrize("project", ["db", "generous"])
def test_what_is_created_later_is_closed_until_a_grant_opens_it(request: pytest.FixtureRequest, project: str) -> None:
    connection: Connection = request.getfixturevalue(project)
    connection.execute(LATER)
    assert connection.execute(GRANTEES).fetchall() == []
    for role in ROLES:
        for attempt in TRIES:
            with pytest.raises(NO_RIGHT, match="permission denied for"):
                Seat(connection, role).sql(attempt)
    connection.execute("grant execute on function public.forgotten to authenticated")
    assert Seat(connection, "authenticated").sql("select public.forgotten()") == [(1,)]
