"""WH-21: the row that a landed object writes in its own transaction, and the kick that may be lost."""

from typing import Any
from uuid import uuid4

import pytest
from psycopg.types.json import Jsonb
from sql.seats import Connection
from sql.story import Story

URL = "http://127.0.0.1:9/hooks/storage"


def outbox(db: Connection) -> list[tuple[Any, ...]]:
    return db.execute("select object_id::text, version from public.storage_outbox").fetchall()


def kicks(db: Connection) -> list[tuple[Any, ...]]:
    return db.execute(
        "select url, headers, convert_from(body, 'UTF8')::jsonb from net.http_request_queue order by id"
    ).fetchall()


@pytest.fixture
def secret(db: Connection) -> str:
    """The hook's address and secret, in the vault."""
    value = str(uuid4())
    for name, secret in (("croquis_storage_hook_url", URL), ("croquis_storage_hook_secret", value)):
        db.execute("select vault.create_secret(%s, %s)", (secret, name))
    return value


@pytest.fixture
def landed(db: Connection) -> tuple[str, str]:
    return Story(db).landed("a/b/c")


def test_each_version_of_an_object_has_one_row(db, landed):
    assert outbox(db) == [landed]
    db.execute("update storage.objects set version = 'v2' where id = %s", (landed[0],))
    assert sorted(outbox(db)) == sorted([landed, (landed[0], "v2")])


def test_an_update_without_a_new_version_writes_no_row(db, secret, landed):
    db.execute("update storage.objects set last_accessed_at = now(), metadata = '{}' where id = %s", (landed[0],))
    db.execute("update storage.objects set version = version where id = %s", (landed[0],))
    assert outbox(db) == [landed]
    assert len(kicks(db)) == 1


@pytest.mark.parametrize("bucket", ["training-photos", "datasets", "lora-weights", "images"])
def test_our_own_buckets_write_no_rows(db, story, bucket):
    story.landed("a/b/c", bucket)
    assert outbox(db) == []


def test_a_probe_that_is_rolled_back_leaves_nothing(db, secret, story):
    with db.transaction(force_rollback=True):
        story.landed("a/b/c")
    assert (outbox(db), kicks(db)) == ([], [])


def test_a_kick_names_the_object_and_carries_the_secret(db, secret, landed):
    object_id, version = landed
    headers = {"Content-Type": "application/json", "x-croquis-hook-secret": secret}
    assert kicks(db) == [(URL, headers, {"object_id": object_id, "version": version})]


@pytest.mark.parametrize("missing", ["croquis_storage_hook_url", "croquis_storage_hook_secret"])
def test_without_address_or_secret_there_is_no_kick_but_a_row(db, secret, story, missing):
    db.execute("delete from vault.secrets where name = %s", (missing,))
    assert outbox(db) == [] == kicks(db)
    landed = story.landed("a/b/c")
    assert (outbox(db), kicks(db)) == ([landed], [])


@pytest.mark.parametrize(
    "harm",
    [
        "alter table net.http_request_queue add constraint never check (false) not valid",
        "drop function net.http_post",
        "drop view vault.decrypted_secrets",
    ],
)
def test_an_upload_does_not_fail_when_the_kick_does(db, secret, story, harm):
    db.execute(harm)
    assert outbox(db) == []
    assert [story.landed("a/b/c")] == outbox(db)


@pytest.mark.parametrize("metadata", [None, {}, {"size": "12 kB"}, {"size": None}, {"size": 12.5}, []])
def test_an_upload_does_not_fail_for_what_the_storage_tells_of_it(db, metadata):
    row = ("photo-uploads", "a/b", Jsonb(metadata))
    db.execute("insert into storage.objects (bucket_id, name, metadata) values (%s, %s, %s)", row)
    assert [version for _, version in outbox(db)] == [""]


def test_a_user_who_uploads_needs_no_right_on_the_outbox(story):
    photo = story.opened().announced()
    story.owner.sql(
        "insert into storage.objects (bucket_id, name, version) values ('photo-uploads', %s, 'v')",
        (photo["upload_path"],),
    )
    assert [version for _, version in outbox(story.connection)] == ["v"]
