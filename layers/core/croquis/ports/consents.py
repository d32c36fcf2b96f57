"""What people agreed to, and took back."""

from collections.abc import Mapping
from datetime import datetime
from typing import Protocol

from croquis.domain.consent import Consent
from croquis.domain.ids import AttemptId, ConsentId, LinkHash, LinkId
from croquis.domain.row import Row
from croquis.ports.owner import Owner


class WithdrawnConsent(Row):
    """The consent, and the attempts that may still run at the provider."""

    consent: Consent
    attempts: tuple[AttemptId, ...]


class ConsentPastTerm(Row):
    """One whose last day is over."""

    id: ConsentId


class ConsentLink(Row):
    """A link for the person shown; its token is nowhere but with whoever was given it."""

    id: LinkId
    consent_id: ConsentId
    used_by: str | None
    created_at: datetime
    expires_at: datetime
    revoked_at: datetime | None


class Consents(Protocol):
    """Only one's own; another's is like one that does not exist."""

    def withdraw_consent(self, owner: Owner, consent_id: ConsentId) -> WithdrawnConsent:
        """Nothing new is paid from then on; again, it changes nothing."""
        ...

    def renew_consent(self, owner: Owner, consent_id: ConsentId, consent: Mapping[str, object]) -> Consent:
        """One more form of it, which counts from then on."""
        ...

    def open_consent_link(
        self, owner: Owner, consent_id: ConsentId, days: int, used_by: str | None, token_sha256: LinkHash
    ) -> ConsentLink:
        """A way in for the person shown; at most 20 are good at once."""
        ...

    def good_consent_links(self, owner: Owner, consent_id: ConsentId) -> list[ConsentLink]: ...

    def revoke_consent_link(self, owner: Owner, consent_id: ConsentId, link: LinkId) -> ConsentLink:
        """Closed at once; again, it changes nothing."""
        ...

    def consents_past_term(self, most: int, after: str | None) -> list[ConsentPastTerm]: ...

    def end_consent_past_term(self, consent_id: ConsentId) -> WithdrawnConsent | None:
        """As if it had been withdrawn; None while it stands."""
        ...
