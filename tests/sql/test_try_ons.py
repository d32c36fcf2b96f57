"""Try-ons: what is ordered, of which picture, with which garments, and what it costs."""

from decimal import Decimal

from sql.fitting import BANANA, PASSES, PRUNA
from sql.seats import refused


def test_an_order_is_one_picture_with_its_garments_and_its_price(room):
    picture, worn = room.picture(), room.garments("upper", "lower", "shoes")
    before, _ = room.money()
    order = room.order(image=picture, garments=worn)
    [image] = room.images(order["id"])
    asked = {"kind": "try_on", "source_image_id": picture, "engine": PRUNA, "reserved_usd": 0.031}
    assert image | asked == image
    assert room.money()[0] - before == Decimal("0.031")
    rows = room.sql(
        "select garment_id::text from public.worn_garments where image_id = %s order by position", image["id"]
    )
    assert [it for (it,) in rows] == worn
    assert room.dry_run(image=picture, garments=worn)["expected_usd"] == 0.031


def test_the_engine_is_told_what_it_puts_on_and_is_found_again_by_the_picture(room):
    picture, worn = room.picture(), room.garments("dress")
    [image] = room.images(room.order(image=picture, garments=worn)["id"])
    opened = room.story.opened_image(image["id"])
    assert opened["source"]["id"] == picture
    assert [it["id"] for it in opened["try_on"]["garments"]] == worn
    assert opened["try_on"]["engine"]["name"] == PRUNA
    assert opened["attempt"]["listed_as"] == opened["attempt"]["marker"]
    assert opened["attempt"]["expected_usd"] == 0.015


def test_an_engine_without_a_seed_gets_none(room):
    [image] = room.images(room.order(image=room.picture(), garments=room.garments("hat"), engine=BANANA, seed=7)["id"])
    assert (image["seed"], image["provider_version"]) == (None, BANANA)


def test_the_same_key_answers_the_same_order(room):
    picture, worn = room.picture(), room.garments("upper")
    first = room.order("key-of-one", image=picture, garments=worn)
    assert room.order("key-of-one", image=picture, garments=worn)["id"] == first["id"]
    with refused(409, "idempotency_key_reused"):
        room.order("key-of-one", image=room.picture(), garments=worn)


def test_a_look_is_worn_as_it_is(room):
    look = room.wardrobe.look(*room.garments("lower", "upper"))
    [image] = room.images(room.order(image=room.picture(), look=look["id"])["id"])
    assert [it["category"] for it in room.story.opened_image(image["id"])["try_on"]["garments"]] == ["lower", "upper"]


def test_the_newest_garments_that_go_together_are_put_on_the_best_picture(room, played):
    old, *rest = room.garments("upper", "upper", "lower", "shoes")
    played("update public.garments set created_at = now() - interval '1 day' where id = %s", old)
    room.picture("portrait")
    best = room.picture()
    room.picture(checks=PASSES | {"one_person": "fails", "codes": ["several_people"]})
    [image] = room.images(room.order(model=room.model)["id"])
    worn = room.sql("select garment_id::text from public.worn_garments where image_id = %s", image["id"])
    assert (image["source_image_id"], {it for (it,) in worn}) == (best, set(rest))


def test_a_chosen_look_finds_a_picture_that_shows_it(room):
    look = room.wardrobe.look(*room.garments("shoes"))
    whole = room.picture()
    room.picture("half_body")
    [image] = room.images(room.order(model=room.model, look=look["id"])["id"])
    assert image["source_image_id"] == whole


def test_without_garments_or_pictures_it_says_so(room):
    with refused(409, "no_garments"):
        room.picture()
        room.order(model=room.model)
