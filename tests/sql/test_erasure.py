"""PR-04, PR-06: what an owner erases is gone for good, the money stays, and nothing that comes late brings it back."""

from typing import Any

import pytest
from sql.seats import NO_RIGHT, Connection, refused
from sql.story import CONSENT, STAGES, Story, seen

PERSON, PROMPT = "Maya", "a person in a studio"
PICTURED = ("previewing", "in_review", "approved", "rejected")
HOLDS_MONEY = (*STAGES[1 : STAGES.index("previewing")], "approved")


def asked(story: Story, **subject: str | None) -> dict[str, Any]:
    return story.owner.call("order_erasure", **subject or {"training": story.job})


def worked(story: Story, erasure: str) -> dict[str, Any]:
    return story.worker.call("erase_rows", erasure=erasure)


def looked(story: Story, erasure: str, versions: int = 0) -> str:
    """What the sweep does after the rows: it deletes the objects, and looks."""
    paths = [it["path"] for it in story.worker.call("objects_to_erase", erasure=erasure)]
    with story.connection.transaction():
        story.connection.execute("set local storage.allow_delete_query = 'true'")
        story.connection.execute("delete from storage.objects where name = any (%s)", (paths,))
    return story.worker.call("looked_for_erased", erasure=erasure, versions=versions)


def stopped(story: Story) -> None:
    """The provider stops what ran, and the workflow ends what it was at."""
    attempt = story.connection.execute(
        "select id::text from public.provider_attempts where state in ('intent', 'unknown', 'started') limit 1"
    ).fetchone()
    if attempt:
        story.ended(attempt[0], "canceled", 100)
    if story.worker.sql("select from public.training_runs where ended_at is null"):
        story.failed()
        story.reviewing()


def erased(story: Story) -> str:
    """Erased as far as it goes at once."""
    erasure = asked(story)["erasure"]["id"]
    if worked(story, erasure)["erasure"]["status"] == "stopping":
        stopped(story)
        worked(story, erasure)
    assert looked(story, erasure) == "erased"
    return erasure


def texts(db: Connection) -> str:
    """Every row of every table, as text; without what everybody shares."""
    tables = db.execute(
        "select format('%I.%I', schemaname, tablename) from pg_tables"
        " where schemaname in ('public', 'croquis', 'storage') and tablename not in ('consent_texts')"
    ).fetchall()
    return "\n".join(
        row
        for (table,) in tables
        for (row,) in db.execute(f"select t::text from {table} t").fetchall()  # pyright: ignore
    )


@pytest.mark.parametrize("status", [*STAGES, "approved", "rejected", "failed", "canceled"])
def test_at_every_step_of_the_workflow_nothing_is_left_that_tells_of_the_person(
    story: Story, status: str, played: Any
) -> None:
    story.to(status)
    if status == "approved":
        story.ordered()
    before = story.seen()
    words = {PERSON, before["job"]["trigger_word"], f"{story.user}/{story.job}"}
    words |= {photo["sha256"] for photo in before["photos"]} | ({PROMPT} if status in PICTURED else set())
    text = texts(story.connection)
    assert [word for word in words if word not in text] == []
    assert len(before["photos"]) == 8
    assert status == "draft" or (story.money()[0] > 0) == (status in HOLDS_MONEY)

    erasure = erased(story)

    played("update public.erasures set erased_at = erased_at - interval '4 hours'")
    assert looked(story, erasure) == "done"
    text = texts(story.connection)
    assert [word for word in words if word in text] == []
    assert story.seen() is None
    assert status == "draft" or story.money()[0] == 0
    assert story.owner.call("read_erasure", erasure=erasure)["status"] == "done"


def test_it_waits_for_what_runs_and_names_it_until_the_provider_stopped_it(story: Story) -> None:
    attempt = story.to("training").attempt()["id"]
    told = asked(story)
    assert told["attempts"] == [attempt]
    waiting = worked(story, told["erasure"]["id"])
    assert (waiting["erasure"]["status"], waiting["attempts"]) == ("stopping", [attempt])
    assert len(story.seen()["photos"]) == 8  # nothing goes before the paid run is over
    story.ended(attempt, "canceled", 100)
    assert worked(story, told["erasure"]["id"])["erasure"]["status"] == "stopping"
    assert story.failed() == "canceled"
    assert worked(story, told["erasure"]["id"])["erasure"]["status"] == "deleting"


