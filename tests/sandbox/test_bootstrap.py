"""What our migrations and triggers may rely on, because a hosted Supabase project has it."""

import json
from collections.abc import Callable
from uuid import uuid4

import psycopg
import pytest
from psycopg.sql import SQL, Identifier

from sandbox.supabase.migrate import bootstrap

THREE = ("anon", "authenticated", "service_role")


@pytest.fixture(scope="module")
def connect(plain_database) -> Callable[..., psycopg.Connection]:
    return lambda user=None: psycopg.connect(plain_database.dsn(user))


def become(connection: psycopg.Connection, role: str, **claims: str) -> None:
    connection.execute("select set_config('request.jwt.claims', %s, true)", (json.dumps(claims | {"role": role}),))
    connection.execute("select set_config('role', %s, true)", (role,))


def test_the_login_role_has_no_rights_but_to_become_one_of_three(connect):
    with connect("authenticator") as connection:
        with pytest.raises(psycopg.errors.InsufficientPrivilege), connection.transaction():
            connection.execute("select from storage.objects")
        for role in THREE:
            connection.execute("select set_config('role', %s, true)", (role,))
            connection.execute("select set_config('role', 'authenticator', true)")
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            connection.execute("set role postgres")


def test_only_the_service_passes_row_level_security(connect):
    with connect() as connection:
        found = connection.execute("select rolname from pg_roles where rolbypassrls and not rolsuper").fetchall()
    assert ("service_role",) in found
    assert not {"anon", "authenticated", "authenticator"} & {name for (name,) in found}


def test_sql_knows_who_is_asking(connect):
    user = str(uuid4())
    with connect("authenticator") as connection:
        become(connection, "authenticated", sub=user, email="a@example.com")
        told = connection.execute("select auth.uid()::text, auth.role(), auth.jwt() ->> 'email'")
        assert told.fetchone() == (user, "authenticated", "a@example.com")
        connection.commit()
        connection.execute("select set_config('role', 'anon', true)")
        assert connection.execute("select auth.uid(), auth.role(), auth.jwt()").fetchone() == (None, None, None)


def test_a_new_table_is_nobodys_until_it_is_granted(connect):
    with connect() as connection:
        connection.execute("create table forgotten (id int)")
        for role in THREE:
            connection.execute("select set_config('role', %s, true)", (role,))
            with pytest.raises(psycopg.errors.InsufficientPrivilege), connection.transaction():
                connection.execute("select from forgotten")
        connection.rollback()


def test_objects_are_invisible_and_unwritable_without_a_policy(connect):
    with connect() as connection:
        connection.execute("insert into storage.buckets (id, name) values ('b', 'b')")
        connection.execute("insert into storage.objects (bucket_id, name) values ('b', 'a/b/c.tar.gz')")
        become(connection, "authenticated", sub=str(uuid4()))
        assert connection.execute("select * from storage.objects").fetchall() == []
        with pytest.raises(psycopg.errors.InsufficientPrivilege, match="row-level security"), connection.transaction():
            connection.execute("insert into storage.objects (bucket_id, name) values ('b', 'x')")
        become(connection, "service_role")
        assert connection.execute("select path_tokens from storage.objects").fetchall() == [(["a", "b", "c.tar.gz"],)]
        connection.rollback()


def test_an_objects_name_tells_its_folders(connect):
    with connect() as connection:
        folders = connection.execute("select storage.foldername('one/two/three.tar.gz')")
        assert folders.fetchone() == (["one", "two"],)


@pytest.mark.parametrize("table", ["objects", "buckets"])
def test_storage_rows_are_not_deleted_behind_the_back_of_the_storage_api(connect, table):
    with connect() as connection:
        become(connection, "service_role")
        delete = SQL("delete from storage.{}").format(Identifier(table))
        with pytest.raises(psycopg.errors.InsufficientPrivilege, match="Direct deletion"), connection.transaction():
            connection.execute(delete)
        connection.execute("select set_config('storage.allow_delete_query', 'true', true)")
        connection.execute(delete)


def test_a_secret_is_read_back_by_its_name_but_not_by_users(connect):
    with connect() as connection:
        connection.execute("select vault.create_secret('the value', 'the name')")
        stored = connection.execute("select decrypted_secret from vault.decrypted_secrets where name = 'the name'")
        assert stored.fetchall() == [("the value",)]
        become(connection, "authenticated")
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            connection.execute("select from vault.decrypted_secrets")


def test_an_http_call_is_queued_with_the_transaction_and_announced(connect):
    call = """select net.http_post('http://127.0.0.1/hook', '{"a": 1}', '{"q": "ü&b"}', '{"X-Key": "k"}', 1500)"""
    with connect() as listener, connect() as connection:
        listener.autocommit = True
        listener.execute("listen pg_net")
        connection.execute(call)
        connection.rollback()
        assert connection.execute("select from net.http_request_queue").fetchall() == []
        ((number,),) = connection.execute(call).fetchall()
        connection.commit()
        assert [notice.channel for notice in listener.notifies(timeout=10, stop_after=1)] == ["pg_net"]
        queued = connection.execute(
            "select id, method, url, headers, body, timeout_milliseconds from net.http_request_queue"
        )
        url = "http://127.0.0.1/hook?q=%C3%BC%26b"
        assert queued.fetchall() == [(number, "POST", url, {"X-Key": "k"}, b'{"a": 1}', 1500)]


def test_a_second_bootstrap_changes_nothing(plain_database, connect):
    with connect() as connection:
        connection.execute("insert into storage.buckets (id, name) values ('kept', 'kept')")
    bootstrap(plain_database.dsn())
    with connect() as connection:
        assert connection.execute("select id from storage.buckets").fetchall() == [("kept",)]
