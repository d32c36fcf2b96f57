"""Erasing a person's model, or an account: how far it has come, and the receipt."""

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum

from croquis.domain.ids import ErasureId, JobId, OwnerId
from croquis.domain.row import Row


class ErasureStatus(StrEnum):
    """Equal to the values in `erasures.status`."""

    STOPPING = "stopping"
    DELETING = "deleting"
    ERASED = "erased"
    DONE = "done"


class ErasureSubject(StrEnum):
    """What is erased."""

    MODEL = "model"
    ACCOUNT = "account"


class Receipt(Row):
    """That it was erased: how much of which kind, and how it was looked for; nothing of the person."""

    rows_deleted: Mapping[str, int]
    objects_deleted: Mapping[str, int]
    versions_deleted: int
    verified: tuple[str, ...]
    asked_at: datetime
    erased_at: datetime
    looked_again_at: datetime


class Erasure(Row):
    """One erasure, as its owner sees it."""

    id: ErasureId
    subject: ErasureSubject
    status: ErasureStatus
    asked_at: datetime
    erased_at: datetime | None
    receipt: Receipt | None


class ErasureAtWork(Row):
    """The same, as the sweep goes on with it."""

    id: ErasureId
    owner_id: OwnerId
    subject: ErasureSubject
    status: ErasureStatus
    job_ids: tuple[JobId, ...]
    provider_versions: tuple[str, ...]