def test_from_the_moment_it_is_asked_for_nothing_new_begins(story: Story) -> None:
    story.to("approved")
    model = story.seen()["model"]["id"]
    asked(story, model=model)
    with refused(409, "model_not_active"):
        story.ordered(model=model)
    asked(story, training=None)  # the account
    with refused(409, "account_is_erased"):
        story.owner.call("open_training", model_name="Ada", gender="female", consent=CONSENT)


def test_no_entry_of_the_ledger_is_lost_and_none_changes_its_bearer(story: Story) -> None:
    story.to("approved")
    entries = (
        "select id, kind, borne_by, owner_id, run_id, image_id, reserved_usd, spent_usd from public.ledger_entries"
    )
    before, money = story.worker.sql(f"{entries} order by id"), story.money()
    erased(story)
    provider_id = story.worker.sql("select id from public.provider_runs where kind = 'training'")[0][0]
    story.saw(seen(provider_id, seconds=1000))
    assert story.worker.sql(f"{entries} order by id") == before
    story.saw(seen(provider_id, seconds=1100))  # the bill comes to more
    assert story.money()[1] > money[1]
    assert story.worker.sql(f"{entries} order by id")[-1][1:3] == ("correction", "owner")


def test_what_comes_late_recreates_nothing(story: Story) -> None:
    """PR-06, WH-20: a webhook, a log, a run in the list, an upload, a verdict, a state that is entered again."""
    photo = story.to("training").seen()["photos"][0]
    attempt = story.attempt()
    erased(story)
    marker, provider_id = attempt["marker"], attempt["provider_id"]
    left = texts(story.connection)

    story.worker.call("receive_webhook", webhook_id="late", marker=marker, seen=seen(provider_id, markers=[marker]))
    story.printed(100, marker=marker, provider_id=provider_id)
    late = seen(provider_id, version="the-version", markers=[marker], error=f"{PERSON} failed")
    assert story.saw(late)["attempt"]["output"] is None
    orphan = story.saw(seen("orphan", "processing", version="the-version", markers=[marker]))
    assert orphan["cancel"]  # a second run of the same order is seen, and stopped
    landed = story.landed(photo["upload_path"])
    assert story.claimed(landed)["action"] == "delete"
    story.worker.call("record_photo", photo=photo["id"], object_version=landed[1], verdict={"status": "accepted"})
    for refusal in (lambda: story.entered("preparing"), story.registered, lambda: story.attempted()):
        with refused(410, "run_over"):
            refusal()

    after = texts(story.connection)
    for word in ("the-version", PERSON, "Loading t5"):
        assert (word in left, word in after) == (False, False), word
    assert story.worker.sql("select count(*) from public.training_photos") == [(0,)]


def test_the_receipt_is_written_after_a_second_look_and_tells_nothing_of_the_person(story: Story, played: Any) -> None:
    photo = story.to("approved").seen()["photos"][0]
    erasure = erased(story)
    assert looked(story, erasure) == "erased"  # too early to be sure
    story.landed(photo["upload_path"])  # by an upload that was signed before
    played("update public.erasures set erased_at = erased_at - interval '4 hours'")
    (again,) = story.worker.each("erasures_to_work")
    assert story.worker.call("looked_for_erased", erasure=again["id"], versions=1) == "erased"  # something is left
    assert looked(story, erasure, versions=1) == "done"

    receipt = story.owner.call("read_erasure", erasure=erasure)["receipt"]
    assert receipt["rows_deleted"]["training_photos"] == 8
    assert receipt["versions_deleted"] == 1
    assert story.user in texts(story.connection)  # as an id alone
    for statement in ("update public.erasure_receipts set versions_deleted = 0", "delete from public.erasure_receipts"):
        with pytest.raises(NO_RIGHT, match="never changed or deleted"), story.connection.transaction():
            story.connection.execute(statement)
    assert story.worker.each("erasures_to_work") == []
    assert looked(story, erasure) == "done"


