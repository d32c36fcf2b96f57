"""A fresh database becomes a Supabase project, and gets each migration once."""

from concurrent.futures import ThreadPoolExecutor
from typing import LiteralString
from uuid import uuid4

import psycopg
import pytest

from sandbox.supabase.migrate import MigrationError, bootstrap, migrate


@pytest.fixture
def dsn(postgres):
    name = f"migrate_{uuid4().hex[:8]}"
    yield postgres.create_database(name)
    postgres.drop_database(name)


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "20260102_second.sql").write_text("insert into notes values ('second');")
    (tmp_path / "20260101_first.sql").write_text("create table notes (text text);\ninsert into notes values ('first');")
    return tmp_path


def rows(dsn: str, query: LiteralString) -> list[tuple]:
    with psycopg.connect(dsn) as connection:
        return connection.execute(query).fetchall()


def test_migrations_run_once_in_the_order_of_their_names(dsn, folder):
    assert migrate(dsn, folder) == ["20260101_first.sql", "20260102_second.sql"]
    assert migrate(dsn, folder) == []
    (folder / "20260103_third.sql").write_text("insert into notes values ('third');")
    assert migrate(dsn, folder) == ["20260103_third.sql"]
    assert rows(dsn, "select * from notes") == [("first",), ("second",), ("third",)]


def test_they_are_recorded_as_the_supabase_cli_records_them(dsn, folder):
    migrate(dsn, folder)
    recorded = rows(dsn, "select version, name, statements from supabase_migrations.schema_migrations order by 1")
    assert [(version, name) for version, name, _ in recorded] == [("20260101", "first"), ("20260102", "second")]
    assert recorded[1][2] == ["insert into notes values ('second');"]


def test_a_failing_migration_leaves_nothing_of_itself_and_is_named(dsn, folder):
    (folder / "20260102_second.sql").write_text("create table more (id int);\nselect nonsense;")
    with pytest.raises(MigrationError, match=r"20260102_second.sql, line 2: .*nonsense"):
        migrate(dsn, folder)
    assert rows(dsn, "select to_regclass('more')") == [(None,)]
    assert rows(dsn, "select version from supabase_migrations.schema_migrations") == [("20260101",)]


def test_a_file_without_a_version_is_refused(dsn, folder):
    (folder / "third.sql").write_text("select 1;")
    with pytest.raises(MigrationError, match=r"third\.sql is no migration's name"):
        migrate(dsn, folder)


def test_what_a_migration_sets_does_not_reach_the_next_one(dsn, folder):
    (folder / "20260101_first.sql").write_text("set search_path = ''; create table public.notes (text text);")
    assert len(migrate(dsn, folder)) == 2


def test_launchers_at_once_take_turns(postgres, dsn, folder):
    other = postgres.create_database(f"migrate_{uuid4().hex[:8]}")
    with ThreadPoolExecutor(6) as launchers:
        list(launchers.map(bootstrap, [dsn, other] * 3))
        applied = list(launchers.map(lambda _: migrate(dsn, folder), range(3)))
    assert sorted(map(len, applied)) == [0, 0, 2]
    postgres.drop_database(other.split("dbname=")[1].split()[0])


def test_our_own_migrations_apply_to_a_fresh_project(template_database):
    assert template_database
