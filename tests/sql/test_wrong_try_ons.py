"""All that stands against a try-on: each is named, told in the dry run, and costs nothing."""

from typing import Any

import pytest
from sql.fitting import IDM, PASSES, PRUNA, FittingRoom
from sql.seats import refused


def wrong(room: FittingRoom, other: FittingRoom, what: str) -> dict[str, Any]:
    """An order in which one thing is wrong."""
    given: dict[str, Any] = {"image": room.picture(), "garments": room.garments("upper")}
    match what:
        case "none":
            given["garments"] = []
        case "null":
            given["garments"] = None
        case "seven":
            given["garments"] = room.garments(*["accessory"] * 7)
        case "two tops":
            given["garments"] += room.garments("upper")
        case "twice":
            given["garments"] *= 2
        case "another's garment":
            given["garments"] += other.garments("lower")
        case "another's picture":
            given["image"] = other.picture()
        case "another's look":
            given |= {"garments": None, "look": other.wardrobe.look(*other.garments("lower"))["id"]}
        case "another's model":
            given |= {"image": None, "model": other.model}
        case "unchecked":
            given["garments"] = [room.wardrobe.announced()["id"]]
        case "removed":
            room.wardrobe.removed(given["garments"][0])
        case "unknown engine":
            given["engine"] = "nobody/knows-it"
        case "retired engine":
            given["engine"] = "google/nano-banana"
        case "forbidden engine":
            given["engine"] = IDM
        case "disabled engine":
            room.story.worker.call("record_engine_look", engine=PRUNA, seen={"is_there": False, "changed": []})
        case "portrait":
            given["image"] = room.picture("portrait")
        case "no feet":
            given["image"] = room.picture(checks=PASSES | {"codes": ["feet_cut"]})
            given["garments"] = room.garments("shoes")
        case "two people":
            given["image"] = room.picture(checks=PASSES | {"codes": ["several_people"]})
        case "removed picture":
            room.story.owner.call("remove_image", image=given["image"])
        case "refused picture":
            room.sql("update public.images set shown_decision = 'refuse' where id = %s", given["image"])
        case "archived model":
            room.sql("update public.ai_models set status = 'archived' where id = %s", room.model)
        case "not consented":
            room.agrees_to("train", "generate")
        case "withdrawn":
            room.story.withdrawn()
        case "no provider":
            room.sql("alter table public.consents disable trigger user")
            room.sql("update public.consents set providers = array['Supabase'] where owner_id = %s", room.story.user)
        case "not passed on":
            given = given | {"engine": "google/nano-banana-pro"}
            room.sql("alter table public.consents disable trigger user")
            room.sql("update public.consents set providers = array_remove(providers, 'Google')")
        case "closed":
            room.sql("update croquis.limits set accept_jobs = false")
        case "no money":
            room.sql("update public.spend_accounts set limit_usd = reserved_usd where owner_id = %s", room.story.user)
        case "too many":
            room.sql("update croquis.limits set images_per_day = 1")
    return given


WRONG = {
    "none": (422, "bad_number_of_garments"),
    "null": (422, "bad_number_of_garments"),
    "seven": (422, "bad_number_of_garments"),
    "two tops": (422, "not_worn_together"),
    "twice": (422, "garment_twice"),
    "another's garment": (404, "no_such_garment"),
    "another's picture": (404, "no_such_image"),
    "another's look": (404, "no_such_look"),
    "another's model": (404, "no_such_model"),
    "unchecked": (409, "garment_not_ready"),
    "removed": (409, "garment_removed"),
    "unknown engine": (422, "unknown_engine"),
    "retired engine": (409, "engine_retired"),
    "forbidden engine": (403, "engine_not_licensed"),
    "disabled engine": (409, "engine_disabled"),
    "portrait": (409, "part_not_shown"),
    "no feet": (409, "part_not_shown"),
    "two people": (409, "several_people"),
    "removed picture": (404, "no_such_image"),
    "refused picture": (409, "refused_by_shown_person"),
    "archived model": (409, "model_not_active"),
    "not consented": (403, "use_not_consented"),
    "withdrawn": (403, "consent_withdrawn"),
    "no provider": (403, "provider_not_consented"),
    "not passed on": (403, "provider_not_consented"),
    "closed": (503, "closed"),
    "no money": (402, "spend_limit"),
    "too many": (429, "too_many_images"),
}


@pytest.mark.parametrize("what", WRONG)
def test_what_is_wrong_is_named_and_nothing_is_spent(room, other, what):
    given = wrong(room, FittingRoom(other), what)
    before = room.money(), room.sql("select count(*) from public.images")
    with refused(*WRONG[what]):
        room.order(**given)
    assert (room.money(), room.sql("select count(*) from public.images")) == before
    if not what.startswith("another's") or what == "another's garment":
        assert room.refusals(**given)[0] == WRONG[what][1]


def test_a_dry_run_tells_all_that_stands_against_it(room):
    given = wrong(room, room, "portrait") | {"engine": IDM}
    room.agrees_to("train")
    assert room.refusals(**given) == ["use_not_consented", "engine_not_licensed", "part_not_shown"]


def test_nothing_is_told_of_anothers_garment(room, other):
    given = {"image": room.picture("portrait"), "garments": FittingRoom(other).garments("upper")}
    told = room.dry_run(**given)
    assert ([it["code"] for it in told["refusals"]], told["garments"], told["prompt"]) == (
        ["no_such_garment"],
        [],
        None,
    )


def test_a_deployment_that_is_declared_non_commercial_may_order_such_an_engine(room):
    room.sql("update croquis.limits set noncommercial = true")
    picture, (top, shoes) = room.picture(), room.garments("upper", "shoes")
    assert room.refusals(image=picture, garments=[top], engine=IDM) == []
    assert room.refusals(image=picture, garments=[shoes], engine=IDM) == ["not_for_engine"]
    assert room.refusals(image=picture, garments=[top, shoes], engine=IDM) == ["too_many_for_engine"]


def test_an_engine_that_goes_after_the_order_is_not_paid(room):
    [image] = room.images(room.order(image=room.picture(), garments=room.garments("upper"))["id"])
    room.story.worker.call("record_engine_look", engine=PRUNA, seen={"is_there": False, "changed": []})
    with refused(410, "canceled"):
        room.story.opened_image(image["id"])


@pytest.mark.parametrize(("framing", "worn"), [("half_body", ["upper", "hat"]), ("portrait", ["hat", "bag"])])
def test_a_picture_that_shows_enough_is_taken(room, framing, worn):
    assert room.refusals(image=room.picture(framing), garments=room.garments(*worn)) == []


def test_a_picture_that_nobody_has_looked_at_is_taken(room):
    assert room.refusals(image=room.picture(checks=None), garments=room.garments("shoes")) == []