def test_asked_twice_it_is_one_erasure_also_when_all_is_gone(story: Story) -> None:
    model = story.to("approved").seen()["model"]["id"]
    first = asked(story, model=model)["erasure"]["id"]
    assert asked(story, training=story.job)["erasure"]["id"] == first
    worked(story, first)
    worked(story, first)
    looked(story, first)
    assert asked(story, model=model)["erasure"]["id"] == asked(story)["erasure"]["id"] == first
    assert len(story.owner.call("read_erasures")) == 1


def test_another_owners_model_is_like_none_and_so_are_the_erasure_and_its_receipt(story: Story, other: Story) -> None:
    model = story.to("approved").seen()["model"]["id"]
    other.opened()
    for subject, code in (({"model": model}, "no_such_model"), ({"training": story.job}, "no_such_training")):
        for function in ("order_erasure", "dry_run_erasure"):
            with refused(404, code):
                other.owner.call(function, **subject)
    erasure = asked(story)["erasure"]["id"]
    assert other.owner.call("read_erasure", erasure=erasure) is None
    with refused(404, "no_such_training"):  # nor once its rows belong to nobody
        worked(story, erasure)
        asked(other, training=story.job)
    assert len(other.owner.call("read_training", job=other.job)["photos"]) == 0  # theirs is untouched


def test_an_account_goes_with_all_its_models_and_another_account_stays(story: Story, other: Story) -> None:
    story.to("approved")
    Story(story.connection, story.user).to("draft")
    other.to("approved")
    before = other.seen()
    erasure = asked(story, training=None)["erasure"]["id"]
    late = Story(story.connection, story.user)
    story.connection.execute(
        "update public.erasures set subject = 'model' where id = %s",
        (erasure,),
    )
    late.opened()  # in the very moment
    story.connection.execute(
        "update public.erasures set subject = 'account' where id = %s",
        (erasure,),
    )
    assert worked(story, erasure)["erasure"]["status"] == "deleting"
    assert looked(story, erasure) == "erased"
    assert story.owner.sql("select from public.lora_training_jobs") == []
    assert other.seen() == before


def test_before_it_is_ordered_it_says_what_would_go_and_changes_nothing(story: Story) -> None:
    story.to("training")
    story.landed(f"{story.user}/{story.job}/x.jpg", "training-photos")
    would = story.owner.call("dry_run_erasure", training=story.job)
    assert would["rows"]["training_photos"] == 8
    assert would["objects"]["training-photos"] == 1
    assert would["running"] == 1
    assert (story.status(), story.owner.call("read_erasures")) == ("training", [])


def test_a_restored_backup_is_erased_again_by_the_list(story: Story, played: Any) -> None:
    """PR-09: the backup is from before the erasure, the list from after it."""
    story.to("approved")
    erasure = asked(story)["erasure"]["id"]
    kept = story.worker.call("erasures_since", since="2000-01-01")
    played("delete from public.erasures where id = %s", erasure)
    played("delete from public.consents where withdraws is not null")
    played("update public.ai_models set status = 'active' where job_id = %s", story.job)  # as the backup has it

    assert story.worker.call("reapply_erasures", list=kept) == 1
    assert story.worker.call("reapply_erasures", list=kept) == 0
    (again,) = story.worker.each("erasures_to_work")
    assert worked(story, again["id"])["erasure"]["status"] == "deleting"
    assert looked(story, again["id"]) == "erased"
    assert PERSON not in texts(story.connection)
    assert again["asked_at"] == kept[0]["asked_at"]


def test_an_account_is_not_done_before_its_sign_in_is_gone_and_begins_nothing_ever_again(
    story: Story, played: Any
) -> None:
    assert story.owner.call("dry_run_erasure")["sign_in"]
    erasure = asked(story, training=None)["erasure"]["id"]
    worked(story, erasure)
    assert looked(story, erasure) == "erased"
    played("update public.erasures set erased_at = erased_at - interval '4 hours'")
    assert looked(story, erasure) == "erased"
    told = {"erasure": erasure, "versions": 0, "sign_in_gone": True}
    assert story.worker.call("looked_for_erased", **told) == "done"
    with refused(409, "account_is_erased"):  # by a token that outlives the sign-in
        story.opened()
    assert asked(story, training=None)["erasure"]["id"] == erasure
