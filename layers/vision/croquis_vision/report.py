"""All that was found out about one photo."""

from dataclasses import dataclass, field

from croquis.domain.photos.features import Landmark, PhotoFeatures
from croquis.domain.photos.photo import CameraView, Finding, Severity
from croquis_vision.exposure import Exposure
from croquis_vision.posture import Pose


@dataclass(frozen=True)
class PhotoReport:
    """The findings, blocking ones first; everything else is empty or None when nobody was made out.

    `features` are kept with the photo, and no longer; the rest says how the findings came about.
    """

    findings: tuple[Finding, ...]
    features: PhotoFeatures = field(default_factory=PhotoFeatures)
    people: int = 0
    pose: Pose | None = None
    body_height: float | None = None  # as a share of the photo's long side
    sharpness: float | None = None  # re-blur, 0 sharp to 1 blurred
    exposure: Exposure | None = None

    @property
    def blocking(self) -> tuple[Finding, ...]:
        """What keeps the photo out, unless its owner overrides it."""
        return tuple(finding for finding in self.findings if finding.severity is Severity.BLOCKING)

    @property
    def view(self) -> CameraView | None:
        """From where the main person is seen."""
        return self.features.view

    @property
    def landmarks(self) -> tuple[Landmark, ...]:
        """The main person's 33 points."""
        return self.features.landmarks
