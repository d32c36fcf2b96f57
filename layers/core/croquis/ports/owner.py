"""Who is behind a call."""

from dataclasses import dataclass

from croquis.domain.ids import OwnerId


@dataclass(frozen=True)
class Owner:
    """A signed-in user: the id that the token proves, and the token, with which the database sees that user."""

    id: OwnerId
    token: str
