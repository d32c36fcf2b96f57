"""Garments that are worn together, kept by name."""

from datetime import datetime

from croquis.domain.garments.garment import GarmentRow
from croquis.domain.ids import GarmentId, LookId, OwnerId
from croquis.domain.row import Row


class LookRow(Row):
    """A look as its row says."""

    id: LookId
    owner_id: OwnerId
    name: str
    garment_ids: tuple[GarmentId, ...]
    created_at: datetime


class Look(LookRow):
    """With its garments in its order, also those that were removed."""

    garments: tuple[GarmentRow, ...]
