"""What a landed picture of a garment turned out to be. The picture and vision layers fill it in, the rules read it."""

from dataclasses import dataclass

from croquis.domain.garments.garment import GarmentFeatures


@dataclass(frozen=True)
class ExaminedGarment:
    """The two JPEGs that are kept, `width` and `height` of the clean copy in pixels, and what was measured.

    `content_type` is what the file's bytes are, whatever was announced.
    """

    content_type: str
    width: int
    height: int
    clean_copy: bytes
    thumbnail: bytes
    features: GarmentFeatures
