"""What a submit, or an order of images, asks for before it costs anything."""

from decimal import Decimal
from typing import Any

import psycopg
import pytest
from sql.attempts import PRICE
from sql.seats import Connection, refused
from sql.story import CONSENT, WISH, Story, key


@pytest.mark.parametrize("count", [0, 7])
def test_too_few_accepted_photos_are_refused(story, count):
    story.with_photos(count).judged(12, status="rejected", findings=[])
    with refused(409, "wrong_number_of_photos", rf"this job has {count}\.\n"):
        story.submitted()


@pytest.mark.parametrize("count", [8, 12])
def test_eight_to_twelve_accepted_photos_are_enough(story, count):
    job = story.with_photos(count).submitted()
    assert (job["status"], job["current_run"]) == ("queued", 1)


def test_eight_copies_of_one_file_are_not_eight_photos(story):
    story.with_photos(7)
    story.judged(8, sha256=story.seen()["photos"][0]["sha256"])
    with refused(409, "wrong_number_of_photos", "this job has 7, because the same file twice counts once"):
        story.submitted()
    story.accepted(9)
    assert story.submitted()["status"] == "queued"


def test_a_photo_that_has_not_arrived_is_not_left_out_in_silence(story):
    story.with_photos(8)
    photos = [story.announced(slot) for slot in (9, 10)]
    with refused(409, "photos_not_uploaded", "2 photos have not arrived yet"):
        story.submitted()
    story.owner.call("remove_photo", job=story.job, photo=photos[0]["id"])
    with refused(409, "photos_not_uploaded", "1 photo has not arrived yet"):
        story.submitted()
    story.owner.call("remove_photo", job=story.job, photo=photos[1]["id"])
    assert story.submitted()["status"] == "queued"


def test_a_photo_that_is_being_checked_is_waited_for(story):
    photo = story.with_photos(8).announced(9)
    story.claimed(story.landed(photo["upload_path"]))
    with refused(409, "photos_being_checked"):
        story.submitted()


def test_a_second_submit_is_refused(story):
    story.to("queued")
    with refused(409, "already_submitted"):
        story.submitted()


@pytest.mark.parametrize(
    "consent",
    [None, {}, [], *({**CONSENT, name: wrong} for name in CONSENT for wrong in (None, False, "true", 1, "x"))],
)
def test_no_job_without_the_full_consent(story, consent):
    """PR-01: each declaration must be true, of a text that was published."""
    with refused(422, "no_consent"):
        story.owner.call("open_training", model_name="Maya", gender="female", consent=consent)


def test_a_withdrawn_consent_stops_all_new_work(story):
    """PR-01."""
    story.with_photos().withdrawn()
    with refused(403, "consent_withdrawn"):
        story.submitted()


@pytest.mark.parametrize("decision", ["approve", "retry"])
def test_a_withdrawn_consent_leaves_only_the_rejection(story, decision):
    """PR-01."""
    story.to("in_review").withdrawn()
    with refused(403, "consent_withdrawn"):
        story.reviewed(decision, idempotency_key=key())
    assert story.reviewed("reject")["status"] == "rejected"


def test_a_withdrawn_consent_stops_pictures_and_the_order_of_a_training(story, other):
    """PR-01: also between the submit and the paid call."""
    story.to("approved").withdrawn()
    with refused(403, "consent_withdrawn"):
        story.ordered()
    other.to("preparing").withdrawn()
    with refused(410, "canceled"):
        other.attempted()


def limit(db: Connection, column: str, value: object) -> None:
    db.execute(f"update croquis.limits set {column} = %s", (value,))  # type: ignore[arg-type]


def test_the_switch_stops_new_paid_work_and_lets_running_work_end(db, story, other):
    """MO-12."""
    story.with_photos()
    other.to("training")
    limit(db, "accept_jobs", False)
    with refused(503, "closed"):
        story.submitted()
    for stage in ("ingesting", "previewing", "in_review"):
        other.step(stage)
    other.reviewed("approve")
    with refused(503, "closed"):
        other.ordered()


def test_caps_a_day_are_told_as_too_many(db, story, other):
    """AS-11, MO-12."""
    other.to("approved")
    story.with_photos()
    for column in ("open_jobs", "uploads_per_day", "trainings_per_day", "images_per_day"):
        limit(db, column, 0)
    with refused(429, "too_many_open_jobs"):
        Story(db, story.user).opened()
    with refused(429, "too_many_uploads"):
        story.announced(9)
    with refused(429, "too_many_trainings"):
        story.submitted()
    with refused(429, "too_many_images"):
        other.ordered()


def test_who_begins_too_much_within_a_minute_waits_for_it_to_pass_and_nobody_else_does(db, story, other, played):
    """AS-11."""
    limit(db, "requests_per_minute", 2)
    story.opened()
    story.announced(1)
    with refused(429, "too_many_requests"):
        story.announced(2)
    other.opened()
    db.execute("select croquis.hold_owner(%s)", (story.user,))  # as workers do, who go on with what was ordered
    played("update public.spend_accounts set requests_since = requests_since - interval '1 minute'")
    story.announced(2)
    assert db.execute("select requests from public.spend_accounts order by 1").fetchall() == [(1,), (1,)]


def test_two_calls_at_once_do_not_pass_a_cap_together(acted, overlapping):
    """AS-11."""
    acted.opened()
    limit(acted.connection, "open_jobs", 2)
    try:
        _, second = overlapping(acted, lambda story: story.opened(), lambda story: story.opened())
    finally:
        limit(acted.connection, "open_jobs", 20)
    assert second.diag.message_detail == "too_many_open_jobs"


