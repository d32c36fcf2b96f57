"""A consent is taken back: nothing new is paid, and what runs at the provider is stopped."""

from croquis.domain.ids import ConsentId
from croquis.http.views import ConsentView
from croquis.ports import Croquis, Owner


def withdraw(croquis: Croquis, owner: Owner, consent_id: ConsentId) -> ConsentView:
    """Stop orders at once, and have the attempts' worker stop what runs; asking again has the rest stopped again."""
    withdrawn = croquis.store.consents.withdraw_consent(owner, consent_id)
    for attempt_id in withdrawn.attempts:
        croquis.queue.settle_attempt(attempt_id)
    return ConsentView.model_validate(withdrawn.consent.model_dump())
