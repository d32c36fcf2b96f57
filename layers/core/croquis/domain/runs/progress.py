"""How far a whole job has come, from submit to review, and how long is left. Only a display may depend on it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import ceil

from croquis.domain.images.image import Image
from croquis.domain.runs.estimate import in_minutes
from croquis.domain.runs.job import Job, JobEvent, Run
from croquis.domain.runs.training import JobStatus

# Seconds that a stage is expected to take. The training is not here: a run has the seconds that its price is made of.
QUEUE = 5  # assumed: its workflow starts at once
DATASET = 20  # assumed: twelve photos are read, cut and stored one after another
INGEST = 30  # assumed: 172 MB at 6 MB/s; the compact preset has a twentieth of that
PREVIEWS = 45  # four at once; of 679 public examples of such images half took up to 12.8 s, one in ten over 23 s
AROUND_TRAINING = QUEUE + DATASET + INGEST + PREVIEWS
DECIDED = {JobStatus.IN_REVIEW, JobStatus.APPROVED, JobStatus.REJECTED}


@dataclass(frozen=True)
class JobProgress:
    """Of the run that the job is at: `share` is 0 to 1 and never falls; no minutes where nobody can say."""

    share: float
    minutes_left: int | None


def expected_minutes(training_seconds: int) -> int:
    """From submit to review, when the training itself takes so long."""
    return ceil((AROUND_TRAINING + training_seconds) / 60)


def actual_minutes(run: Run, events: Iterable[JobEvent]) -> float | None:
    """From submit to review, as they were; to the end of a run that never came to its review. None while it works."""
    reviewed = (it.at for it in events if it.run == run.run and it.status is JobStatus.IN_REVIEW)
    if over := next(reviewed, run.ended_at):
        return in_minutes((over - run.created_at).total_seconds())
    return None


def progress_of(job: Job, runs: Iterable[Run], events: Sequence[JobEvent], previews: Iterable[Image]) -> JobProgress:
    """Of the job's rows. What failed or was canceled stays where it was; a retry begins anew."""
    run = next((it for it in runs if it.run == job.current_run), None)
    if run is None:
        return JobProgress(0, None)
    stages = _stages(run, [image for image in previews if image.run == run.run])
    on_the_way = {*stages, JobStatus.IN_REVIEW}
    furthest = [event.status for event in events if event.status in on_the_way][-1]  # a run begins with queued
    if furthest is JobStatus.IN_REVIEW:
        return JobProgress(1, 0 if job.status in DECIDED else None)
    at = list(stages).index(furthest)
    whole = sum(stage.seconds for stage in stages.values())
    now, later = stages[furthest], sum(stage.seconds for stage in list(stages.values())[at + 1 :])
    left = later + (1 - now.done) * now.seconds
    goes_on = job.status is furthest and job.cancel_requested_at is None
    told = later + run.eta_seconds if furthest is JobStatus.TRAINING and run.eta_seconds is not None else left
    return JobProgress(round(1 - left / whole, 4), ceil(told / 60) if goes_on else None)


@dataclass(frozen=True)
class _Stage:
    seconds: int
    done: float = 0  # its own share, where something tells it


def _stages(run: Run, previews: Sequence[Image]) -> dict[JobStatus, _Stage]:
    """In the order of the graph."""
    return {
        JobStatus.QUEUED: _Stage(QUEUE),
        JobStatus.PREPARING: _Stage(DATASET),
        JobStatus.TRAINING: _Stage(run.expected_seconds, _share(run.step or 0, run.total_steps or 0)),
        JobStatus.INGESTING: _Stage(INGEST),
        JobStatus.PREVIEWING: _Stage(PREVIEWS, _share(sum(image.is_over for image in previews), len(previews))),
    }


def _share(done: int, of: int) -> float:
    return min(1.0, done / of) if of else 0.0
