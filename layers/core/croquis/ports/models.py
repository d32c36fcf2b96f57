"""The trained people."""

from typing import Protocol

from croquis.domain.ids import ModelId
from croquis.domain.row import Row
from croquis.domain.runs.model import Model, ModelStatus
from croquis.ports.owner import Owner


class KeptWeights(Row):
    """Those of a model's active run; none where nobody approved any, or the model was withdrawn."""

    status: ModelStatus
    trigger_word: str
    run: int | None
    path: str | None
    sha256: str | None
    bytes: int | None


class Models(Protocol):
    """Only one's own."""

    def list_models(
        self,
        owner: Owner,
        *,
        limit: int,
        before: str | None = None,
        model: ModelId | None = None,
        archived: bool | None = None,
    ) -> list[Model]:
        """The newest first, at most `limit`, older than `before`; only the one named, if one is.

        Only those that are `archived`, or only the others, where that is said.
        """
        ...

    def restore_run(self, owner: Owner, model: ModelId, run_no: int) -> Model:
        """Makes a run that is over and has weights the active one."""
        ...

    def change_model(self, owner: Owner, model: ModelId, model_name: str | None, archived: bool | None) -> Model:
        """All of it or nothing; None leaves as it is."""
        ...

    def read_weights(self, owner: Owner, model: ModelId) -> KeptWeights | None: ...
