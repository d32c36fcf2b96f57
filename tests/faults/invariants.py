"""What must hold after any run, from the database, the storage, the twin's ledger, the executions and the logs.

Each answers with sentences about what is broken; none means that it holds.
"""

from collections import Counter
from collections.abc import Callable
from hashlib import sha256
from typing import Any
from uuid import UUID

from faults import money
from faults.kinds import OUTAGE_SECONDS, OUTAGES, SKEWS, Kind
from faults.owners import Owner
from faults.traces import (
    Broken,
    cut_outs_are_gone,
    erasures_end,
    logs_keep_secrets,
    nobody_signs_in_to_what_is_erased,
    what_is_erased_left_no_trace,
    what_is_past_its_time_is_gone,
)
from faults.world import BEGIN, World

CENT = 0.01
ERASED, NOBODY = "erased", str(UUID(int=0))  # stand where a path and an owner were
OF_GARMENT = "select bucket_id from storage.objects where name like %s and bucket_id like 'garment%%'"
TRAINING_BOUND, LOST_TRAINING_BOUND, LOST_PICTURE_BOUND = 120 * 60, 10 * 60, 15 * 60
GRACE = 60  # seconds: a bound is told of minutes
HIDDEN = {Kind.NO_OUTPUT_YET, Kind.DATA_GONE}
# a success of which there is nothing whole to keep
SPOILT = {Kind.UNKNOWN_END, Kind.IMAGES_LOST, Kind.WEIGHTS_CUT, Kind.DELIVERY_BREAKS, Kind.DATA_GONE}


def at_most_one_paid_run(world: World, _: list[Owner]) -> Broken:
    """I1"""
    known = money.attempts(world)
    per = Counter(str(it["subject"]) for entry in world.twin.ledger if (it := money.attempt_of(known, entry)))
    yield from (f"{number} paid runs for one order" for number in per.values() if number > 1)


def no_run_is_unknown(world: World, _: list[Owner]) -> Broken:
    """I2"""
    known = money.known_runs(world)
    yield from (
        f"a {it.status} {it.kind} at the provider that we do not know" for it in world.twin.ledger if it.id not in known
    )


def every_order_ends(world: World, _: list[Owner]) -> Broken:
    """I3"""
    held = money.held(world)
    for run in world.rows("select id, status from training_runs"):
        if run["status"] not in ("in_review", "approved", "rejected", "retried", "failed", "canceled"):
            yield f"a training is still {run['status']}"
        elif str(run["id"]) in held:
            yield f"the money of a training that is {run['status']} is still reserved"
    for image in world.rows("select id, status from images"):
        if image["status"] not in ("saved", "failed"):
            yield f"an image is still {image['status']}"
        elif str(image["id"]) in held:
            yield f"the money of an image that is {image['status']} is still reserved"


def in_time(world: World, _: list[Owner]) -> Broken:
    """I4; an outage stops all clocks for as long as it lasts, and so does a provider that does not show the end."""
    met = {it.kind for it in world.recorder.met}
    held = GRACE + (OUTAGE_SECONDS if met & (set(OUTAGES) | set(SKEWS) | HIDDEN) else 0)
    known = {it["provider_id"]: it for it in money.attempts(world) if it["provider_id"]}
    for run in world.twin.runs.newest_first("training") + world.twin.runs.newest_first("prediction"):
        training = run.kind == "training"
        if run.completed_at is None or run.completed_at - run.created_at > TRAINING_BOUND + held:
            yield f"a {run.kind} ran for more than two hours"
            continue
        attempt = known.get(run.id)
        if attempt is None or attempt["ended_at"] is None:
            continue  # I2 and I3 tell of it
        bound = LOST_TRAINING_BOUND if training else LOST_PICTURE_BOUND
        late = attempt["ended_at"].timestamp() - run.completed_at
        if late > bound + held:
            yield f"the end of a {run.kind} was known {late / 60:.0f} minutes later"


def uploads_are_checked(world: World, _: list[Owner]) -> Broken:
    """I3, of what pages put into the storage: all the photos here are good ones."""
    yield from ("an upload is left behind" for _ in world.rows("select true from storage_outbox where done_at is null"))
    for photo in world.rows("select status, findings from training_photos where object_version is not null"):
        if photo["status"] not in ("accepted", "removed"):
            yield f"a good photo is {photo['status']}: {photo['findings']}"
    for garment in world.rows("select id, status, findings from garments where object_version is not null"):
        left = {it["bucket_id"] for it in world.rows(OF_GARMENT, f"%/{garment['id']}%")}
        if (garment["status"], left) not in (("ready", {"garments"}), ("removed", set[str]())):
            yield f"a good garment is {garment['status']}, with objects in {left}: {garment['findings']}"


