"""Keeps the port Consents."""

from collections.abc import Mapping

from croquis.adapters.supabase.data_api import DataApi
from croquis.domain.consent import Consent
from croquis.domain.ids import ConsentId, LinkHash, LinkId
from croquis.ports.consents import ConsentLink, ConsentPastTerm, WithdrawnConsent
from croquis.ports.owner import Owner


class SupabaseConsents:
    """See croquis.ports.consents for what each method promises."""

    def __init__(self, api: DataApi) -> None:
        self._api = api

    def withdraw_consent(self, owner: Owner, consent_id: ConsentId) -> WithdrawnConsent:
        return self._api.call_as(owner, WithdrawnConsent, "withdraw_consent", consent_id=consent_id)

    def renew_consent(self, owner: Owner, consent_id: ConsentId, consent: Mapping[str, object]) -> Consent:
        return self._api.call_as(owner, Consent, "renew_consent", consent_id=consent_id, consent=consent)

    def open_consent_link(
        self, owner: Owner, consent_id: ConsentId, days: int, used_by: str | None, token_sha256: LinkHash
    ) -> ConsentLink:
        return self._api.call_as(
            owner,
            ConsentLink,
            "open_consent_link",
            consent_id=consent_id,
            days=days,
            used_by=used_by,
            token_sha256=token_sha256,
        )

    def good_consent_links(self, owner: Owner, consent_id: ConsentId) -> list[ConsentLink]:
        return self._api.call_as(owner, list[ConsentLink], "good_consent_links", consent_id=consent_id)

    def revoke_consent_link(self, owner: Owner, consent_id: ConsentId, link: LinkId) -> ConsentLink:
        return self._api.call_as(owner, ConsentLink, "revoke_consent_link", consent_id=consent_id, link=link)

    def consents_past_term(self, most: int, after: str | None) -> list[ConsentPastTerm]:
        return self._api.call(list[ConsentPastTerm], "consents_past_term", most=most, after=after)

    def end_consent_past_term(self, consent_id: ConsentId) -> WithdrawnConsent | None:
        return self._api.find(WithdrawnConsent, "end_consent_past_term", consent_id=consent_id)
