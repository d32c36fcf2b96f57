"""What a person agreed to, and whether it is still valid."""

from datetime import date, datetime
from enum import StrEnum
from hashlib import sha256

from croquis.domain.ids import ConsentId, LinkHash
from croquis.domain.row import Row


class Use(StrEnum):
    """What may be made of a person; equal to the values in `consents.uses`."""

    TRAIN = "train"
    GENERATE = "generate"
    TRY_ON = "try_on"
    FACE_MEASUREMENT = "face_measurement"  # never implied by another


class Medium(StrEnum):
    """Where pictures may be published; equal to the values in `consents.media`."""

    WEBSITE = "website"
    SOCIAL_MEDIA = "social_media"
    ADVERTISING = "advertising"
    PRINT = "print"
    FILM = "film"


class EndedBy(StrEnum):
    """Who ended a consent; equal to the values in `consents.withdrawn_by`."""

    OWNER = "owner"
    SHOWN_PERSON = "shown_person"
    TERM = "term"


class Consent(Row):
    """The newest form of it; `withdrawn_at` is null as long as nobody has ended it."""

    id: ConsentId
    text_version: str
    text_sha256: str
    uses: tuple[Use, ...]
    providers: tuple[str, ...]
    territories: tuple[str, ...] | None
    media: tuple[Medium, ...] | None
    valid_until: date | None
    ask_shown_person: bool
    given_at: datetime
    withdrawn_at: datetime | None
    withdrawn_by: EndedBy | None


def hash_of_token(token: str) -> LinkHash:
    """All that is ever kept of the token in a link for the person shown."""
    return LinkHash(sha256(token.encode()).hexdigest())
