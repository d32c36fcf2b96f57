"""What each release leaves running, the handlers and the SQL of today finish: no order is lost, none is made twice.

Executions go on by their release's state machine, as they do on AWS, and call functions by its names and payloads.
"""

import json
import re
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import psycopg
import pytest
from conftest import Database
from faults import invariants
from faults.scenarios import settled
from studio import deployed
from upgrade.releases import RELEASES, Release
from upgrade.rows import put
from upgrade.worlds import GoingOn

from infra.release import MIGRATIONS, RELEASED, frozen
from sandbox.laptop.postgres import PostgresServer
from sandbox.supabase.migrate import migrate

HOLD = (
    invariants.at_most_one_paid_run, invariants.no_run_is_unknown, invariants.every_order_ends,
    invariants.history_is_a_path, invariants.callbacks_once, invariants.look_books_are_filled,
)  # fmt: skip


@pytest.fixture(scope="module", params=RELEASES)
def release(request: pytest.FixtureRequest) -> Release:
    return Release(request.param)


@pytest.fixture(scope="module")
def ended(release: Release, postgres: PostgresServer, empty_project: str, tmp_path_factory: Any) -> Iterator[GoingOn]:
    """The release's rows in its own schema, today's migrations over them, and then everything to its end."""
    name = f"upgraded_{uuid4().hex[:8]}"
    dsn = postgres.create_database(name, template=empty_project)
    _as_released(dsn, release)
    migrate(dsn)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("AWS_DEFAULT_REGION", "us-east-1")
        with GoingOn(Database(postgres, name), tmp_path_factory.mktemp("world")) as world:
            world.goes_on_with(release)
            world.until(lambda: settled(world))
            yield world
    postgres.drop_database(name)


def _as_released(dsn: str, release: Release) -> None:
    with tempfile.TemporaryDirectory(prefix="croquis-") as folder:
        for name in frozen(RELEASED, until=release.version):
            shutil.copyfile(MIGRATIONS / name, Path(folder) / name)
        migrate(dsn, Path(folder))
    with psycopg.connect(dsn, autocommit=True) as connection:
        put(connection, release.rows)


def test_something_was_left_in_every_state_that_calls_or_waits(release: Release) -> None:
    stood = {at["state"] for it in release.under_way["executions"] for at in it["at"]}
    for machine in release.machines.values():
        assert {name for name, it in machine["States"].items() if it["Type"] not in ("Choice", "Succeed")} <= stood
    asleep = {at["state"] for it in release.under_way["executions"] for at in it["at"] if at["token"]}
    assert asleep == {"Train", "Start image"}


def test_what_it_calls_and_sends_to_is_still_deployed(release: Release) -> None:
    """As long as an execution may call it: a function or queue goes one release after its last use."""
    called = set(re.findall(r'"FunctionName": "(\w+)"', json.dumps(release.machines)))
    assert called
    assert called - set(deployed().functions) == set()
    assert {it["queue"] for it in release.under_way["messages"]} - set(deployed().consumers) == set()


def test_every_execution_succeeds(release: Release, ended: GoingOn) -> None:
    names = [it["name"] for it in release.under_way["executions"]]
    assert [name for name in names if ended.machines.executions[name].status != "SUCCEEDED"] == []
    assert ended.queues.dead == []


def test_every_training_is_ready_unless_it_was_canceled(ended: GoingOn) -> None:
    stands = "select distinct cancel_requested_at is not null as canceled, status::text from lora_training_jobs"
    assert {(it["canceled"], it["status"]) for it in ended.rows(stands)} == {
        (True, "canceled"), (False, "in_review"), (False, "approved"), (False, "draft"),
    }  # fmt: skip


def test_every_picture_is_there_but_those_that_were_canceled(release: Release, ended: GoingOn) -> None:
    lost = ended.rows("select id::text, failure_code from images where status <> 'saved'")
    given_up = [
        it["given"]["image_id"]
        for it in release.under_way["executions"]
        if any(at["state"] == "Record missing image" for at in it["at"])
    ]
    assert [it["id"] for it in lost if it["failure_code"] != "canceled"] == given_up


def test_a_call_of_the_storage_is_understood(release: Release, ended: GoingOn) -> None:
    assert ended.answered == [200 for _ in release.under_way["kicks"]] != []


def test_uploads_and_downloads_come_to_their_end(ended: GoingOn) -> None:
    assert ended.rows("select true from training_photos where status <> 'accepted'") == []
    assert ended.rows("select status::text from downloads") == [{"status": "ready"}]


@pytest.mark.parametrize("holds", HOLD, ids=lambda it: it.__name__)
def test_what_always_holds_holds(ended: GoingOn, holds: Any) -> None:
    assert [*holds(ended, [])] == []
