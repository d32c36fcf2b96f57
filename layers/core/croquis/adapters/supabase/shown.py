"""Keeps the port Shown."""

from croquis.adapters.supabase.data_api import DataApi
from croquis.domain.ids import ImageId, LinkHash
from croquis.domain.images.image import ShownDecision
from croquis.ports.consents import WithdrawnConsent
from croquis.ports.shown import ShownImage, ShownPerson


class SupabaseShown:
    """See croquis.ports.shown for what each method promises."""

    def __init__(self, api: DataApi) -> None:
        self._api = api

    def shown_person(
        self, token_sha256: LinkHash, before_at: str | None, before_id: str | None, most: int
    ) -> ShownPerson:
        return self._api.call(
            ShownPerson,
            "shown_person",
            token_sha256=token_sha256,
            before_at=before_at,
            before_id=before_id,
            most=most,
        )

    def decide_shown_image(self, token_sha256: LinkHash, image: ImageId, decision: ShownDecision) -> ShownImage:
        return self._api.call(
            ShownImage, "decide_shown_image", token_sha256=token_sha256, image=image, decision=decision
        )

    def withdraw_shown(self, token_sha256: LinkHash) -> WithdrawnConsent:
        return self._api.call(WithdrawnConsent, "withdraw_shown", token_sha256=token_sha256)
