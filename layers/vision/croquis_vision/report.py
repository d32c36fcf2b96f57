"""All that was found out about one photo."""

from dataclasses import dataclass
from typing import NamedTuple

from croquis.domain.photo import Finding, Severity, View
from croquis_vision.exposure import Exposure
from croquis_vision.person_box import PersonBox
from croquis_vision.posture import Pose
from croquis_vision.similarity import Likeness


class Landmark(NamedTuple):
    """One of BlazePose's 33 points: shares of the photo's width and height, beyond 0 and 1 outside, and presence."""

    x: float
    y: float
    presence: float


@dataclass(frozen=True)
class PhotoReport:
    """The findings, blocking ones first; everything else is empty or None when nobody was made out.

    `landmarks` may be used to lay out or crop a picture, but is data about a body: keep it no longer than the photo.
    """

    findings: tuple[Finding, ...]
    dhash: str
    people: int = 0
    view: View | None = None
    pose: Pose | None = None
    landmarks: tuple[Landmark, ...] = ()
    person_box: PersonBox | None = None
    body_height: float | None = None  # as a share of the photo's long side
    sharpness: float | None = None  # re-blur, 0 sharp to 1 blurred
    exposure: Exposure | None = None
    likeness: Likeness | None = None

    @property
    def blocking(self) -> tuple[Finding, ...]:
        """What keeps the photo out, unless its owner overrides it."""
        return tuple(finding for finding in self.findings if finding.severity is Severity.BLOCKING)
