"""What a look-book costs per picture: as many calls of the database and of functions at 10 cells as at 40."""

from collections import Counter
from typing import Any

from faults.owners import NAMES, Owner
from faults.scenarios import agreeing_to_try_ons, approving, settled, submitting
from faults.world import World

NOT_COUNTED = ("Sweep", "BindLookBook")  # the clock comes by itself, and the files are made once for a book


def spent_on(world: World, rows: int, columns: int) -> tuple[int, Counter[str]]:
    """How many pictures there were; and the invocations of each function, and its calls of the database, for them."""
    world.begin()
    owner = Owner(world, NAMES[0], 0)
    world.recorder.on = False
    owner.draft(8)
    for step in (submitting, approving, agreeing_to_try_ons):
        step(world, [owner])
        world.until(lambda: settled(world))
    invoked, invoke = Counter[str](), world.invoke

    def count(name: str, event: Any) -> Any:
        invoked[name] += 1
        return invoke(name, event)

    world.invoke = count  # pyright: ignore[reportAttributeAccessIssue]
    world.recorder.on = True
    owner.order_look_book([owner.garment("upper", number) for number in range(rows)], columns, budget=100)
    world.until(lambda: settled(world))
    del world.invoke
    assert {it["status"] for it in world.rows("select status from look_book_cells")} == {"done"}
    asked = Counter(f"{it.where} asks" for it in world.recorder.effects if it.port == "store")
    return columns * (rows + 1), Counter(
        {name: n for name, n in (invoked + asked).items() if not name.startswith(NOT_COUNTED)}
    )


def test_a_picture_costs_the_same_in_a_book_of_ten_cells_and_of_forty(world: World) -> None:
    """Forty are more than are made at once, of one book and of all: whatever is paid for waiting shows."""
    few, cost_of_few = spent_on(world, rows=2, columns=5)
    many, cost_of_many = spent_on(world, rows=5, columns=8)
    more = {name: (number - cost_of_few[name]) / (many - few) for name, number in cost_of_many.items()}
    each = {name: round(number / few) for name, number in cost_of_few.items()}
    assert more == each
    assert {name: number for name, number in each.items() if name.startswith("FillLookBook")} == {
        "FillLookBook": 1,
        "FillLookBook asks": 1,
    }
