"""`make faults`: every fault at every effect; or `once`, each kind of fault at each port's method in each state.

With SHARE=3/8 the third of eight equal shares of them; with PAIRS=2000 SEED=1 seeded pairs of faults instead; with
RUN='…' one run again, as it was printed. Each process, one more than there are processors, plays its runs in a database
of its own. Prints each run that breaks something as a line that RUN takes, and ends with 1 if there was any.
"""

import os
import sys
import tempfile
import time
from collections.abc import Iterable
from concurrent.futures import ProcessPoolExecutor
from contextlib import ExitStack
from multiprocessing import get_context
from pathlib import Path

import fetch_models
from faults.kinds import Effect
from faults.runs import Run, all_once, pairs, run_of, share, singles
from faults.scenarios import SCENARIOS
from faults.workers import Outcome, begin, recorded, tried
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TimeElapsedColumn, TimeRemainingColumn

from sandbox.laptop.postgres import postgres

SAID_EVERY = 100  # where no bar can be drawn
COLUMNS = BarColumn(), MofNCompleteColumn(), TimeElapsedColumn(), "and", TimeRemainingColumn(), "to go"


def chosen(effects: dict[str, list[Effect]], asked: list[str]) -> list[Run]:
    if number := os.environ.get("PAIRS"):
        return list(pairs(effects, int(number), int(os.environ.get("SEED") or 1)))
    every = all_once(effects) if asked == ["once"] else [it for name, at in effects.items() for it in singles(name, at)]
    return share(every, os.environ.get("SHARE") or "1/1")


def broken(outcomes: Iterable[Outcome], number: int, say: Console) -> int:
    """How many break something, each of which is shown."""
    found_broken = 0
    with Progress(*COLUMNS, console=say) as progress:
        for done, (run, found) in enumerate(progress.track(outcomes, total=number)):
            if done % SAID_EVERY == 0 and not say.is_terminal:
                say.print(f"{done} of {number}")
            if found:
                found_broken += 1
                say.print(f"{run}\n    {found}", markup=False, highlight=False, soft_wrap=True)
    return found_broken


def main(asked: list[str]) -> int:
    say, began = Console(file=sys.stdout), time.monotonic()
    fetch_models.fetch()
    processes = 1 if os.environ.get("RUN") else 1 + (os.cpu_count() or 1)  # each waits for its database now and then
    with tempfile.TemporaryDirectory(prefix="croquis-") as folder, ExitStack() as opened:
        Path(folder).chmod(0o711)  # the server of root runs as nobody, who must be able to walk in
        server = opened.enter_context(postgres(Path(folder) / "postgres", durable=False))
        pool = opened.enter_context(
            ProcessPoolExecutor(processes, mp_context=get_context("spawn"), initializer=begin, initargs=(server.dsn(),))
        )
        if run := os.environ.get("RUN"):
            effects, runs = dict[str, list[Effect]](), [run_of(run)]
        else:
            effects = dict(pool.map(recorded, SCENARIOS))
            runs = chosen(effects, asked)
            say.print(", ".join(f"{name}: {len(found)} effects" for name, found in effects.items()))
        number = broken(pool.map(tried, map(str, runs), chunksize=8), len(runs), say)
    number_of_effects = sum(map(len, effects.values()))
    minutes = (time.monotonic() - began) / 60
    say.print(f"{number_of_effects} effects, {len(runs)} runs, {minutes:.1f} minutes: {number} runs break something.")
    return 1 if number else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
