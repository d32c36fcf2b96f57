"""The finished people."""

from typing import Protocol

from croquis.domain.ids import ModelId
from croquis.domain.runs.model import Model
from croquis.ports.owner import Owner


class Models(Protocol):
    """Only one's own."""

    def list_models(
        self, owner: Owner, *, before: str | None = None, limit: int = 1, model: ModelId | None = None
    ) -> list[Model]:
        """All, or the one that is named."""
        ...
