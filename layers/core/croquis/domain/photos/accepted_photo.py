"""A photo that will be trained on: its clean copy, what was seen in it, and what its owner said about it."""

from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, StringConstraints

from croquis.domain.ids import PhotoId
from croquis.domain.photos.body_findings import BodyCode
from croquis.domain.photos.features import PhotoFeatures
from croquis.domain.photos.photo import Finding, Severity
from croquis.domain.short_text import CaptionText, plain

OwnCaption = Annotated[str, StringConstraints(strip_whitespace=True, max_length=500), AfterValidator(plain)]


class Said(BaseModel):
    """The owner's own words; they go before what was measured, and stay with this photo's content.

    `caption` replaces the whole caption of the full figure; the others are facts that every view's caption tells.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    caption: OwnCaption | None = None
    pose: CaptionText | None = None
    clothes: CaptionText | None = None
    background: CaptionText | None = None
    light: CaptionText | None = None


class AcceptedPhoto(BaseModel):
    """Read from a row of `training_photos`; width and height are those of the clean copy, in pixels."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    id: PhotoId
    slot: int
    sha256: str
    width: int
    height: int
    clean_path: str
    thumbnail_path: str
    seen: PhotoFeatures
    said: Said
    findings: tuple[Finding, ...] = ()

    def is_in_spite_of(self, *codes: BodyCode) -> bool:
        """Whether its owner uses it although one of these blocked it: then what they deny may be so, or not."""
        return any(it.severity is Severity.BLOCKING and it.code in codes for it in self.findings)
