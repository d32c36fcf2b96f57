"""OP-14: the switches and caps, read and set with the project's key, without SQL."""

from typing import Any

import pytest
from psycopg.types.json import Jsonb
from sql.seats import Connection, Seat, refused
from sql.story import Story

LATER = "2030-12-31T10:00:00+00:00"
FOUND_OUT = {"weights_refused_bytes", "usd_ordered_in_24_hours"}


def limits_of(db: Connection) -> Any:
    return db.execute("select to_jsonb(l) - 'only_row' from croquis.limits l").fetchone()[0]  # type: ignore[index]


def others(db: Connection) -> dict[str, Any]:
    """Another value than it has for each limit that can be set."""
    held = limits_of(db)
    return {name: another(value) for name, value in held.items() if name not in FOUND_OUT}


def another(value: Any) -> Any:
    if isinstance(value, bool):
        return not value
    return LATER if isinstance(value, str) else value // 2


def test_every_limit_can_be_read_and_set_but_those_that_are_found_out(db: Connection, worker: Seat) -> None:
    before, wanted = limits_of(db), others(db)
    assert worker.call("read_limits") == before | {"usd_ordered_in_24_hours": 0}
    assert not [name for name in wanted if wanted[name] == before[name]]
    told = worker.call("set_limits", changes=Jsonb(wanted))
    assert {name: told[name] for name in wanted} == {name: limits_of(db)[name] for name in wanted} == wanted


def test_what_is_not_named_stays_as_it_was(db: Connection, worker: Seat) -> None:
    for name, value in others(db).items():
        before = limits_of(db)
        worker.call("set_limits", changes=Jsonb({name: value}))
        assert limits_of(db) == before | {name: value}


@pytest.mark.parametrize(
    "changes",
    [None, {}, [], 5, "accept_jobs", {"only_row": False}, {"weights_refused_bytes": 1}, {"usd_per_day": 1, "x": 2}],
)
def test_what_is_no_limit_is_refused(db: Connection, worker: Seat, changes: Any) -> None:
    before = limits_of(db)
    with refused(422, "no_such_limit"):
        worker.call("set_limits", changes=Jsonb(changes))
    assert limits_of(db) == before


def test_a_value_that_stops_nothing_or_is_none_is_refused(db: Connection, worker: Seat) -> None:
    before = limits_of(db)
    numbers = [name for name, value in others(db).items() if not isinstance(value, bool | str)]
    wrong = [(name, None) for name in others(db)] + [(name, -1) for name in numbers]
    wrong += [(name, "NaN") for name in numbers if "usd" in name]
    for name, value in wrong:
        with refused(422, "bad_limit", saying=name), db.transaction():
            worker.call("set_limits", changes=Jsonb({"open_jobs": 1, name: value}))
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
