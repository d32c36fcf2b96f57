"""`make faults`: every fault at every effect, or with PAIRS=2000 SEED=1 seeded pairs, or with RUN='…' one run again.

Prints each run that breaks something as a line that RUN takes, and ends with 1 if there was any that is not known.
"""

import os
import sys
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, redirect_stdout
from pathlib import Path
from uuid import uuid4

from conftest import Database
from faults.known import known_broken
from faults.runs import Run, effects_of, outcome, pairs, run_of, singles, what
from faults.scenarios import SCENARIOS, stock
from faults.world import World
from rich.console import Console
from rich.progress import Progress

from sandbox.laptop.postgres import postgres
from sandbox.supabase.migrate import bootstrap, migrate


@contextmanager
def a_world() -> Iterator[World]:
    with tempfile.TemporaryDirectory(prefix="croquis-") as name:
        folder = Path(name)
        folder.chmod(0o711)  # the server of root runs as nobody, who must be able to walk in
        with postgres(folder / "postgres", durable=False) as server:
            database = Database(server, f"faults_{uuid4().hex[:12]}")
            dsn = server.create_database(database.name)
            bootstrap(dsn)
            migrate(dsn)
            with World(database, folder) as world:
                world.begin()
                stock(world)
                yield world


def chosen(world: World, say: Console) -> list[Run]:
    if run := os.environ.get("RUN"):
        return [run_of(run)]
    effects = {name: effects_of(world, name) for name in SCENARIOS}
    say.print(", ".join(f"{name}: {len(found)} effects" for name, found in effects.items()))
    if number := os.environ.get("PAIRS"):
        return list(pairs(effects, int(number), int(os.environ.get("SEED") or 1)))
    return [run for name, found in effects.items() for run in singles(name, found)]


def tried(world: World, runs: Iterable[Run], say: Console, progress: Progress) -> int:
    known, new, task = known_broken(), 0, progress.add_task("faults", total=len(list(runs)))
    for run in runs:
        if found := outcome(world, run):
            is_known = len(run.faults) == 1 and what(run) in known
            new += not is_known
            say.print(f"{'known ' if is_known else ''}{run}", markup=False, highlight=False, soft_wrap=True)
            say.print(f"    {found}", markup=False, highlight=False, soft_wrap=True)
        progress.advance(task)
    return new


def main() -> int:
    os.environ.setdefault("AWS_DEFAULT_REGION", "us-east-1")
    say = Console(file=sys.stdout)
    # what our functions log is looked at, and not shown
    with Path(os.devnull).open("w") as nowhere, redirect_stdout(nowhere), a_world() as world:
        runs = chosen(world, say)
        with Progress(console=say) as progress:
            new = tried(world, runs, say, progress)
    say.print(f"{len(runs)} runs, {new} of them break something that is not known.")
    return 1 if new else 0


if __name__ == "__main__":
    sys.exit(main())
