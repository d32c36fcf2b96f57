"""Erasures: requested by an owner, carried out by the sweep."""

from collections.abc import Mapping
from typing import Protocol

from croquis.domain.erasure import Erasure, ErasureAtWork, ErasureStatus
from croquis.domain.ids import AttemptId, ErasureId, JobId, ModelId
from croquis.domain.row import Row
from croquis.ports.owner import Owner


class OrderedErasure(Row):
    """The erasure, and the attempts that may still run at the provider."""

    erasure: Erasure
    attempts: tuple[AttemptId, ...]


class WouldErase(Row):
    """How much would go, by kind of row and by bucket; `running` are attempts at the provider; `sign_in`: that, too."""

    rows: Mapping[str, int]
    objects: Mapping[str, int]
    provider_versions: int
    sign_in: bool
    running: int


class RowsErased(Row):
    """While something is at work, the attempts to stop; afterwards the provider's ids of the trainings."""

    erasure: ErasureAtWork
    attempts: tuple[AttemptId, ...]
    trainings: tuple[str, ...]


class ErasedObject(Row):
    """An object that is to go."""

    bucket: str
    path: str


class Erasures(Protocol):
    """Each call may be repeated; the row says how far it is."""

    def order_erasure(self, owner: Owner, training: JobId | None, model: ModelId | None) -> OrderedErasure:
        """Nothing new begins from then on. The account where neither is given; asked again, the same erasure."""
        ...

    def dry_run_erasure(self, owner: Owner, training: JobId | None, model: ModelId | None) -> WouldErase: ...

    def read_erasure(self, owner: Owner, erasure: ErasureId) -> Erasure | None: ...

    def read_erasures(self, owner: Owner) -> list[Erasure]:
        """One's own, newest first."""
        ...

    def erasures_to_work(self, most: int, after: str | None) -> list[ErasureAtWork]: ...

    def erase_rows(self, erasure: ErasureId) -> RowsErased:
        """All in one transaction, once nothing is at work any more."""
        ...

    def objects_to_erase(self, erasure: ErasureId, most: int) -> list[ErasedObject]:
        """What is there still; nothing before the rows are gone."""
        ...

    def looked_for_erased(self, erasure: ErasureId, versions: int, *, sign_in_gone: bool) -> ErasureStatus:
        """Called when the provider has none of so many versions: looks for rows and objects, and says how far it is.

        That of an account is not done before its sign-in is gone.
        """
        ...
