"""The accounts with which people sign in to the project."""

from typing import Protocol

from croquis.domain.ids import OwnerId


class SignIns(Protocol):
    """Made by whoever signs up; here they are only asked for, and deleted."""

    def has(self, owner_id: OwnerId) -> bool:
        """Whether there still is one. Never false because of an outage: then Unavailable."""
        ...

    def delete(self, owner_id: OwnerId) -> None:
        """With all its sessions, so that nothing signs in or is renewed. One that is gone already is no error."""
        ...
