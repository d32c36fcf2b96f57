"""What the person shown sees and decides, by the hash of their link's token."""

from datetime import datetime
from typing import Protocol

from croquis.domain.consent import Consent
from croquis.domain.ids import ImageId, LinkHash
from croquis.domain.images.image import Image, ImageKind, ShownDecision
from croquis.domain.row import Row
from croquis.ports.consents import WithdrawnConsent


class ShownImage(Image):
    """A picture of them."""

    kind: ImageKind
    created_at: datetime


class ShownPerson(Row):
    """The consent with its text, who uses it, and a page of pictures."""

    used_by: str | None
    expires_at: datetime
    name: str | None
    consent: Consent
    text: str
    images: tuple[ShownImage, ...]


class Shown(Protocol):
    """A link that is old, revoked or guessed is Refused (link_not_valid), always in the same words."""

    def shown_person(
        self, token_sha256: LinkHash, before_at: str | None, before_id: str | None, most: int
    ) -> ShownPerson: ...

    def decide_shown_image(self, token_sha256: LinkHash, image: ImageId, decision: ShownDecision) -> ShownImage:
        """The last word counts."""
        ...

    def withdraw_shown(self, token_sha256: LinkHash) -> WithdrawnConsent:
        """As its owner can; again, it changes nothing."""
        ...
