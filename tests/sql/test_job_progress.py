"""Along every way through the published graph the progress of a job never falls; and a real job's rows show it."""

from collections.abc import Sequence
from typing import Any

import psycopg
import pytest
from domain.journeys import Journey
from hypothesis import given
from hypothesis import strategies as st
from sql.story import STAGES

from croquis.domain.images.image import ImageStatus
from croquis.domain.runs.progress import DECIDED
from croquis.domain.runs.training import JobStatus
from croquis.http.presenter import training_view
from croquis.ports.jobs import ReadTraining

Graph = dict[JobStatus, list[JobStatus]]


@pytest.fixture(scope="module")
def graph(database: Any) -> Graph:
    """Where a job may go from each status."""
    moves: Graph = {status: [] for status in JobStatus}
    with psycopg.connect(database.dsn()) as connection:
        for before, after in connection.execute("select from_status, to_status from public.training_moves()"):
            moves[JobStatus(before)].append(JobStatus(after))
    return moves


def shares(journey: Journey, steps: Sequence[int], over: Sequence[ImageStatus]) -> list[float]:
    """All that is shown while the job is at its status."""
    found = [journey.progress.share]
    if journey.status is JobStatus.TRAINING:
        for step in sorted(steps):
            journey.told = {"step": step, "total_steps": 1000, "eta_seconds": 1000 - step}
            found.append(journey.progress.share)
    if journey.status is JobStatus.PREVIEWING:
        for place, status in enumerate(over):
            journey.previews[place] = status
            found.append(journey.progress.share)
    return found


@given(data=st.data())
def test_on_no_way_through_the_graph_it_falls_or_leaves_its_range(graph: Graph, data: st.DataObject) -> None:
    journey, last = Journey(), 0.0
    told = st.lists(st.integers(0, 1000), max_size=4)
    over = st.lists(st.sampled_from([ImageStatus.SAVED, ImageStatus.FAILED]), max_size=4)
    while graph[journey.status] and len(journey.events) < 20:
        journey.to(data.draw(st.sampled_from(graph[journey.status])))
        if journey.status is JobStatus.QUEUED:
            last = 0.0
        found = shares(journey, data.draw(told), data.draw(over))
        assert [last, *found] == sorted([last, *found])
        last = found[-1]
        assert 0 <= last <= 1
        if journey.status in DECIDED:
            assert last == 1
        assert (journey.progress.minutes_left is None) == (journey.status in (JobStatus.FAILED, JobStatus.CANCELED))


def test_the_rows_of_a_real_job_show_it_too(story):
    seen = []
    for stage in STAGES:
        story.step(stage)
        seen.append(training_view(ReadTraining.model_validate(story.seen()), {}))
    shares = [view.progress for view in seen]
    assert shares == sorted(shares)
    assert shares[:2] == [0, 0]
    assert len(set(shares)) == len(STAGES) - 1
    assert [seen[0].minutes_left, seen[1].minutes_left, seen[-1].minutes_left] == [None, 21, 0]
    story.reviewed("retry", idempotency_key="the-retry", parameters={"preset": "compact"})
    again = training_view(ReadTraining.model_validate(story.seen()), {})
    assert (again.progress, again.minutes_left) == (0, 21)
