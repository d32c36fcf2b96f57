"""What a landed file turned out to be. The picture and vision layers fill it in, the rules read it."""

from dataclasses import dataclass

from croquis.domain.photos.features import PhotoFeatures
from croquis.domain.photos.photo import Finding


@dataclass(frozen=True)
class ExaminedPhoto:
    """The two JPEGs that are kept, `width` and `height` of the clean copy in pixels, and what was seen in it.

    `content_type` is what the file's bytes are, whatever was announced.
    """

    content_type: str
    width: int
    height: int
    clean_copy: bytes
    thumbnail: bytes
    findings: tuple[Finding, ...]
    features: PhotoFeatures
