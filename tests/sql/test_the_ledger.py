"""MO-10, MO-13: money is reserved, settled or released once; who bears it; a later truth is one more entry."""

from decimal import Decimal

import psycopg
import pytest
from sql.attempts import PRICE
from sql.story import Story

SECOND = Decimal("0.001525")
DONE = (Decimal(0), 1000 * SECOND)


def test_money_is_settled_once_when_the_model_is_registered(story):
    """MO-10."""
    story.to("ingesting")
    assert story.money() == (PRICE, 0)
    first = story.registered()
    assert story.money() == DONE
    assert story.registered() == first
    story.reviewing()
    assert story.registered() == first
    assert story.money() == DONE
    story.connection.execute(
        "select croquis.settle(id, null) from public.training_runs where owner_id = %s", (story.user,)
    )
    assert story.money() == DONE
    run = story.seen()["runs"][0]
    assert (run["borne_by"], run["actual_usd"], len(first["images"])) == ("owner", 1.525, 2)


def test_money_is_released_once_when_nothing_was_ordered(story):
    story.to("preparing")
    assert [story.failed(), story.failed()] == ["failed", "failed"]
    assert story.money() == (0, 0)
    assert [it[0] for it in ledger(story)] == ["reservation", "release"]


def ledger(story: Story) -> list[tuple[str, str, Decimal, Decimal]]:
    """Each entry of this owner: kind, who bears it, and its two differences."""
    return story.connection.execute(
        "select kind, borne_by::text, reserved_usd, spent_usd from public.ledger_entries"
        " where owner_id = %s order by id",
        (story.user,),
    ).fetchall()  # type: ignore[return-value]


def test_what_failed_at_the_provider_is_the_operators_cost_and_a_higher_truth_is_one_more_entry(story):
    """MO-10, MO-13."""
    story.to("training").ended(story.attempt()["id"], "failed", 1000)
    story.failed()
    assert story.money() == (0, 0)
    run = story.seen()["runs"][0]
    assert (run["borne_by"], run["actual_usd"]) == ("operator", 1.525)
    for seconds in (1200, 1100, 1200):  # less is never more true
        story.ended(story.attempt()["id"], "failed", seconds)
    assert ledger(story) == [
        ("reservation", "owner", PRICE, 0),
        ("settlement", "operator", 0, 1000 * SECOND),
        ("release", "owner", -PRICE, 0),
        ("correction", "operator", 0, 200 * SECOND),
    ]


def test_a_result_that_could_not_be_kept_is_the_operators_cost(story):
    story.to("ingesting")
    story.worker.call("record_failure", job=story.job, run_no=1, code="weights_refused", sentence="x", hint="x")
    assert story.money() == (0, 0)
    assert [it[:2] for it in ledger(story)[1:]] == [("settlement", "operator"), ("release", "owner")]


@pytest.mark.parametrize("ends", ["before the review", "after the review"])
def test_a_preview_that_the_review_gave_up_is_booked_to_the_operator(story, ends):
    """It was paid, and its owner has nothing of it."""
    story.to("previewing")
    before = story.money()
    image = story.seen()["previews"][0]["id"]
    attempt = story.opened_image(image)["attempt"]["id"]
    story.started(attempt)
    if ends == "before the review":
        story.ended(attempt, "succeeded", 10)
    assert story.reviewing() == "in_review"
    if ends == "after the review":
        assert [it[0] for it in ledger(story)] == ["reservation", "settlement", "release"]
        story.ended(attempt, "succeeded", 10)
    assert ledger(story)[3:] == [("settlement", "operator", 0, 10 * SECOND)]
    assert story.money() == before
    story.ended(attempt, "succeeded", 10)
    assert len(ledger(story)) == 4


def test_what_its_owner_stopped_is_the_owners_cost(story):
    attempt = story.to("training").attempt()["id"]
    story.owner.call("cancel_training", job=story.job)
    story.ended(attempt, "canceled", 100)
    assert story.failed() == "canceled"
    assert story.money() == (0, 100 * SECOND)
    assert story.seen()["runs"][0]["borne_by"] == "owner"


def test_an_entry_is_never_changed_and_a_balance_is_the_sum_of_its_entries(story):
    story.to("approved").ordered()
    sums = [sum(amounts) for amounts in zip(*[it[2:] for it in ledger(story)], strict=True)]
    assert tuple(sums) == story.money()
    for verb in ("update public.ledger_entries set spent_usd = 0", "delete from public.ledger_entries"):
        with pytest.raises(psycopg.errors.InsufficientPrivilege, match="never changed"), story.connection.transaction():
            story.connection.execute(verb)
