"""Keeps what a release leaves running when the next one is deployed: `python -m upgrade.record VERSION`.

A folder below tests/upgrade: the state machines, the rows, what executions and queues hold, the provider's runs.
"""

import json
import os
import shutil
import sys
import tempfile
from base64 import b64encode
from collections.abc import Iterator, Mapping
from contextlib import redirect_stdout
from dataclasses import asdict
from pathlib import Path
from typing import Any

import fetch_models
from conftest import Database
from faults.emptying import EMPTY
from faults.scenarios import stock
from faults.stepper import Execution
from studio import deployed
from upgrade.moment import Moment
from upgrade.provider import provided
from upgrade.releases import HERE, MACHINES, RELEASES
from upgrade.rows import rows_of
from upgrade.worlds import StillWorld

from sandbox import ROOT
from sandbox.laptop.postgres import postgres
from sandbox.supabase.migrate import bootstrap, migrate

NOT_OURS = {"net.http_request_queue"}
OBJECTS, STOCK = "storage.objects", "faults/"  # what all runs share is not kept
SAVED = """
    select distinct on (i.sha256) i.sha256, o.version from images i
    join storage.objects o on o.bucket_id = 'images' and o.name = i.path order by i.sha256
"""


def main(version: str) -> None:
    """Write it all anew; what our functions log is of no interest."""
    os.environ.setdefault("AWS_DEFAULT_REGION", "us-east-1")
    fetch_models.fetch()
    with tempfile.TemporaryDirectory(prefix="croquis-") as folder:
        Path(folder).chmod(0o711)  # the server of root runs as nobody, who must be able to walk in
        with postgres(Path(folder) / "postgres", durable=False) as server:
            dsn = server.create_database("recorded")
            bootstrap(dsn)
            migrate(dsn)
            with (
                Path(os.devnull).open("w") as nowhere,
                redirect_stdout(nowhere),
                StillWorld(Database(server, "recorded"), Path(folder)) as world,
            ):
                world.begin()
                stock(world)
                moment = Moment(world)
                moment.play()
                write(HERE / version, world, moment)


def forget_older(version: str) -> None:
    """Old fields are read for one release: only the one before this is kept."""
    others = [it for it in RELEASES if it != version]
    for it in others[:-1]:
        shutil.rmtree(HERE / it)


def write(folder: Path, world: StillWorld, moment: Moment) -> None:
    """What is there at that moment; in each queue there must be something."""
    if lacking := set(deployed().consumers) - {it.queue for it in world.queues.waiting}:
        raise SystemExit(f"Nothing was under way in {', '.join(lacking)}: let tests/upgrade/moment.py leave it there.")
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    for name in MACHINES.values():
        shutil.copyfile(ROOT / "infra" / name, folder / name)
    rows = rows_of(world.connection, [it for it in EMPTY if it not in NOT_OURS])
    rows[OBJECTS] = rows_of(world.connection, [OBJECTS], f"name not like '{STOCK}%'")[OBJECTS]
    _lines(folder / "rows.json", rows)
    _lines(folder / "under_way.json", {
        "at": [world.now()],
        "executions": [{"name": it.name, "given": it.given, "at": _positions(it)} for it in moment.executions],
        "messages": [{"queue": it.queue, "body": it.body} for it in world.queues.waiting],
        "kicks": world.kicks,
        "pictures": [*_pictures(world)],
    })  # fmt: skip
    _lines(folder / "provider.json", provided(world.twin))


def _pictures(world: StillWorld) -> Iterator[dict[str, str]]:
    """Most are the same: here, a picture is of one colour."""
    for it in world.rows(SAVED):
        data = (world.project.objects_dir / it["version"]).read_bytes()
        yield {"sha256": it["sha256"], "base64": b64encode(data).decode()}


def _positions(execution: Execution) -> list[dict[str, Any]]:
    return [{"place": place, **asdict(position)} for place, position in execution.at.items()]


def _lines(path: Path, content: Mapping[str, list[Any]]) -> None:
    """One item a line, so that a change can be read."""
    parts = [
        f"{json.dumps(name)}: [\n" + ",\n".join(json.dumps(it, sort_keys=True) for it in items) + "\n]"
        for name, items in content.items()
    ]
    path.write_text("{\n" + ",\n".join(parts) + "\n}\n")


if __name__ == "__main__":
    main(sys.argv[1])
    forget_older(sys.argv[1])
