"""Two ask for one erasure at once, or two sweeps work at it: nothing is doubled, and there is one receipt."""

import pytest
from sql.conftest import Overlapping, Step
from sql.story import Story
from sql.test_erasure import asked, looked, worked


def model(story: Story) -> str:
    """Its owner asks for the training with its model to be erased."""
    return asked(story)["erasure"]["id"]


def account(story: Story) -> str:
    """Or for everything."""
    return asked(story, training=None)["erasure"]["id"]


@pytest.mark.parametrize("asking", [model, account])
def test_two_who_ask_at_once_are_answered_the_same_erasure(
    acted: Story, overlapping: Overlapping, asking: Step
) -> None:
    acted.to("approved")
    first, second = overlapping(acted, asking, asking)
    assert first == second
    assert [it["id"] for it in acted.owner.call("read_erasures")] == [first]
    withdrawn = "select count(*) from public.consents where withdraws = %s"
    assert acted.connection.execute(withdrawn, (acted.seen()["consent"]["id"],)).fetchone() == (1,)


@pytest.mark.parametrize("model_first", [True, False])
def test_a_model_and_its_account_at_once_are_both_erased(
    acted: Story, overlapping: Overlapping, model_first: bool
) -> None:
    acted.to("approved")
    both = overlapping(acted, *((model, account) if model_first else (account, model)))
    assert {it["id"] for it in acted.owner.call("read_erasures")} == set(both)
    for erasure in set(both):  # the account has its models
        assert worked(acted, erasure)["erasure"]["status"] == "deleting"
        assert looked(acted, erasure) == "erased"


def test_two_sweeps_at_once_delete_and_count_its_rows_once(acted: Story, overlapping: Overlapping) -> None:
    erasure = asked(acted.to("approved"))["erasure"]["id"]
    first, second = overlapping(acted, *[lambda story: worked(story, erasure)["erasure"]] * 2)
    assert first == second
    assert (first["status"], first["rows_deleted"]["training_photos"]) == ("deleting", 8)
    assert first["objects_deleted"] == {"photo-uploads": 8}


def test_two_last_looks_at_once_write_one_receipt(acted: Story, overlapping: Overlapping) -> None:
    erasure = asked(acted.to("approved"))["erasure"]["id"]
    worked(acted, erasure)
    assert looked(acted, erasure) == "erased"
    acted.connection.execute(
        "update public.erasures set erased_at = erased_at - interval '4 hours' where id = %s", (erasure,)
    )
    looks = [lambda story: story.worker.call("looked_for_erased", erasure=erasure, versions=1)] * 2
    assert overlapping(acted, *looks) == ("done", "done")
    receipts = acted.owner.sql("select erasure_id::text, versions_deleted from public.erasure_receipts")
    assert receipts == [(erasure, 1)]


def test_what_is_ordered_in_the_very_moment_is_stopped_with_the_account(acted: Story, overlapping: Overlapping) -> None:
    acted.to("approved")
    _, erasure = overlapping(acted, lambda story: story.ordered(), account)
    assert worked(acted, erasure)["erasure"]["status"] == "deleting"  # queued pictures end at once
    assert acted.money()[0] == 0
