"""A try-on that its owner wants once more where the checks find something: reserved before, decided once."""

from decimal import Decimal
from typing import Any

import pytest
from sql.fitting import FittingRoom


def retried(room: FittingRoom) -> dict[str, Any]:
    order = room.order(image=room.picture(), garments=room.garments("upper"), retry_once=True)
    [image] = room.images(order["id"])
    return image


def test_one_more_try_is_reserved_with_the_order_and_told_before(room):
    picture, worn = room.picture(), room.garments("upper")
    before, _ = room.money()
    assert room.dry_run(image=picture, garments=worn, retry_once=True)["expected_usd"] == 0.03
    room.order(image=picture, garments=worn, retry_once=True)
    assert room.money()[0] - before == Decimal("0.03")


@pytest.mark.parametrize("again", [True, False])
def test_what_the_checks_say_decides_it_once(room, again):
    image = retried(room)
    before, paid = room.money()
    room.made(image["id"])
    assert room.money()[0] == before
    added = room.checked(image["id"], again=again)
    assert (added is not None) is again
    reserved, spent = room.money()
    assert (before - reserved, spent - paid) == (Decimal("0.015") * (1 if again else 2), Decimal("0.015"))
    assert room.checked(image["id"], again=True) is None
    assert [it["id"] for it in room.images(image["order_id"])] == [image["id"], *([added] if added else [])]


def test_the_second_try_is_the_same_with_another_seed_and_has_no_third(room):
    image, before = retried(room), room.money()[1]
    room.made(image["id"])
    second = room.checked(image["id"], again=True)
    [first, second_row] = room.images(image["order_id"])
    assert second_row["seed"] != first["seed"]
    assert (second_row["source_image_id"], second_row["retry_usd"]) == (first["source_image_id"], None)
    room.made(second)
    assert room.checked(second, again=True) is None
    assert room.money()[1] - before == Decimal("0.03")


def test_the_second_try_is_given_up_where_something_stands_against_it(room):
    image = retried(room)
    room.made(image["id"])
    before = room.money()[0]
    room.agrees_to("train", "generate")
    assert room.checked(image["id"], again=True) is None
    assert before - room.money()[0] == Decimal("0.03")


def test_what_fails_gives_all_of_it_back(room):
    image = retried(room)
    before = room.money()[0]
    room.story.worker.call("fail_image", image=image["id"], code="x", sentence="x", hint="x")
    assert before - room.money()[0] == Decimal("0.03")


def test_what_nobody_looks_at_is_given_back_by_the_sweep(room):
    image = retried(room)
    room.made(image["id"])
    assert room.story.worker.call("close_retries") == 0
    room.sql("update public.images set ended_at = now() - interval '31 minutes' where id = %s", image["id"])
    before = room.money()[0]
    assert room.story.worker.call("close_retries") == 1
    assert before - room.money()[0] == Decimal("0.03")
