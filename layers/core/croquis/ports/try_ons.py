"""Garments put on the person in a picture: ordered by the owner, checked by the workflow."""

from collections.abc import Mapping
from typing import Protocol

from croquis.domain.garments.garment import GarmentRow
from croquis.domain.ids import GarmentId, ImageId, LookId, ModelId
from croquis.domain.images.engines import Engine
from croquis.domain.images.exam import ImageChecks
from croquis.domain.images.image import Image, ImageOrder
from croquis.domain.row import Row
from croquis.ports.dry_runs import Planned
from croquis.ports.owner import Owner


class TryOnWish(Row):
    """What is asked for: an image, or the best one of a model; garments, a look, or else the newest garments."""

    image: ImageId | None = None
    model: ModelId | None = None
    garments: tuple[GarmentId, ...] | None = None
    look: LookId | None = None
    engine: str | None = None
    seed: int | None = None
    retry_once: bool = False


class PlannedTryOn(Planned):
    """With the picture and the garments that would be taken; no engine where none of that name is known."""

    picture: Image
    garments: tuple[GarmentRow, ...]
    engine: Engine | None
    prompt: str | None


class TryOns(Protocol):
    """Ordered for an owner, of their own pictures and garments alone."""

    def try_on(
        self,
        owner: Owner,
        wish: TryOnWish,
        idempotency_key: str | None,
        request: Mapping[str, object],
        sent_sha256: str,
    ) -> ImageOrder:
        """Reserves the money; the same key with the same that was sent answers the same order."""
        ...

    def dry_run_try_on(self, owner: Owner, wish: TryOnWish) -> PlannedTryOn:
        """Nothing is reserved, written or remembered."""
        ...

    def record_try_on_checks(self, image: ImageId, checks: ImageChecks, again: bool) -> ImageId | None:
        """The image that is made once more, where `again` and its owner ask for that; None where none is."""
        ...

    def close_retries(self, most: int) -> int:
        """Gives back what is reserved where nobody decided; answers for how many it was."""
        ...