def history_is_a_path(world: World, _: list[Owner]) -> Broken:
    """I5"""
    moves = {(it["from_status"], it["to_status"]) for it in world.rows("select * from public.training_moves()")}
    for job in world.rows("select id, status from lora_training_jobs"):
        events = world.rows("select from_status, to_status from job_events where job_id = %s order by id", job["id"])
        at = None
        for event in events:
            step = (event["from_status"], event["to_status"])
            if step[0] != at or (at is not None and step not in moves):
                yield f"the history goes from {at} by {step}"
            at = step[1]
        if at != job["status"]:
            yield f"the history ends with {at}, and the job is {job['status']}"


def ready_is_complete(world: World, owners: list[Owner]) -> Broken:
    """I6"""
    found = (
        "select j.status, j.cancel_requested_at, r.* from training_runs r join lora_training_jobs j on j.id = r.job_id"
    )
    markers = {it["marker"]: it for it in money.attempts(world)}
    spoilt = any(it.kind in SPOILT for it in world.recorder.met)
    won = {
        str(attempt["run_id"])
        for run in world.twin.runs.newest_first("training") if run.status == "succeeded"
        for marker, attempt in markers.items() if marker in str(run.input)
    }  # fmt: skip
    for run in world.rows(found):
        if run["weights_path"] == ERASED:
            if str(run["owner_id"]) != NOBODY:
                yield "weights are gone without an erasure"
            continue
        if run["weights_path"]:
            data = _object(world, "lora-weights", run["weights_path"])
            if data is None:
                yield "the weights of a registered run are not in the storage"
            elif sha256(data).hexdigest() != run["weights_sha256"] or len(data) != run["weights_bytes"]:
                yield "the weights in the storage are not those that were registered"
        elif str(run["id"]) in won and run["cancel_requested_at"] is None and not spoilt:
            yield f"a training that succeeded was thrown away: {run['failure_code'] or run['status']}"
    for image in world.rows("select path, sha256 from images where status = 'saved' and path <> 'erased'"):
        data = _object(world, "images", image["path"])
        if data is None or sha256(data).hexdigest() != image["sha256"]:
            yield "a saved image is not in the storage"
    if len(world.rows("select true from ai_models")) > len(owners):
        yield "a model is registered twice"


def repairs_leave_the_picture_before(world: World, _: list[Owner]) -> Broken:
    """One that is saved says what became of it, unless its check broke; nothing was done to its source."""
    pairs = (
        "select r.kind, r.repair, r.checks, s.status, s.owner_id = r.owner_id as ours"
        " from images r join images s on s.id = r.source_image_id where r.status = 'saved'"
    )
    for pair in world.rows(pairs):
        if pair["status"] != "saved" or not pair["ours"]:
            yield "the picture before another is lost"
        if pair["kind"] == "repair" and pair["checks"] and not pair["repair"]:
            yield "a repair was checked and not judged"


def orders_keep_to_their_price(world: World, _: list[Owner]) -> Broken:
    """A try-on costs its owner no more than was reserved at its order; of two pictures at most."""
    orders = (
        "select o.id, (select count(*) from images i where i.order_id = o.id) as many,"
        " (select coalesce(sum(e.spent_usd), 0) from ledger_entries e join images i on i.id = e.image_id"
        "   where i.order_id = o.id and e.borne_by = 'owner') as spent,"
        " (select sum(e.reserved_usd) from ledger_entries e join images i on i.id = e.image_id"
        "   where i.order_id = o.id and i.position = 1 and e.kind = 'reservation') as told"
        " from image_orders o where o.kind = 'try_on'"
    )
    for order in world.rows(orders):
        if order["spent"] > order["told"] or order["many"] > 2:
            yield f"a try-on of {order['many']} pictures cost ${order['spent']} where ${order['told']} were told"


def look_books_are_filled(world: World, _: list[Owner]) -> Broken:
    """Each cell ended with a picture or a sentence, within the budget, and its files are there."""
    for cell in world.rows(
        "select c.*, i.status as image from look_book_cells c left join images i on i.id = c.image_id"
    ):
        if cell["status"] in ("waiting", "working"):
            yield f"a cell is still {cell['status']}"
        elif (cell["status"] == "done") != (cell["failure_sentence"] is None):
            yield f"a cell is {cell['status']} and says {cell['failure_sentence']}"
        elif cell["status"] == "done" and cell["image"] != "saved":
            yield f"the picture of a cell that is done is {cell['image']}"
    for book in world.rows("select * from look_books"):
        if (spent := money.spent_in_book(world, str(book["id"]))) > float(book["budget_usd"]):
            yield f"a look-book with ${book['budget_usd']} has spent ${spent:.3f}"
        if book["bound_at"] is None or book["status"] not in ("done", "canceled"):
            yield f"a look-book is still {book['status']}, or its files are not made"
        for name in ("sheet_path", "pdf_path", "zip_path") if book["bound"] else ():
            if _object(world, "look-books", book["bound"][name]) is None:
                yield f"the {name} of a look-book leads nowhere"


