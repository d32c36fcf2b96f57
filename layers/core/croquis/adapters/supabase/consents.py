"""Keeps the port Consents."""

from croquis.adapters.supabase.data_api import DataApi
from croquis.domain.ids import ConsentId
from croquis.ports.consents import WithdrawnConsent
from croquis.ports.owner import Owner


class SupabaseConsents:
    """See croquis.ports.consents for what each method promises."""

    def __init__(self, api: DataApi) -> None:
        self._api = api

    def withdraw_consent(self, owner: Owner, consent_id: ConsentId) -> WithdrawnConsent:
        return self._api.call_as(owner, WithdrawnConsent, "withdraw_consent", consent_id=consent_id)
