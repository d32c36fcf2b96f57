"""What a job costs among 1, 10, 100 and 1,000 at once, a sweep over 100,000 finished ones, a cell of a large look-book.

Played in the world of `make faults`: real Postgres, handlers and state machines, the stand-in for Replicate, one
handler after another. Counts are exact, and machines alike; of seconds a ratio alone tells something.
"""

import os
import tempfile
import time
from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median

from faults.crowd import PHOTOS, Spent, crowd, watched
from faults.filled import a_day, after_a_day, fill, long_after
from faults.owners import NAMES, Owner
from faults.scenarios import agreeing_to_try_ons, approving, submitting
from faults.work import count_calls
from faults.workers import a_world
from faults.world import World

from bench.row import Curve, Found, Plot, Row
from bench.turns import Turns, p95, row, seconds
from sandbox.laptop.postgres import postgres

WHOLE = (1, 10, 100)  # as many previews as trainings times four: three quarters of all the work
FAILED = (1, 10, 100, int(os.environ.get("JOBS") or 1000))
FINISHED = 100_000
SWEEPS = 15
SMALL_BOOK, LARGE_BOOK = 3, 50  # columns of four looks; the pictures that the looks are tried on come on top
LOOKS = 4
EQUAL = 1.05
COUNTED = {
    "invocations": "Lambda invocations",
    "requests": "statements to the Data API",
    "functions called": "SQL functions called",
    "rows read": "rows read",
    "bytes": "bytes to and from the Data API",
}
# what is read follows plans, which change with the tables; a look-book is answered with its filling, and weighed anew
CALLED = ("invocations", "requests")
SENT = (*CALLED, "bytes")
DOORS = {"submit": "Trainings", "webhook": "ReplicateWebhook", "finish": "SettleAttempt"}


@dataclass
class Timed(Spent):
    """With the seconds of each call of a function, which are its own: one comes after another, in one thread."""

    seconds: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))

    @contextmanager
    def call(self, function: str) -> Iterator[None]:
        began = time.perf_counter()
        with super().call(function):
            yield
        self.seconds[function].append(time.perf_counter() - began)


def rows() -> Iterator[Found]:
    with tables_of_one_day() as world:
        before = _sweeps(world)
        after_a_day(world)
        fill(world.dsn, FINISHED)
        long_after(world)
        yield from _sweep_rows(before, _sweeps(world))
        yield from _equal("a training", [crowd(world, Timed(jobs)) for jobs in WHOLE])
        world.faults(training_ends="failed")
        failed = [crowd(world, Timed(jobs), ends="failed") for jobs in FAILED]
        world.faults()
        yield from _equal("a training that fails there", failed)
        yield from _latencies(failed)
        books = [_look_book(world, *book) for book in enumerate((SMALL_BOOK, LARGE_BOOK))]
        yield from _equal("a picture of a look-book", books, CALLED)


@contextmanager
def tables_of_one_day() -> Iterator[World]:
    with tempfile.TemporaryDirectory(prefix="croquis-bench-") as name:
        folder = Path(name)
        folder.chmod(0o711)  # the server of root runs as nobody, who must be able to walk in
        with postgres(folder / "postgres", durable=False) as server, a_world(server.dsn()) as world:
            count_calls(world)
            world.begin()
            world.recorder.on = False
            world.rows("update croquis.limits set usd_per_day = 999999")
            a_day(world, Owner(world, NAMES[0], 2))
            long_after(world)
            yield world


def _equal(one: str, spent: Sequence[Spent], bounded: Collection[str] = SENT) -> Iterator[Row]:
    """Each count among the most beside the one among the fewest."""
    sizes = ", ".join(f"{it.among:,}" for it in spent)
    for name, what in COUNTED.items():
        each = [it.each(name) for it in spent]
        figures = " / ".join(f"{it:,.6g}" for it in each)
        yield Row(
            f"{what} for {one}: among {spent[-1].among:,} / among {spent[0].among}",
            each[-1] / each[0],
            at_most=EQUAL if name in bounded else None,
            ours=figures,
            detail=f"of {sizes} at once",
        )


def _latencies(spent: Sequence[Timed]) -> Iterator[Found]:
    for what, function in DOORS.items():
        few, many = (it.seconds[function] for it in (spent[1], spent[-1]))
        for name, of in (("p50", median), ("p95", p95)):
            yield Row(
                f"{what}, {name}: among {spent[-1].among:,} / among {spent[1].among}",
                of(many) / of(few),
                ours=seconds(tuple(many)),
                other=seconds(tuple(few)),
            )
    yield Plot(
        "growth",
        "Seconds of one call, by how many jobs are at work at once",
        "jobs at once",
        "seconds (p95)",
        tuple(
            Curve(what, tuple((it.among, p95(it.seconds[function])) for it in spent))
            for what, function in DOORS.items()
        ),
        logarithmic_x=True,
    )


def _sweeps(world: World) -> Timed:
    """Nothing is late, so that each asks everything and finds nothing."""
    world.invoke("Sweep", {})  # it has its connections, and what the day left is done
    spent = Timed(SWEEPS)
    with watched(world, spent):
        for _ in range(SWEEPS):
            assert not any(world.invoke("Sweep", {}).values())
    return spent


def _sweep_rows(without: Timed, over: Timed) -> Iterator[Row]:
    for name in ("requests", "rows read", "bytes"):
        what = f"{COUNTED[name]} for a sweep over {FINISHED:,} finished jobs / over one"
        each = over.each(name), without.each(name)
        yield Row(what, each[0] / each[1], at_most=EQUAL, ours=f"{each[0]:,.6g}", other=f"{each[1]:,.6g}")
    found = Turns(tuple(over.seconds["Sweep"]), tuple(without.seconds["Sweep"]))
    yield row(f"a sweep over {FINISHED:,} finished jobs / over one", found)


def _look_book(world: World, number: int, columns: int) -> Spent:
    owner = Owner(world, NAMES[0], 0)
    owner.draft(PHOTOS)
    for step in (submitting, approving, agreeing_to_try_ons):
        step(world, [owner])
        world.until(lambda: True)
    garments = [owner.garment("upper", LOOKS * number + look) for look in range(LOOKS)]
    spent = Spent(columns * (LOOKS + 1))
    with watched(world, spent):
        owner.order_look_book(garments, columns, budget=100)
        world.until(lambda: True)
    done = world.rows("select count(*) from look_book_cells where owner_id = %s and status = 'done'", owner.id)
    assert done == [{"count": spent.among}], done
    return spent
