"""WH-12, WH-15, WH-16: a webhook counts for the order that its address, its body and our row agree on, and once."""

import secrets

import pytest
from sql.attempts import hooked, inbox, not_started, opened, ours
from sql.story import seen


def test_a_webhook_before_the_answer_of_the_post_is_adopted_when_the_provider_itself_shows_the_order(story):
    """WH-14, WH-16."""
    attempt = opened(story.to("preparing"))
    answer = hooked(story, attempt, "p1", **ours(attempt))
    assert answer == {"outcome": "unconfirmed", "attempt_id": attempt["id"], "kind": "training", "look": True}
    assert (story.attempt()["state"], inbox(story)) == ("intent", [("w1", "succeeded", False)])
    story.saw(seen("p1", "processing", **ours(attempt)))
    story.started(attempt["id"], "p1")
    assert (story.attempt()["state"], story.attempt()["provider_id"]) == ("started", "p1")
    assert inbox(story) == [("w1", "succeeded", True)]


@pytest.mark.parametrize("lacking", ["markers", "address"])
def test_a_webhook_whose_signed_body_lacks_the_marker_is_unmatched_whatever_its_url_says(story, lacking):
    """WH-15: the URL is not covered by the signature."""
    attempt = opened(story.to("preparing"))
    body = ours(attempt) | {lacking: None if lacking == "address" else ["cq" + "0" * 32]}
    answer = hooked(story, attempt, "p1", **body)
    assert (answer["outcome"], answer["look"]) == ("unmatched", False)
    story.saw(seen("p1", **(body | {"markers": []})))
    assert story.attempt()["state"] == "intent"


def test_a_run_that_is_known_elsewhere_is_unmatched_and_no_error(story, other):
    """WH-15."""
    other.started(opened(other.to("preparing"))["id"], "p1")
    attempt = opened(story.to("preparing"))
    assert hooked(story, attempt, "p1", **ours(attempt))["outcome"] == "unmatched"


def test_a_wrong_marker_is_unknown_and_stores_nothing(story):
    """WH-15, WH-16."""
    opened(story.to("preparing"))
    for marker in ("cq0", "", None):
        assert hooked(story, {"marker": marker}, "p1") == {"outcome": "unknown_marker"}
    assert inbox(story) == []


def test_an_other_id_under_the_right_marker_is_kept_as_unmatched_and_followed_by_nothing(story):
    """WH-15."""
    attempt = opened(story.to("preparing"))
    story.started(attempt["id"], "p1")
    answer = hooked(story, attempt, "p2")
    assert (answer["outcome"], answer["look"]) == ("unmatched", False)
    assert inbox(story) == [("w1", "succeeded", False)]
    assert story.attempt()["provider_id"] == "p1"


@pytest.mark.parametrize("outcome", ["throttled", "refused"])
def test_a_webhook_for_an_order_that_was_not_started_is_unmatched(story, outcome):
    attempt = opened(story.to("preparing"))
    not_started(story, attempt["id"], outcome)
    assert hooked(story, attempt, "p1")["outcome"] == "unmatched"
    assert story.attempt()["state"] == outcome


def test_the_same_webhook_twice_is_stored_once(story):
    """WH-12."""
    attempt = opened(story.to("preparing"))
    story.started(attempt["id"], "p1")
    assert hooked(story, attempt, "p1") == hooked(story, attempt, "p1")
    hooked(story, attempt, "p1", webhook_id="w2")
    assert [webhook_id for webhook_id, *_ in inbox(story)] == ["w1", "w2"]
    story.ended(attempt["id"])
    assert hooked(story, attempt, "p1", webhook_id="w3")["look"] is False


def test_the_same_webhook_twice_at_once_is_stored_once(acted, overlapping):
    """WH-12."""
    attempt = opened(acted.to("preparing"))
    provider_id, once = acted.started(attempt["id"]), {"webhook_id": secrets.token_hex(8)}
    answers = overlapping(
        acted,
        lambda story: hooked(story, attempt, provider_id, **once),
        lambda story: hooked(story, attempt, provider_id, **once),
    )
    assert [answer["outcome"] for answer in answers] == ["stored", "stored"]
    assert [row[0] for row in inbox(acted)].count(once["webhook_id"]) == 1


def test_only_an_end_is_kept_and_looked_at(story):
    """WH-19: starts and logs are no news, unless the run is over here: then the provider must be stopped (WH-20)."""
    attempt = opened(story.to("preparing"))
    story.started(attempt["id"], "p1")
    logs = {"status": "processing"}
    assert hooked(story, attempt, "p1", **logs)["look"] is False
    assert inbox(story) == []
    story.failed()
    assert hooked(story, attempt, "p1", **logs)["look"] is True
