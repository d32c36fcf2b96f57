"""PR-03: a year after an owner did all that one can do, nothing is left in any bucket that is past its term."""

from faults.owners import NAMES, Owner
from faults.scenarios import (
    agreeing_to_try_ons,
    approving,
    bringing_garments,
    settled,
    submitting_with_faces,
)
from faults.world import World
from sql.test_terms import ROWS_KEPT, TERMS

WEEK_SECONDS, YEAR_SECONDS = 7 * 24 * 3600 + 60, 366 * 24 * 3600
UNTIL_ERASED = "until its owner erases the model or the account, or deletes it"
# how long an object lives in each bucket of ours
BUCKETS = {
    "photo-uploads": "until it is checked, or its job is closed",
    "garment-uploads": "until it is checked",
    "training-photos": "24 hours after approval, 7 days at most",
    "datasets": "as the photos",
    "face-cut-outs": "until the repair is done",
    "provenance-uploads": "three hours",
    "downloads": "a day",
    "garments": UNTIL_ERASED,
    "lora-weights": UNTIL_ERASED,
    "images": UNTIL_ERASED,
    "look-books": UNTIL_ERASED,
}
OBJECTS = "select bucket_id, name from storage.objects where name not like 'faults/%%'"
FLEETING = [name for name, term in TERMS.items() if term == ROWS_KEPT]
FLEETING += ["public.training_logs", "public.download_images"]
OF_A_PHOTO = "select 1 as found from training_photos where num_nonnulls(sha256, clean_path, thumbnail_path, seen) > 0"


def lived(world: World, owner: Owner) -> None:
    """Everything but an erasure, with an object in each bucket."""
    owner.draft(7)
    owner.upload(8)
    for step in (submitting_with_faces, approving, bringing_garments, agreeing_to_try_ons):
        world.until(lambda: settled(world))
        step(world, [owner])
    world.until(lambda: settled(world))
    owner.order(1)
    owner.order_look_book([owner.garment("upper")], columns=1, budget=1)
    world.until(lambda: settled(world))
    owner.take_home()
    owner.share_with_the_person()
    world.until(lambda: settled(world))


def test_each_bucket_says_how_long_its_objects_are_kept(world: World) -> None:
    assert {it["bucket"] for it in world.rows("select unnest(croquis.buckets()) as bucket")} == BUCKETS.keys()


def test_a_year_later_nothing_is_left_that_is_past_its_term(world: World) -> None:
    world.begin()
    owner = Owner(world, NAMES[0], 0)
    lived(world, owner)
    before = {it["bucket_id"] for it in world.rows(OBJECTS)}
    assert [name for name in FLEETING if not world.rows(f"select 1 as found from {name}")] == []
    kept = {it for it, term in BUCKETS.items() if term == UNTIL_ERASED}
    assert owner.status == "approved"
    assert kept <= before
    assert before - kept == {"training-photos", "datasets", "downloads"}  # the others hold what is on its way

    for seconds in (WEEK_SECONDS, YEAR_SECONDS):  # a term of rows begins when their objects are gone
        world.clock.move_to(world.now() + seconds)
        world.to_the_end(lambda: settled(world))

    assert {it["bucket_id"] for it in world.rows(OBJECTS)} == kept
    assert world.rows(OF_A_PHOTO) == []
    assert [name for name in FLEETING if world.rows(f"select 1 as found from {name}")] == []
