"""What one run asks of Supabase: how often the database, and that each look of ours at somebody's files is logged."""

import json
import logging
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

import httpx
import pytest
from scenes import draft
from studio import Studio
from waiting import until

from croquis import wiring
from croquis.observability import keys_of_task

MOST = 44  # from submit to in_review, four previews, no fault, no reads by a page; docs/decisions.md
STORAGE = "/storage/v1/object/"


@dataclass
class Run(logging.Handler):
    """From submit to review: its requests, and the lines about files."""

    secret_key: str
    asked: list[str] = field(default_factory=list[str])
    looked_at: list[str] = field(default_factory=list[str])
    logged: list[dict[str, Any]] = field(default_factory=list[dict[str, Any]])

    def __post_init__(self) -> None:
        super().__init__()

    def __hash__(self) -> int:
        return id(self)

    def count(self, request: httpx.Request) -> None:
        path = request.url.path
        if path.startswith("/rest/v1"):
            self.asked.append(path.rpartition("/")[2])
        ours = request.headers.get("authorization") == f"Bearer {self.secret_key}"
        if ours and path.startswith(STORAGE) and (request.method == "GET" or "/sign/" in path):
            self.looked_at.append(path.removeprefix(STORAGE).removeprefix("sign/"))

    def emit(self, record: logging.LogRecord) -> None:
        if record.msg in ("a file was read", "a file was linked"):
            [ours] = logging.getLogger("croquis").handlers[:1]
            self.logged.append(json.loads(ours.format(record)))


@pytest.fixture(scope="module")
def run(studio: Studio) -> Run:
    maya = studio.user()
    job = draft(maya)
    run = Run(studio.gateway.settings.secret_key)
    keys_of_task({}, None)  # our logger hides its lines from handlers that were there before it
    files, http = logging.getLogger("croquis"), wiring.croquis()._http  # pyright: ignore[reportAttributeAccessIssue]
    files.addHandler(run)
    hooks = http.event_hooks
    http.event_hooks = {**hooks, "request": [run.count]}
    try:
        assert maya.submit(job).status_code == 202
        until(lambda: studio.row("select status from lora_training_jobs where id = %s", job)["status"] == "in_review")
    finally:
        http.event_hooks = hooks
        files.removeHandler(run)
    return run


def test_a_run_asks_the_database_no_more_often_than_was_decided(run: Run) -> None:
    assert len(run.asked) <= MOST, Counter(run.asked)


def test_each_look_of_ours_at_somebodys_files_is_logged(run: Run) -> None:
    said = [f"{it['bucket']}/{it['object']}" for it in run.logged]
    assert Counter(said) == Counter(run.looked_at)
    buckets = {it.partition("/")[0] for it in said}
    assert {"training-photos", "datasets", "images"} <= buckets
    assert all(it["function"] and it["job_id"] in it["object"] for it in run.logged)
    assert not any("token" in it or "?" in it for it in said)
