"""The finished people."""

from typing import Protocol

from croquis.domain.ids import ModelId
from croquis.domain.runs.model import Model
from croquis.ports.owner import Owner


class Models(Protocol):
    """Only one's own."""

    def list_models(
        self, owner: Owner, *, limit: int, before: str | None = None, model: ModelId | None = None
    ) -> list[Model]:
        """The newest first, at most `limit`, older than `before`; only the one named, if one is."""
        ...
