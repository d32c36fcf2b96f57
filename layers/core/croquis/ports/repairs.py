"""Repairs of a picture's face: ordered by the owner, cut out by the workflow."""

from collections.abc import Mapping
from typing import Protocol

from croquis.domain.ids import ImageId
from croquis.domain.images.image import Image, ImageOrder
from croquis.domain.images.repairs import CutOut
from croquis.domain.row import Row
from croquis.ports.dry_runs import PlannedImages
from croquis.ports.owner import Owner


class RepairWish(Row):
    """What the face is asked for with, how much of it is made anew, and the seed if one was named."""

    prompt: str
    strength: float
    seed: int | None = None


class PlannedRepair(PlannedImages):
    """With the picture whose face it would be."""

    image: Image


class Repairs(Protocol):
    """Of a full-length picture that its owner has, and that the person shown has not refused."""

    def order_repair(
        self,
        owner: Owner,
        image: ImageId,
        idempotency_key: str | None,
        request: Mapping[str, object],
        wish: RepairWish,
        sent_sha256: str,
    ) -> ImageOrder:
        """Reserves the money; the same key with the same that was sent answers the same order."""
        ...

    def dry_run_repair(self, owner: Owner, image: ImageId) -> PlannedRepair: ...

    def record_cut_out(self, image: ImageId, cut_out: CutOut) -> CutOut:
        """The first one stays, and is answered; Canceled when the repair is done."""
        ...

    def cut_outs_to_forget(self, most: int, after: str | None) -> list[Image]:
        """Repairs that are done and whose cut-outs may still lie there, by id."""
        ...

    def cut_out_is_gone(self, image: ImageId) -> None: ...
