"""How many requests a run makes of the Data API: a number that only a decision may raise."""

from collections import Counter

import httpx
from scenes import draft
from studio import Studio, User
from waiting import until

from croquis import wiring

MOST = 44  # from submit to in_review, four previews, no fault, no reads by a page; docs/decisions.md


def test_a_run_asks_the_database_no_more_often_than_was_decided(studio: Studio, maya: User) -> None:
    asked: list[str] = []

    def count(request: httpx.Request) -> None:
        if request.url.path.startswith("/rest/v1"):
            asked.append(request.url.path.rpartition("/")[2])

    job = draft(maya)
    hooks = wiring.croquis()._http.event_hooks  # pyright: ignore[reportAttributeAccessIssue]
    wiring.croquis()._http.event_hooks = {**hooks, "request": [count]}  # pyright: ignore[reportAttributeAccessIssue]
    try:
        assert maya.submit(job).status_code == 202
        until(lambda: studio.row("select status from lora_training_jobs where id = %s", job)["status"] == "in_review")
    finally:
        wiring.croquis()._http.event_hooks = hooks  # pyright: ignore[reportAttributeAccessIssue]

    assert len(asked) <= MOST, Counter(asked)