def test_an_order_beyond_the_spending_limit_is_refused_and_reserves_nothing(db, story):
    """MO-10: one cent less than it may cost is not enough; just enough is."""
    story.with_photos()
    db.execute("update public.spend_accounts set limit_usd = %s, spent_usd = 1", (PRICE + 1 - Decimal("0.000001"),))
    with refused(402, "spend_limit"):
        story.submitted()
    assert story.money() == (0, 1)
    db.execute("update public.spend_accounts set limit_usd = %s", (PRICE + 1,))
    story.submitted()
    assert story.money() == (PRICE, 1)


def test_two_orders_at_once_do_not_pass_the_spending_limit_together(acted, overlapping):
    acted.with_photos()
    second = Story(acted.connection, acted.user).with_photos()
    acted.connection.execute("update public.spend_accounts set limit_usd = 2 where owner_id = %s", (acted.user,))
    _, refusal = overlapping(
        acted,
        lambda story: story.submitted(),
        lambda story: Story(story.connection, story.user, second.job).submitted(),
    )
    assert refusal.diag.message_detail == "spend_limit"
    assert acted.money() == (PRICE, 0)


def test_the_same_key_and_request_is_the_same_job(story):
    """MO-11."""
    story.with_photos()
    again = {"job": story.job, "idempotency_key": key(), "parameters": {"steps": 500}}
    first = story.owner.call("submit_training", **again)
    assert story.owner.call("submit_training", **again) == first
    story.entered("preparing")
    assert story.owner.call("submit_training", **again)["job"]["status"] == "preparing"
    assert len(story.seen()["runs"]) == 1


def test_the_same_key_with_another_request_is_refused(story, other):
    """MO-11: other parameters, another job, another operation; another owner's key is another key."""
    used = key()
    approved = Story(story.connection, story.user).to("approved")
    story.with_photos().owner.call("submit_training", job=story.job, idempotency_key=used)
    for job, parameters in ((story.job, {"steps": 500}), (approved.job, {})):
        with refused(409, "idempotency_key_reused"):
            story.owner.call("submit_training", job=job, idempotency_key=used, parameters=parameters)
    with refused(409, "idempotency_key_reused"):
        story.reviewed("retry", idempotency_key=used)
    with refused(409, "idempotency_key_reused"):
        approved.ordered(used)
    assert (
        other.with_photos().owner.call("submit_training", job=other.job, idempotency_key=used)["job"]["status"]
        == "queued"
    )


ORDERS: dict[str, tuple[str, str, list[dict[str, Any]]]] = {
    "submit": ("draft", "submit_training", [{"parameters": {}}, {"parameters": {"steps": 1000}}]),
    "retry": ("failed", "review_training", [{"parameters": {}}, {"parameters": {"steps": 1000}}]),
    "pictures": (
        "approved",
        "order_generations",
        [{"request": {}, "wishes": [WISH]}, {"request": {"framing": "portrait"}, "wishes": [WISH | {"prompt": "new"}]}],
    ),
}


@pytest.mark.parametrize("order", ORDERS)
def test_a_key_binds_what_was_sent_and_not_what_a_release_makes_of_it(story, order):
    """MO-11: an honest repeat meets the next release, which fills in and words otherwise."""
    status, function, made = ORDERS[order]
    story.to(status)
    subject = {"model": story.seen()["model"]["id"]} if order == "pictures" else {"job": story.job}
    subject |= {"decision": "retry"} if order == "retry" else {}

    def ordered(derived: dict[str, Any], sent: str) -> dict[str, Any]:
        return story.owner.call(function, idempotency_key="the only key", sent_sha256=sent, **subject, **derived)

    assert ordered(made[0], "a") == ordered(made[1], "a")
    with refused(409, "idempotency_key_reused"):
        ordered(made[0], "b")


@pytest.mark.parametrize("bad", [None, "", "1234567", "x" * 201])
def test_what_costs_money_needs_a_key(story, bad):
    story.with_photos()
    with refused(400, "no_idempotency_key"):
        story.owner.call("submit_training", job=story.job, idempotency_key=bad)


def test_a_refused_order_does_not_use_up_its_key(story):
    used = key()
    story.opened()
    with refused(409, "wrong_number_of_photos"):
        story.owner.call("submit_training", job=story.job, idempotency_key=used)
    for slot in range(1, 9):
        story.accepted(slot)
    assert story.owner.call("submit_training", job=story.job, idempotency_key=used)["job"]["status"] == "queued"


def test_the_same_submit_twice_at_once_is_one_run(acted, overlapping):
    """MO-11: two connections, the same key."""
    used = key()
    acted.with_photos()

    def submit(story: Story) -> object:
        return story.owner.call("submit_training", job=story.job, idempotency_key=used)

    first, second = overlapping(acted, submit, submit)
    assert first == second
    assert len(acted.seen()["runs"]) == 1
    assert acted.money() == (PRICE, 0)


def test_two_submits_with_two_keys_at_once_are_one_run(acted, overlapping):
    acted.with_photos()
    _, second = overlapping(acted, lambda story: story.submitted(), lambda story: story.submitted())
    assert second.diag.message_detail == "already_submitted"
    assert len(acted.seen()["runs"]) == 1


@pytest.mark.parametrize("size", [{"width": 240}, {"width": 1456}, {"height": 1000}, {"height": None}, {"width": "x"}])
def test_an_image_is_ordered_only_in_a_size_that_the_provider_takes(story, size):
    """Owners may call the function straight over HTTP."""
    story.to("approved")
    with pytest.raises(psycopg.Error) as caught:
        story.ordered(wishes=[WISH | size])
    assert (caught.value.sqlstate or "")[:2] in ("22", "23")