def books_agree(world: World, _: list[Owner]) -> Broken:
    """I7"""
    bill, booked, owners = sum(it.cost for it in world.twin.ledger), money.booked(world), money.booked(world, "owner")
    if abs(bill - booked) >= CENT:
        yield f"the provider bills ${bill:.2f}, and we booked ${booked:.2f}"
    if abs(money.spent(world) - owners) >= CENT:
        yield f"the accounts have spent ${money.spent(world):.2f}, and ${owners:.2f} of their entries are booked"
    if undue := money.charged_for_nothing(world):
        yield f"owners were charged for {undue} failures"
    if money.reserved(world) and not any(every_order_ends(world, [])):
        yield f"${money.reserved(world):.2f} are reserved where nothing is open"
    if money.negative(world):
        yield "an account is negative"


def others_feel_nothing(world: World, owners: list[Owner]) -> Broken:
    """I8: rows keep their owner, and whoever met no fault has all that was ordered."""
    yield from (
        "an attempt is another owner's than its order"
        for _ in world.rows(
            "select true from provider_attempts a left join training_runs r on r.id = a.run_id left join images i"
            " on i.id = a.image_id where a.owner_id <> coalesce(r.owner_id, i.owner_id) and not croquis.is_erased(a.id)"
        )
    )
    if len(owners) > 1:
        paths = world.rows("select owner_id, path from images where path <> 'erased'")
        yield from ("an image lies in another's folder" for it in paths if str(it["owner_id"]) not in it["path"])
        seen: dict[str, str] = {}
        for attempt in money.attempts(world):
            other = seen.setdefault(str(attempt["provider_id"]), str(attempt["owner_id"]))
            if attempt["provider_id"] and other != str(attempt["owner_id"]):
                yield "one run at the provider is given to two owners"


def callbacks_once(world: World, _: list[Owner]) -> Broken:
    """I11"""
    yield from ("a callback was acted on twice" for it in world.machines.tokens.values() if it.sent > 1)
    for attempt in money.attempts(world):
        if attempt["callback_due"] and attempt["task_token"] and not attempt["woken_at"]:
            yield "a callback is due and was never sent"


def hostile_input_is_refused(world: World, _: list[Owner]) -> Broken:
    """I12"""
    for body in (b"", b"{", b"[]", b"\xff", b'{"id": "x", "status": "succeeded"}', b"[" * 5000):
        headers = {"webhook-id": "m", "webhook-timestamp": str(int(world.now())), "webhook-signature": "v1,AA=="}
        for path in ("/webhooks/replicate/cq0", "/v1/trainings", "/v1/trainings/x/submit"):
            if world.ask("POST", path, headers, body).status >= 500:
                yield f"a 5xx to hostile input at {path}"


INVARIANTS: dict[str, Callable[[World, list[Owner]], Broken]] = {
    "I1": at_most_one_paid_run, "I2": no_run_is_unknown, "I3": every_order_ends, "I4": in_time, "I5": history_is_a_path,
    "I6": ready_is_complete, "I7": books_agree, "I8": others_feel_nothing, "I10": logs_keep_secrets,
    "I11": callbacks_once, "I12": hostile_input_is_refused, "uploads": uploads_are_checked,
    "purge": what_is_past_its_time_is_gone, "try_ons": orders_keep_to_their_price,
    "cut_outs": cut_outs_are_gone, "repairs": repairs_leave_the_picture_before,
    "look_books": look_books_are_filled, "erased": what_is_erased_left_no_trace, "erasures": erasures_end,
    "sign_ins": nobody_signs_in_to_what_is_erased,
}  # fmt: skip


def broken(world: World, owners: list[Owner]) -> dict[str, str]:
    """The broken invariants, each with what is seen of it."""
    found = {name: "; ".join(sorted(set(check(world, owners)))) for name, check in INVARIANTS.items()}
    return {name: seen for name, seen in found.items() if seen}


def _object(world: World, bucket: str, path: str) -> bytes | None:
    """Past all rights; the wires are whole by now."""
    from croquis.errors import CroquisError

    files: Any = world.neighbours.files
    try:
        return files.read(bucket, path, limit=10**9)
    except CroquisError:
        return None


__all__ = ["BEGIN", "INVARIANTS", "broken"]
