"""An owner's garment: what it is, how far its picture has come, and what the check measured in it."""

from datetime import datetime
from enum import StrEnum
from typing import NamedTuple

from pydantic import BaseModel, ConfigDict

from croquis.domain.ids import GarmentId, OwnerId
from croquis.domain.photos.features import Box
from croquis.domain.photos.photo import Finding
from croquis.domain.row import Row


class GarmentStatus(StrEnum):
    """Equal to the values in `garments.status`."""

    AWAITING_UPLOAD = "awaiting_upload"
    UPLOADED = "uploaded"
    CHECKING = "checking"
    READY = "ready"
    UNREADABLE = "unreadable"
    REMOVED = "removed"


class GarmentCategory(StrEnum):
    """What a garment is; what it is worn with follows from it: wearing.py."""

    UPPER = "upper"
    LOWER = "lower"
    DRESS = "dress"
    OUTERWEAR = "outerwear"
    SHOES = "shoes"
    BAG = "bag"
    HAT = "hat"
    ACCESSORY = "accessory"


class Colour(NamedTuple):
    """In sRGB, 0 to 255."""

    red: int
    green: int
    blue: int

    @property
    def hex(self) -> str:
        """As style sheets write it: "#c1312b"."""
        return f"#{self.red:02x}{self.green:02x}{self.blue:02x}"


class GarmentFeatures(BaseModel):
    """What was measured in a garment's picture; of one that cannot be told from its ground, nothing but the ground."""

    model_config = ConfigDict(frozen=True, extra="ignore", defer_build=True)

    plain: float = 0  # how much of the picture's rim is of one colour: 1 where the ground is even and seen all around
    ground: Colour | None = None  # that colour
    colour: Colour | None = None  # the median of the garment's pixels
    covered: float = 0  # the share of the picture that the garment takes
    place: Box | None = None  # the garment with all its pieces
    pieces: int = 0
    person: bool = False  # somebody wears it, or stands beside it


class GarmentRow(Row):
    """A garment as its row says; width, height and paths are of the clean copy, if it has one."""

    id: GarmentId
    owner_id: OwnerId
    name: str
    category: GarmentCategory
    status: GarmentStatus
    version: int
    content_type: str
    announced_bytes: int
    upload_path: str
    findings: tuple[Finding, ...]
    width: int | None
    height: int | None
    sha256: str | None
    clean_path: str | None
    thumbnail_path: str | None
    seen: GarmentFeatures | None
    created_at: datetime

    @property
    def clean_paths(self) -> tuple[str, str]:
        """Where clean copy and thumbnail are, or would be: the same whenever the picture is checked again."""
        root = f"{self.owner_id}/{self.id}"
        return f"{root}.jpg", f"{root}.thumbnail.jpg"
