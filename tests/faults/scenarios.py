"""What owners and the operator do in a run of faults, and when it is over."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

from agreements import AGREES_TO_FACES
from faults.owners import NAMES, Owner
from faults.world import World
from scenes import small_photos

OPEN_AGAIN_SECONDS, PURGED_AFTER_SECONDS, LOOKED_AGAIN_SECONDS = 1200, 23 * 3600 + 60, 3 * 3600 + 60
# what stands against paid work; how the operator opens it again is the other one
SWITCH = "update croquis.limits set accept_jobs = false"
CAP = "update croquis.limits set owner_usd_per_day = 0.001"
OPEN = "update croquis.limits set accept_jobs = default, owner_usd_per_day = default"

Step = Callable[[World, list[Owner]], object]


@dataclass(frozen=True)
class Scenario:
    """`begin` what the owners do at first; `next`, once all is quiet, what they do then, as long as there is some."""

    name: str
    owners: int
    begin: Step
    next: tuple[Step, ...] = ()
    before: tuple[Step, ...] = ()  # without faults
    photos: int = 8  # accepted at the beginning
    ends: str = "in_review"  # how each owner's job stands after a clean run
    made: str = "select true"  # what a clean run leaves behind, as a query that finds something


def submitting(_: World, owners: list[Owner]) -> None:
    for owner in owners:
        owner.submit()


def canceling_after(seconds: float) -> Step:
    def begin(world: World, owners: list[Owner]) -> None:
        submitting(world, owners)
        world.later(seconds, owners[0].cancel)

    return begin


def failing(world: World, owners: list[Owner]) -> None:
    world.faults(training_ends="failed")
    submitting(world, owners)


def trying_again(world: World, owners: list[Owner]) -> None:
    world.faults()
    if owners[0].status == "failed":
        owners[0].review("retry")


def approving(_: World, owners: list[Owner]) -> None:
    for owner in owners:
        if owner.status == "in_review":
            owner.review("approve")


def ordering(_: World, owners: list[Owner]) -> None:
    for owner in owners:
        owner.order(2)


def submitting_with_faces(world: World, owners: list[Owner]) -> None:
    """The person agrees to a measurement of the face."""
    world.rows(AGREES_TO_FACES, owners[0].job)
    submitting(world, owners)


def repairing(_: World, owners: list[Owner]) -> None:
    owners[0].repair()


def submitting_before_the_switch(world: World, owners: list[Owner]) -> None:
    """The operator closes when the order has just been accepted, and opens later."""
    owners[0].submit(lambda _: world.rows(SWITCH))
    world.later(OPEN_AGAIN_SECONDS, partial(world.rows, OPEN))


def ordering_before_the_cap(world: World, owners: list[Owner]) -> None:
    owners[0].order(2, lambda: world.rows(CAP))
    world.later(OPEN_AGAIN_SECONDS, partial(world.rows, OPEN))


def submitting_without_credit(world: World, owners: list[Owner]) -> None:
    world.faults(create_answers="402")
    submitting(world, owners)
    world.later(OPEN_AGAIN_SECONDS, world.faults)


def withdrawing_after(seconds: float, first: Step) -> Step:
    def begin(world: World, owners: list[Owner]) -> None:
        first(world, owners)
        world.later(seconds, owners[0].withdraw)

    return begin


def erasing_after(seconds: float, first: Step) -> Step:
    def begin(world: World, owners: list[Owner]) -> None:
        first(world, owners)
        world.later(seconds, owners[0].erase)

    return begin


def erasing_all(_: World, owners: list[Owner]) -> None:
    owners[0].erase_account()


def uploading(_: World, owners: list[Owner]) -> None:
    owners[0].upload(8)


def bringing_garments(_: World, owners: list[Owner]) -> None:
    for category in ("upper", "lower"):
        owners[0].bring(category)


def keeping_a_look(_: World, owners: list[Owner]) -> None:
    owners[0].keep_look()


def putting_away(_: World, owners: list[Owner]) -> None:
    owners[0].put_away()


def agreeing_to_try_ons(_: World, owners: list[Owner]) -> None:
    owners[0].agree_to_try_ons()


def trying_on(_: World, owners: list[Owner]) -> None:
    """Trousers, in which nobody finds anything wrong."""
    owners[0].try_on("lower")


def trying_on_again(_: World, owners: list[Owner]) -> None:
    """A top, whose colour is always another one in the picture."""
    owners[0].try_on("upper")


def trying_on_what_is_refused(world: World, owners: list[Owner]) -> None:
    world.faults(prediction_ends="nsfw")
    trying_on(world, owners)


def booking(_: World, owners: list[Owner]) -> None:
    """One look on two pictures, each of which is made first."""
    owners[0].order_look_book([owners[0].garment("upper")], columns=2, budget=0.5)


def booking_and_canceling(world: World, owners: list[Owner]) -> None:
    booking(world, owners)
    world.later(8, owners[0].cancel_look_book)


def waiting_a_day(world: World, _: list[Owner]) -> None:
    """Until the photos are past their time; nothing is late, so the sweeps of these hours are left out."""
    world.clock.move_to(world.now() + PURGED_AFTER_SECONDS)


TRAINED = (submitting, approving)
AGREED = (*TRAINED, agreeing_to_try_ons)
DRESSED = (*TRAINED, bringing_garments, agreeing_to_try_ons)
A_REPAIR = "select true from images where kind = 'repair' and repair is not null"
A_REFUSAL = "select true from images where kind = 'try_on' and status = 'failed' and failure_code <> 'internal'"
A_LOOK_BOOK = "select true from look_book_cells where status = 'done' having count(*) = 4"
ERASED = "select true from erasure_receipts"
AT_WORK = "select true from erasures where status <> 'done'"
WITHDRAWN_BOOKING = withdrawing_after(25, booking)
WITHDRAWN = "select true from consents where withdraws is not null"
CANCELED_BOOK = "select true from look_books where status = 'canceled'"


def saved(kind: str, number: int) -> str:
    return f"select true from images where kind = '{kind}' and status = 'saved' having count(*) = {number}"


SCENARIOS = {
    it.name: it
    for it in (
        Scenario("training", 1, submitting),
        Scenario("pictures", 1, ordering, before=TRAINED, ends="approved", made=saved("generation", 2)),
        Scenario("repair", 1, submitting_with_faces, (approving, ordering, repairing), ends="approved", made=A_REPAIR),
        Scenario("try_on", 1, trying_on, before=DRESSED, ends="approved", made=saved("try_on", 1)),
        Scenario("try_on_again", 1, trying_on_again, before=DRESSED, ends="approved", made=saved("try_on", 2)),
        Scenario("try_on_refused", 1, trying_on_what_is_refused, before=DRESSED, ends="approved", made=A_REFUSAL),
        Scenario(
            "withdraw_try_on", 1, withdrawing_after(5, trying_on), before=DRESSED, ends="approved", made=WITHDRAWN
        ),
        Scenario("cancel", 1, canceling_after(120), ends="canceled"),
        Scenario("cancel_at_once", 1, canceling_after(0), ends="canceled"),
        Scenario("retry", 1, failing, (trying_again,)),
        Scenario("two_owners", 2, submitting, (approving, ordering), ends="approved"),
        Scenario("upload", 1, uploading, photos=7, ends="draft"),
        Scenario("garments", 1, bringing_garments, (keeping_a_look, putting_away), photos=1, ends="draft"),
        Scenario("purge", 1, waiting_a_day, before=(uploading, *TRAINED), photos=7, ends="approved"),
        Scenario("switch", 1, submitting_before_the_switch),
        Scenario("cap", 1, ordering_before_the_cap, before=TRAINED, ends="approved"),
        Scenario("credit", 1, submitting_without_credit),
        Scenario("withdraw", 1, withdrawing_after(200, submitting), ends="canceled", made=WITHDRAWN),
        Scenario("look_book", 1, booking, before=AGREED, ends="approved", made=A_LOOK_BOOK),
        Scenario("cancel_look_book", 1, booking_and_canceling, before=AGREED, ends="approved", made=CANCELED_BOOK),
        Scenario(
            "withdraw_look_book", 1, withdrawing_after(25, booking), before=AGREED, ends="approved", made=CANCELED_BOOK
        ),
        Scenario("erase", 1, erasing_after(200, submitting), ends="canceled", made=ERASED),
        Scenario("erase_pictures", 1, erasing_after(5, ordering), before=TRAINED, ends="approved", made=ERASED),
        Scenario("erase_account", 1, erasing_all, ends="canceled", made=ERASED),
        Scenario(
            "withdraw_pictures", 1, withdrawing_after(5, ordering), before=TRAINED, ends="approved", made=WITHDRAWN
        ),
    )
}


def play(world: World, scenario: Scenario) -> list[Owner]:
    """The owners, after all has come to its end."""
    owners = world.owners = [Owner(world, NAMES[number], number) for number in range(scenario.owners)]
    world.recorder.on = False
    for owner in owners:
        owner.draft(scenario.photos)
    for step in scenario.before:
        step(world, owners)
        world.until(lambda: settled(world))
    world.recorder.on = True
    for step in (scenario.begin, *scenario.next):
        step(world, owners)
        world.to_the_end(lambda: settled(world))
    look_again(world)
    world.compare_bill()
    look_again(world)
    return owners


def look_again(world: World) -> None:
    """At what is erased, when no upload can land any more; nothing is late, so the sweeps until then are left out."""
    if world.rows(AT_WORK):
        world.to_the_end(lambda: settled(world))
        world.clock.move_to(world.now() + LOOKED_AGAIN_SECONDS)
        world.to_the_end(lambda: settled(world) and not world.rows(AT_WORK))


def settled(world: World) -> bool:
    """Nothing is open: no job works, no picture is awaited, no attempt may still cost something, nothing is to go."""
    [found] = world.rows(
        "select exists (select from training_runs r where croquis.is_working(r.status))"
        " or exists (select from images i where croquis.is_open(i.status))"
        " or exists (select from provider_attempts a where croquis.is_open(a.state))"
        " or exists (select from provider_runs p where not p.over)"
        " or exists (select from provider_attempts a where a.callback_due is not null and a.callback_sent_at is null"
        " and a.task_token is not null)"
        " or exists (select from look_books b where b.bound_at is null and b.status <> 'paused')"
        " or exists (select from erasures where status in ('stopping', 'deleting'))"
        " or exists (select from storage_outbox where done_at is null)"
        " or exists (select from training_photos where status = 'removed' and objects_deleted_at is null)"
        " or exists (select from garments where status = 'removed' and objects_deleted_at is null)"
        " or exists (select from images i where i.cut_out is not null and i.cut_out_deleted_at is null)"
        " or exists (select from images i where i.retry_usd is not null and i.status = 'saved')"
        " or exists (select from lora_training_jobs where photos_purge_after < now() and photos_purged_at is null)"
        " as open"
    )
    return not found["open"]


def stock(world: World) -> None:
    """Put the photos that all runs share where the dataset finds them, once."""
    files: Any = world.neighbours.files
    for slot, data in enumerate(small_photos(), 1):
        files.write("training-photos", f"faults/{slot}.jpg", data, content_type="image/jpeg")
    for number in range(10):
        files.write("garments", f"faults/upper{number}.jpg", small_photos()[0], content_type="image/jpeg")
