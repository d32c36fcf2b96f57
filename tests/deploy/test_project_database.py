"""The project's database: prepared from what Supabase itself makes, once, in order; and whose it is."""

from typing import Any

import psycopg
import pytest

from infra.deploy.database import ProjectDatabase
from infra.deploy.errors import Stopped
from sandbox.supabase.migrate import MIGRATIONS

HERE = "http://127.0.0.1:54321"


def rows(dsn: str, query: Any) -> list[tuple[Any, ...]]:
    with psycopg.connect(dsn, autocommit=True) as connection:
        cursor = connection.execute(query)
        return cursor.fetchall() if cursor.description else []


def test_an_empty_project_gets_all_migrations_in_order_and_a_second_run_does_nothing(plain_database: Any) -> None:
    database = ProjectDatabase.of(plain_database.dsn(), HERE)
    ours = sorted(it.name for it in MIGRATIONS.glob("*.sql"))
    assert database.prepare() == [f"applied {len(ours)} migrations, the last {ours[-1]}"]
    assert database.prepare() == []


def test_the_hook_is_told_once_and_again_only_when_it_changes(database: Any) -> None:
    project = ProjectDatabase.of(database.dsn(), HERE)
    assert project.keep_hook("https://api.example/hooks/storage", "one")
    assert not project.keep_hook("https://api.example/hooks/storage", "one")
    assert project.keep_hook("https://api.example/hooks/storage", "two")
    told = rows(database.dsn(), "select name, decrypted_secret from vault.decrypted_secrets order by name")
    assert told == [
        ("croquis_storage_hook_secret", "two"),
        ("croquis_storage_hook_url", "https://api.example/hooks/storage"),
    ]


def test_an_extension_that_cannot_be_had_stops_before_the_first_migration(postgres: Any, empty_project: str) -> None:
    name = "without_pg_net"
    dsn = postgres.create_database(name, template=empty_project)
    try:
        rows(dsn, "drop function net.http_post")
        with pytest.raises(Stopped, match=r"pg_net .*Database → Extensions"):
            ProjectDatabase.of(dsn, HERE).prepare()
        assert rows(dsn, "select to_regclass('supabase_migrations.schema_migrations')") == [(None,)]
    finally:
        postgres.drop_database(name)


@pytest.mark.parametrize(
    ("url", "why"),
    [
        ("postgresql://postgres.wxyz:p@aws-0-eu-central-1.pooler.supabase.com:5432/postgres", "another project"),
        ("postgresql://postgres.abcd:p@aws-0-eu-central-1.pooler.supabase.com:6543/postgres", "session pooler"),
        ("abcd", "copy it"),
        ("postgresql://postgres.abcd:[YOUR-PASSWORD]@db.abcd.supabase.co:5432/postgres", "put the database's password"),
    ],
)
def test_a_wrong_connection_string_is_refused_before_it_is_used(url: str, why: str) -> None:
    with pytest.raises(Stopped, match=why):
        ProjectDatabase.of(url, "https://abcd.supabase.co")


def test_what_leaves_this_machine_is_encrypted() -> None:
    url = "postgresql://postgres:p@db.abcd.supabase.co:5432/postgres"
    assert "sslmode=require" in ProjectDatabase.of(url, "https://abcd.supabase.co").dsn


def test_an_unreachable_database_is_told_without_its_password(unused_tcp_port: int) -> None:
    url = f"postgresql://postgres:hush@127.0.0.1:{unused_tcp_port}/postgres"
    with pytest.raises(Stopped, match="cannot be reached") as stopped:
        ProjectDatabase.of(url, HERE).prepare()
    assert "hush" not in str(stopped.value)


@pytest.fixture
def unused_tcp_port() -> int:
    from sandbox.laptop.serving import free_port

    return free_port()
