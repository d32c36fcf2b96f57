"""What people agreed to, and took back."""

from typing import Protocol

from croquis.domain.consent import Consent
from croquis.domain.ids import AttemptId, ConsentId
from croquis.domain.row import Row
from croquis.ports.owner import Owner


class WithdrawnConsent(Row):
    """The consent, and the attempts that may still run at the provider."""

    consent: Consent
    attempts: tuple[AttemptId, ...]


class Consents(Protocol):
    """Only one's own; another's is like one that does not exist."""

    def withdraw_consent(self, owner: Owner, consent_id: ConsentId) -> WithdrawnConsent:
        """Nothing new is paid from then on; again, it changes nothing."""
        ...
