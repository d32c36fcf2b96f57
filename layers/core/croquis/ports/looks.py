"""Garments that are worn together."""

from collections.abc import Sequence
from typing import Protocol

from croquis.domain.garments.look import Look, LookRow
from croquis.domain.ids import GarmentId, LookId
from croquis.ports.owner import Owner


class Looks(Protocol):
    """Only one's own. What cannot be worn together is refused, and named."""

    def add_look(self, owner: Owner, name: str, garments: Sequence[GarmentId]) -> LookRow: ...

    def read_looks(
        self, owner: Owner, look: LookId | None, before_at: str | None, before_id: str | None, most: int
    ) -> list[Look]:
        """The newest first, at most `most`; only the one named, if one is."""
        ...

    def change_look(
        self, owner: Owner, look: LookId, name: str | None, garments: Sequence[GarmentId] | None
    ) -> LookRow:
        """All of it or nothing; None leaves as it is."""
        ...

    def remove_look(self, owner: Owner, look: LookId) -> LookRow: ...
