"""How good the forecast is: the range that is told before, and the minutes left while it trains.

The runs are drawn from a seed that nothing was tuned on (bench.forecast), with heavy tails, and with a provider whose
speed changes. The range is made by the SQL functions that a dry run asks, the minutes by what the job's view asks.
"""

import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from random import Random
from statistics import mean, median

import psycopg
from domain.journeys import Journey

from bench.forecast import STEPS, Training, shares
from bench.row import Row
from croquis.adapters.replicate.trainer_log import progress_of
from croquis.domain.runs.estimate import FEWEST_FINISHED
from croquis.domain.runs.progress import INGEST, PREVIEWS
from croquis.domain.runs.training import JobStatus
from sandbox.laptop.postgres import postgres
from sandbox.supabase.migrate import bootstrap, migrate

HELD_OUT = 20_261_201
COMPARED = 50  # at most, as in croquis.history_of_runs
RUNS, HISTORIES, TRAININGS = 2_000, 200, 400
NOMINAL, MARGIN = 80.0, 3.0  # two deviations of so many runs, and one more point
BEFORE, AFTER, AT_ONCE = 60, 40, 5
HOLDS_AGAIN = 0.7  # of five runs, over all histories
SLOWER, FASTER = 1.4, 0.6
ON_THE_WAY = (JobStatus.QUEUED, JobStatus.PREPARING, JobStatus.TRAINING)

Range = Callable[[Sequence[float]], tuple[float, float]]


def rows() -> Iterator[Row]:
    draw = Random(HELD_OUT)
    with _ranges() as range_of:
        yield from _coverage(range_of, draw)
        for speed, what in ((SLOWER, "slower"), (FASTER, "faster")):
            yield _after_a_change(range_of, draw, speed, what)
    yield from _minutes_left(draw)


@contextmanager
def _ranges() -> Iterator[Range]:
    """The range after these runs, oldest first."""
    with tempfile.TemporaryDirectory(prefix="croquis-bench-") as name:
        folder = Path(name)
        folder.chmod(0o711)  # the server of root runs as nobody, who must be able to walk in
        with postgres(folder / "postgres", durable=False) as server:
            dsn = server.create_database("bench")
            bootstrap(dsn)
            migrate(dsn)
            with psycopg.connect(dsn) as connection:

                def asked(before: Sequence[float]) -> tuple[float, float]:
                    newest = list(before[::-1][:COMPARED])
                    query = "select croquis.spread(croquis.since_change(%s::float8[]))"
                    [[it]] = connection.execute(query, (newest,)).fetchall()
                    return it["low"], it["high"]

                yield asked


def _coverage(range_of: Range, draw: Random) -> Iterator[Row]:
    runs = list(islice(shares(draw), RUNS))
    told = [range_of(runs[:it]) for it in range(COMPARED, RUNS)]
    held = [low <= took <= high for (low, high), took in zip(told, runs[COMPARED:], strict=True)]
    low, high = (median(it) for it in zip(*told, strict=True))
    yield _held("the range holds the next run", held, f"{low:.2f} to {high:.2f} of what was expected")
    few = [list(islice(shares(draw), FEWEST_FINISHED + 1)) for _ in range(RUNS)]
    held = [low <= it[-1] <= high for it in few for low, high in [range_of(it[:-1])]]
    yield _held(f"the same, when only {FEWEST_FINISHED} are known", held, "")


def _held(what: str, held: Sequence[bool], ours: str) -> Row:
    return Row(what, 100 * mean(held), " %", at_least=NOMINAL - MARGIN, ours=ours, detail=f"{len(held):,} runs")


def _after_a_change(range_of: Range, draw: Random, speed: float, what: str) -> Row:
    """Until five runs in a row are held as often as is asked, over all histories."""
    held = [_held_after(range_of, draw, speed) for _ in range(HISTORIES)]
    each = [mean(it) for it in zip(*held, strict=True)]
    again = next((it for it in range(AFTER - AT_ONCE + 1) if mean(each[it : it + AT_ONCE]) >= HOLDS_AGAIN), AFTER)
    return Row(
        f"the provider takes {speed} of the time ({what}): until the range holds again",
        again,
        " runs",
        at_most=15,
        ours=f"{mean(each[:AT_ONCE]):.0%} of the first five, {mean(each[again : again + AT_ONCE]):.0%} from then on",
        detail=f"{HISTORIES} histories",
    )


def _held_after(range_of: Range, draw: Random, speed: float) -> list[bool]:
    runs = [*islice(shares(draw), BEFORE), *islice(shares(draw, speed), AFTER)]
    told = (range_of(runs[:it]) for it in range(BEFORE, BEFORE + AFTER))
    return [low <= took <= high for (low, high), took in zip(told, runs[BEFORE:], strict=True)]


def _minutes_left(draw: Random) -> Iterator[Row]:
    step = STEPS // 4
    trainings = [Training.drawn(draw) for _ in range(TRAININGS)]
    ours = _errors(trainings, lambda it: _told(it, step), step)
    guessed = _errors(trainings, lambda it: it.pace_at(step) * (STEPS - step) + INGEST + PREVIEWS, step)
    detail = f"{TRAININGS} trainings"
    name, other = "error of the minutes left at 25 %", "by the trainer's guess"
    yield Row(
        f"{name}: median", median(ours), " %", at_most=10, other=f"{other}: {median(guessed):.1f} %", detail=detail
    )
    yield Row(f"{name}: nine of ten", _ninth(ours), " %", other=f"{other}: {_ninth(guessed):.1f} %", detail=detail)


def _told(training: Training, step: int) -> float:
    """Seconds, as the view tells them in whole minutes."""
    progress = progress_of(training.log_at(step))
    assert progress, training
    journey = Journey().to(*ON_THE_WAY)
    journey.told = {"step": progress.step, "total_steps": progress.total, "eta_seconds": progress.eta_seconds}
    assert journey.progress.minutes_left is not None
    return 60 * journey.progress.minutes_left


def _errors(trainings: Sequence[Training], tell: Callable[[Training], float], step: int) -> list[float]:
    """In per cent of what was really left, smallest first."""
    return sorted(100 * abs(tell(it) - it.left_after(step)) / it.left_after(step) for it in trainings)


def _ninth(errors: Sequence[float]) -> float:
    return errors[9 * len(errors) // 10]
