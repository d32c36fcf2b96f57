"""The door of the person shown: who comes with a link instead of an account."""

import re
from contextvars import ContextVar
from typing import Annotated

from aws_lambda_powertools.event_handler import Depends

from croquis.domain.consent import hash_of_token
from croquis.domain.ids import LinkHash
from croquis.http.door import Door

NO_LINK = LinkHash("")  # which is the hash of nothing, so that it is refused like one that is old or guessed
_LINK = re.compile(r"link ([A-Za-z0-9_-]{43})", re.IGNORECASE | re.ASCII)
_link: ContextVar[LinkHash] = ContextVar("link")


def came_by() -> LinkHash:
    """The hash of the token in `Authorization: Link ...`; the database says whether it opens anything."""
    return _link.get()


CameBy = Annotated[LinkHash, Depends(came_by)]


class LinkDoor(Door):
    """A door without accounts, whose every function asks the database about the link."""

    def _admit(self, authorization: str) -> None:
        found = _LINK.fullmatch(authorization)
        _link.set(hash_of_token(found[1]) if found else NO_LINK)
