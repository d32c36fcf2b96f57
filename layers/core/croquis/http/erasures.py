"""What the API shows of erasures."""

from collections.abc import Mapping
from datetime import datetime

from croquis.domain.erasure import Erasure, ErasureStatus, ErasureSubject
from croquis.http.dry_runs import answered
from croquis.http.views import View


class ReceiptView(View):
    """That it was erased: how much of which kind went, and how it was looked for. Tells nothing of the person."""

    rows_deleted: Mapping[str, int]
    objects_deleted: Mapping[str, int]
    versions_deleted: int
    verified: tuple[str, ...]
    asked_at: datetime
    erased_at: datetime
    looked_again_at: datetime


class ErasureView(View):
    """Read it at `status_path`. `stopping`: what runs is being stopped. `erased`: nothing was found any more. `done`,
    some three hours later, when no upload that was signed before can land any more: with its receipt, which stays.
    """

    id: str
    subject: ErasureSubject
    status: ErasureStatus
    status_path: str
    asked_at: datetime
    erased_at: datetime | None
    receipt: ReceiptView | None

    @classmethod
    def of(cls, erasure: Erasure) -> "ErasureView":
        """As the API shows it."""
        return cls.model_validate({**erasure.model_dump(), "status_path": f"/v1/erasures/{erasure.id}"})


class ErasureList(View):
    """The newest first."""

    erasures: tuple[ErasureView, ...]


class WouldEraseView(View):
    """How much would be deleted for good: rows by kind, files by bucket, versions at the provider, and with `sign_in`
    what one signs in with. `running` are paid runs that would be stopped; what they cost until then is paid. Nothing
    was changed.
    """

    rows: Mapping[str, int]
    objects: Mapping[str, int]
    provider_versions: int
    sign_in: bool
    running: int


WOULD_ERASE = {200: answered("With `dry_run`: what would go", WouldEraseView), 202: answered("Begun", ErasureView)}
