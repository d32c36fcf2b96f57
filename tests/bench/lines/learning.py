"""How soon the job knows that its training has ended: by webhook, and by a 30-second poll on the same twin.

Both learn of the same trainings. The polls are out of step with each other, evenly, as any poll is with the end that it
waits for. When the job knew is what the database says, when the training ended what the twin says.
"""

import threading
import time
from collections.abc import Iterator
from statistics import median
from typing import Any

import httpx
from scenes import draft
from studio import Studio
from waiting import until

from bench.row import Curve, Plot, Row
from bench.stand import stand
from bench.turns import p95, seconds

TRAININGS = 6
POLL_SECONDS = 30
TRAINING_MINUTES = 20  # of a usual one, for counting requests


def rows() -> Iterator[Row | Plot]:
    with stand() as studio:
        known = [_known(studio, studio.user()) for _ in range(TRAININGS)]
        ours = tuple(sorted(seconds for _, seconds in known))
        polled = tuple(sorted(_polled(studio, [run for run, _ in known])))
    yield Row(
        "end of a training → the job knows / a poll's",
        median(ours) / median(polled),
        at_most=1 / 30,
        ours=seconds(ours),
        other=seconds(polled),
        detail=f"{TRAININGS} trainings",
    )
    yield Row("end of a training → the job knows: p95", p95(ours), " s", at_most=1)
    polls = TRAINING_MINUTES * 60 // POLL_SECONDS
    yield Row(
        "requests to learn of an end / a poll's",
        2 / polls,
        ours="1 webhook, 1 look",
        other=f"{polls} polls",
        detail=f"of a training of {TRAINING_MINUTES} minutes",
    )
    shares = [(number + 1) / TRAININGS for number in range(TRAININGS)]
    yield Plot(
        "learning",
        "How soon a job knows that its training has ended",
        "seconds after the end",
        "share of trainings",
        (
            Curve("webhook", tuple(zip(ours, shares, strict=True))),
            Curve("30-second poll", tuple(zip(polled, shares, strict=True))),
        ),
        logarithmic_x=True,
    )


def _known(studio: Studio, user: Any) -> tuple[Any, float]:
    """The twin's run of a new training, and the seconds from its end until the attempt's row said so."""
    job = draft(user)
    answer = user.submit(job)
    assert answer.status_code == 202, answer.text
    ended = "select a.provider_id, extract(epoch from a.ended_at)::float8 as at from provider_attempts a"
    mine = " join training_runs r on r.id = a.run_id where r.job_id = %s and a.ended_at is not null"
    found = until(lambda: next(iter(studio.rows(ended + mine, job)), None))
    run = studio.twin.runs.get(found["provider_id"])
    return run, max(found["at"] - run.completed_at, 0.001)


def _polled(studio: Studio, runs: list[Any]) -> list[float]:
    """Seconds from an end until a poller, whose first look comes at another moment for each run, has seen it."""
    learnt: list[float] = []
    url = f"{studio.twin.settings.public_url}/v1/trainings"
    headers = {"Authorization": f"Bearer {studio.twin.settings.api_token}"}

    def poll(run: Any, first: float) -> None:
        began = time.monotonic()
        with httpx.Client(headers=headers, timeout=POLL_SECONDS) as client:
            time.sleep(first)  # the poller's own pauses are what is measured
            while client.get(f"{url}/{run.id}").json()["status"] not in ("succeeded", "failed", "canceled"):
                time.sleep(POLL_SECONDS)
        learnt.append(time.monotonic() - began)

    places = [(run, POLL_SECONDS * (number + 0.5) / len(runs)) for number, run in enumerate(runs)]
    threads = [threading.Thread(target=poll, args=place) for place in places]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(learnt) == len(runs), "a poll failed"
    return learnt
