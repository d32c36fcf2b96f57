"""The migrations: plain SQL for any project of Postgres 15 to 18, once, and never over tables that are not ours."""

import os
import re
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from uuid import uuid4

import psycopg
import pytest
from psycopg.conninfo import make_conninfo
from psycopg.sql import SQL, Identifier
from sql import catalogue, schema_listing
from sql.story import Story

from infra.release import RELEASED, frozen
from sandbox.laptop.postgres import Postgres, PostgresServer
from sandbox.laptop.postgres_programs import PostgresError, find_programs
from sandbox.supabase.migrate import MIGRATIONS, MigrationError, bootstrap, migrate

OURS = sorted(path.name for path in MIGRATIONS.glob("*.sql"))
GRANT_ALL = """
    alter default privileges in schema public grant all on tables to anon, authenticated, service_role;
    alter default privileges in schema public grant all on sequences to anon, authenticated, service_role;
    alter default privileges in schema public grant all on functions to anon, authenticated, service_role;
"""
HOSTED_OWNER = """
    create role {0} nologin bypassrls;
    alter schema public owner to {0};
    grant usage on schema auth, storage, net, extensions, vault, realtime to {0};
    grant select on vault.decrypted_secrets to {0};
    grant execute on function net.http_post to {0};
    alter table storage.objects owner to {0};
    alter table storage.buckets owner to {0};
    grant create on schema storage to {0};
    alter table realtime.messages owner to {0};
    grant create on schema realtime to {0};
"""


@pytest.fixture
def project(postgres: PostgresServer, empty_project: str) -> Iterator[str]:
    """The connection string of a project that has nothing of ours yet."""
    name = f"project_{uuid4().hex[:8]}"
    yield postgres.create_database(name, template=empty_project)
    postgres.drop_database(name)


def run(dsn: str, *statements: str) -> None:
    with psycopg.connect(dsn, autocommit=True) as connection:
        for statement in statements:
            connection.execute(statement)  # type: ignore[arg-type]


def lives(dsn: str) -> None:
    """A job goes all the way in this project."""
    with psycopg.connect(dsn, autocommit=True) as connection:
        story = Story(connection).to("approved")
        story.ordered()
        assert story.status() == "approved"


@pytest.mark.parametrize("table", ["lora_training_jobs", "ai_models"])
def test_a_project_that_already_has_these_tables_is_left_as_it_is(project, table):
    run(project, f"create table public.{table} (id int)", f"insert into public.{table} values (7)")
    with pytest.raises(
        MigrationError, match="already has a table lora_training_jobs or ai_models: nothing was changed"
    ):
        migrate(project)
    with psycopg.connect(project) as connection:
        assert connection.execute(f"select id from public.{table}").fetchall() == [(7,)]  # type: ignore[arg-type]
        tables = connection.execute("select tablename from pg_tables where schemaname = 'public'").fetchall()
        assert tables == [(table,)]
        assert connection.execute("select to_regnamespace('croquis')").fetchone() == (None,)


def test_a_project_that_has_a_type_of_one_of_our_names_is_left_as_it_is(project):
    run(project, "create type public.gender as enum ('other')")
    with pytest.raises(MigrationError, match="types of these names in public: gender"):
        migrate(project)
    with psycopg.connect(project) as connection:
        assert connection.execute("select to_regnamespace('croquis')").fetchone() == (None,)


def test_the_first_migration_asks_for_every_type_that_the_first_release_creates():
    """Later ones find its tables there already: a project that has them is ours."""
    first = (script for name, script in scripts().items() if name in frozen(RELEASED, until="0.1.0"))
    created = {name for script in first for name in re.findall(r"create type public\.(\w+)", script)}
    guard = scripts()["20261124000100_house.sql"].partition("create schema croquis")[0]
    assert created
    assert created == set(re.findall(r"'(\w+)'", guard.partition("array[")[2].partition("]")[0]))


def test_they_apply_once(project):
    assert migrate(project) == OURS
    assert migrate(project) == []
    lives(project)


def test_a_project_without_realtime_gets_all_but_the_listeners_policy(project):
    run(project, "drop schema realtime cascade")
    assert migrate(project) == OURS
    lives(project)


def test_old_default_privileges_of_a_project_give_nobody_more(project):
    """Projects from before explicit grants give everything in public to the three roles."""
    run(project, GRANT_ALL)
    migrate(project)
    with psycopg.connect(project) as connection:
        assert catalogue.functions(connection) == catalogue.expected("functions")
        assert catalogue.tables(connection) == catalogue.expected("tables")


def test_no_superuser_is_needed_but_who_may_do_what_a_hosted_owner_may(project):
    role = f"owner_{uuid4().hex[:8]}"
    with psycopg.connect(project, autocommit=True) as connection:
        connection.execute(SQL(HOSTED_OWNER).format(Identifier(role)))
        database = Identifier(connection.info.dbname)
        connection.execute(SQL("grant create on database {} to {}").format(database, Identifier(role)))
    migrate(make_conninfo(project, options=f"-c role={role}"))
    lives(project)
    with psycopg.connect(project, autocommit=True) as connection:
        connection.execute(SQL("drop owned by {0} cascade; drop role {0}").format(Identifier(role)))


def scripts() -> dict[str, str]:
    return {path.name: path.read_text().lower() for path in MIGRATIONS.glob("*.sql")}


@pytest.mark.parametrize(
    "word", [r"pgcrypto", r"uuidv7", r"create\s+extension", r"\bset\s+role\b", r"\bdrop\s+table\b"]
)
def test_they_use_nothing_that_a_project_may_lack(word):
    assert [name for name, script in scripts().items() if re.search(word, script)] == []


def test_they_touch_the_storage_by_policies_triggers_and_buckets_only():
    ddl = re.compile(
        r"(?:create|alter|drop)\s+(?:or\s+replace\s+)?(\w+)[^;]*?\b(?:on\s+)?(?:storage|auth|vault|net)\.\w+"
    )
    found = {what for script in scripts().values() for what in ddl.findall(script)}
    statements = [
        s
        for script in scripts().values()
        for s in re.findall(r"^(?:create|alter|drop)\s+[^;(]*?storage\.", script, re.M)
    ]
    assert found
    assert all(re.match(r"create (policy|trigger)\b", statement) for statement in statements), statements


def available() -> list[str]:
    """Which of the two sources of Postgres this machine has."""

    def has(kind: str) -> bool:
        try:
            return bool(find_programs({"CROQUIS_PG": kind}))
        except PostgresError:
            return False

    return [kind for kind in ("system", "wheel") if has(kind)]


@pytest.fixture
def server() -> Iterator[Callable[[str], Postgres]]:
    with tempfile.TemporaryDirectory(prefix="croquis-") as folder:
        os.chmod(folder, 0o711)
        started: list[Postgres] = []

        def start(kind: str) -> Postgres:
            started.append(Postgres.start(Path(folder) / kind, durable=False, environ={"CROQUIS_PG": kind}))
            return started[-1]

        yield start
        for each in started:
            each.stop()


@pytest.mark.parametrize("kind", available())
def test_they_apply_live_and_read_the_same_on_each_postgres_at_hand(server, kind):
    here = server(kind)
    dsn = here.create_database("project")
    bootstrap(dsn)
    assert migrate(dsn) == OURS
    lives(dsn)
    with psycopg.connect(dsn) as connection:
        assert 150_000 <= connection.info.server_version < 190_000
        assert schema_listing.listing(connection) == schema_listing.LISTING.read_text()
