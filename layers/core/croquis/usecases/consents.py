"""A consent is changed, withdrawn, or over: nothing new is paid without it, and whatever runs is stopped."""

from croquis.domain.ids import ConsentId
from croquis.http.requests import RenewConsent
from croquis.http.views import ConsentView
from croquis.ports import Croquis, Owner
from croquis.ports.consents import ConsentPastTerm, WithdrawnConsent


def renew(croquis: Croquis, owner: Owner, request: RenewConsent) -> ConsentView:
    """Add the newer form of a consent, which counts as a whole from then on."""
    given = request.model_dump(mode="json", exclude={"consent_id"}, exclude_none=True)
    return ConsentView.of(croquis.store.consents.renew_consent(owner, request.consent_id, given))


def withdraw(croquis: Croquis, owner: Owner, consent_id: ConsentId) -> ConsentView:
    """Stop orders at once, and have the attempts' worker stop what runs; asking again has the rest stopped again."""
    return ConsentView.of(stopped(croquis, croquis.store.consents.withdraw_consent(owner, consent_id)).consent)


def end(croquis: Croquis, lapsed: ConsentPastTerm) -> None:
    """The last day is over: as if it had been withdrawn."""
    ended = croquis.store.consents.end_consent_past_term(lapsed.id)
    if ended:
        stopped(croquis, ended)


def stopped(croquis: Croquis, withdrawn: WithdrawnConsent) -> WithdrawnConsent:
    """Have everything that may run under it stopped."""
    for attempt_id in withdrawn.attempts:
        croquis.queue.settle_attempt(attempt_id)
    return withdrawn
