"""OP-14: the switches and caps, read and set with the project's key, without SQL."""

from typing import Any

import pytest
from psycopg.types.json import Jsonb
from sql.seats import Connection, Seat, refused
from sql.story import Story

ALL = {
    "accept_jobs": False,
    "open_jobs": 3,
    "uploads_per_day": 4,
    "trainings_per_day": 5,
    "images_per_day": 6,
    "owner_usd_per_day": 7.5,
    "usd_per_day": 0,
    "closed_until": "2030-12-31T10:00:00+00:00",
}
NUMBERS = sorted(set(ALL) - {"accept_jobs", "closed_until"})
NUMBERS = sorted(set(ALL) - {"accept_jobs", "closed_until"})
FOUND_OUT = {"weights_refused_bytes", "usd_ordered_in_24_hours"}


def limits_of(db: Connection) -> Any:
    return db.execute("select to_jsonb(l) - 'only_row' from croquis.limits l").fetchone()[0]  # type: ignore[index]


def test_every_limit_can_be_read_and_set_but_those_that_are_found_out(db: Connection, worker: Seat) -> None:
    assert set(worker.call("read_limits")) == set(ALL) | FOUND_OUT == set(limits_of(db)) | FOUND_OUT
    told = worker.call("set_limits", changes=Jsonb(ALL))
    assert {name: told[name] for name in ALL} == ALL
    assert {name: limits_of(db)[name] for name in ALL} == ALL


@pytest.mark.parametrize("name", sorted(ALL))
def test_what_is_not_named_stays_as_it_was(db: Connection, worker: Seat, name: str) -> None:
    before = limits_of(db)
    worker.call("set_limits", changes=Jsonb({name: ALL[name]}))
    assert limits_of(db) == before | {name: ALL[name]}


@pytest.mark.parametrize(
    "changes",
    [None, {}, [], 5, "accept_jobs", {"only_row": False}, {"weights_refused_bytes": 1}, {"usd_per_day": 1, "x": 2}],
)
def test_what_is_no_limit_is_refused(db: Connection, worker: Seat, changes: Any) -> None:
    before = limits_of(db)
    with refused(422, "no_such_limit"):
        worker.call("set_limits", changes=Jsonb(changes))
    assert limits_of(db) == before


WRONG = [(name, None) for name in ALL] + [(name, -1) for name in NUMBERS]
WRONG += [(name, wrong) for name in NUMBERS if "usd" in name for wrong in ("NaN", 999_999.5)]


@pytest.mark.parametrize(("name", "value"), WRONG)
def test_a_value_that_stops_nothing_or_is_none_is_refused(db: Connection, worker: Seat, name: str, value: Any) -> None:
    before = limits_of(db)
    with refused(422, "bad_limit"):
        worker.call("set_limits", changes=Jsonb({name: value}))
    assert limits_of(db) == before


def test_what_was_ordered_today_stands_beside_its_cap(story: Story) -> None:
    assert story.worker.call("read_limits")["usd_ordered_in_24_hours"] == 0
    story.to("training")
    assert story.worker.call("read_limits")["usd_ordered_in_24_hours"] > 1


def test_a_switch_that_was_closed_here_lets_no_attempt_begin(story: Story) -> None:
    story.to("preparing")
    story.worker.call("set_limits", changes=Jsonb({"accept_jobs": False}))
    story.entered("training")
    attempted = story.attempted("closed")
    assert (attempted["post"], attempted["wait"]) == (False, True)
