"""Ask provider: what is no decision is none. Only an end, a refusal or the deadline ends what may have been paid."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest

from croquis.domain.ids import AttemptId
from croquis.domain.runs.attempt import Answer, Attempt, AttemptState, ProviderStatus, answer_about

UNDECIDED = set(AttemptState) - {AttemptState.ENDED, AttemptState.REFUSED, AttemptState.LOST}
SUCCEEDED = ProviderStatus.SUCCEEDED


def attempt(state: AttemptState, status: ProviderStatus | None = None) -> Attempt:
    return Attempt(
        id=AttemptId("a"), run_id="r", image_id=None, state=state, marker="m", seed=None, nonce=None, posted_at=None,
        provider_id=None, provider_status=status, output=None, error=None, expected_usd=Decimal(1),
        missing_since=None, callback_due=None, callback_sent_at=None, created_at=datetime.now(UTC),
    )  # fmt: skip


@pytest.mark.parametrize("state", sorted(UNDECIDED))
def test_what_is_not_decided_is_waited_for_until_the_deadline(state: AttemptState) -> None:
    """SF-04."""
    assert answer_about(attempt(state), overdue=False) is Answer.WAIT
    assert answer_about(attempt(state), overdue=True) is Answer.GIVE_UP


def test_without_an_attempt_the_order_is_still_to_be_made() -> None:
    assert answer_about(None, overdue=False) is Answer.WAIT


@pytest.mark.parametrize("overdue", [False, True])
def test_a_success_goes_on_however_late_and_every_other_end_does_not(overdue: bool) -> None:
    """SF-04, WH-18."""
    for status in ProviderStatus:
        found = answer_about(attempt(AttemptState.ENDED, status), overdue=overdue)
        assert found is (Answer.GO_ON if status is SUCCEEDED else Answer.GIVE_UP)
    for state in (AttemptState.REFUSED, AttemptState.LOST):
        assert answer_about(attempt(state), overdue=overdue) is Answer.GIVE_UP
