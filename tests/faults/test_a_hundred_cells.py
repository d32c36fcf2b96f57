"""A look-book of a hundred cells on bad days of the provider, while our own processes die: nothing is paid twice."""

import random
from functools import partial
from typing import Any

from faults import money
from faults.invariants import broken
from faults.kinds import Effect, Fault, Kind
from faults.owners import NAMES, Owner
from faults.scenarios import agreeing_to_try_ons, approving, settled, submitting
from faults.world import World

ROWS, COLUMNS, BUDGET = 10, 10, 1.2  # all of it would cost 1.70
WHILE_SECONDS, WHILES = 20, 90
# what a short while at the provider is like; one answer in six is that it refuses the order for good
ANSWERS = (
    "422",
    "429",
    "500",
    "503",
    "502_html",
    "timeout_after",
    "drop_connection_after",
    "500_after",
    "truncated_after",
)
BAD: tuple[dict[str, Any], ...] = (
    {},
    {"lose_webhooks": "all"},
    {"prediction_ends": "failed"},
    {"prediction_ends": "nsfw"},
    {"duplicate_webhook": True},
    {"output_truncated": True},
    {"webhook_delay_s": 300},
)
DYING = (
    ("FillLookBook", "store", "fill_look_book"),
    ("FillLookBook", "workflow", "start_image"),
    ("StartImage", "provider", "start_image"),
    ("SaveImage", "store", "save_image"),
    ("CheckImage", "queue", "fill_look_book"),
    ("RecordFailure", "queue", "fill_look_book"),
    ("BindLookBook", "store", "bind_look_book"),
)


def deaths(chance: random.Random) -> tuple[Fault, ...]:
    """Processes that die before or after what they do, here and there."""
    return tuple(
        Fault(chance.choice((Kind.CRASH_BEFORE, Kind.CRASH_AFTER)), Effect(*place, number))
        for place in DYING
        for number in sorted({1, *chance.sample(range(2, 90), 5)})
    )


def a_while(world: World, chance: random.Random) -> None:
    answers = tuple(chance.choice((*ANSWERS, "422", "normal")) for _ in range(24))
    world.faults(create_answers=answers if chance.random() < 0.66 else "normal", **chance.choice(BAD))


def test_every_cell_ends_within_the_budget_and_nothing_is_paid_twice(world: World) -> None:
    chance = random.Random(13)
    world.begin(deaths(chance), seed=13)
    world.rows("update croquis.limits set cells_at_once_of_one = 24")
    owner = Owner(world, NAMES[0], 0)
    world.recorder.on = False
    owner.draft(8)
    for step in (submitting, approving, agreeing_to_try_ons):
        step(world, [owner])
        world.until(lambda: settled(world))
    world.recorder.on = True
    garments = [owner.garment("upper", number) for number in range(ROWS)]
    owner.order_look_book(garments, columns=COLUMNS, budget=BUDGET)
    for number in range(WHILES):
        world.later(number * WHILE_SECONDS, partial(a_while, world, chance))
    world.later(WHILES * WHILE_SECONDS, world.faults)
    world.to_the_end(lambda: settled(world))
    world.mend()

    assert broken(world, [owner]) == {}
    assert len(world.recorder.met) > len(DYING)
    cells = world.rows("select * from look_book_cells where row_no > 0")
    assert len(cells) == ROWS * COLUMNS
    assert {it["status"] for it in cells} <= {"done", "failed"}
    assert all((it["status"] == "done") != bool(it["failure_sentence"]) for it in cells)
    assert sum(it["status"] == "done" for it in cells) > ROWS * COLUMNS / 2
    assert len({it["image_id"] for it in cells if it["status"] == "done"}) == sum(
        it["status"] == "done" for it in cells
    )
    assert world.rows("select max(tries) as most from look_book_cells") == [{"most": 2}]
    assert "budget_spent" in {it["failure_code"] for it in cells}
    [book] = world.rows("select id::text from look_books")
    assert 0 < money.spent_in_book(world, book["id"]) <= BUDGET
    tried_again = world.rows(
        "select true from images i join image_orders o on o.id = i.order_id"
        " where o.look_book_id is not null and i.status <> 'failed'"
        " and i.id not in (select image_id from look_book_cells where image_id is not null)"
    )
    assert tried_again == []  # a second try follows only a picture that failed
