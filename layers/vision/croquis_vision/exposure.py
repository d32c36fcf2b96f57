"""How bright the person is. Advice only: black clothes are no mistake, nor is a white dress."""

from dataclasses import dataclass

from croquis.domain.body_findings import BodyCode, body_finding
from croquis.domain.photo import Finding
from croquis_vision.person_box import Greys
from croquis_vision.thresholds import THRESHOLDS, Thresholds


@dataclass(frozen=True)
class Exposure:
    """Mean luma, 0 to 255, and the share of pixels that are as good as white."""

    mean: float
    white_share: float


def exposure_of(greys: Greys, t: Thresholds = THRESHOLDS) -> Exposure | None:
    """Of these pixels; None if there are none."""
    return Exposure(float(greys.mean()), float((greys > t.bright_level).mean())) if greys.size else None


def exposure_finding(exposure: Exposure, t: Thresholds = THRESHOLDS) -> Finding | None:
    """Advice when dark or bright."""
    if exposure.mean < t.dark_mean:
        return body_finding(BodyCode.TOO_DARK, measured=exposure.mean, threshold=t.dark_mean)
    if exposure.white_share > t.bright_share and exposure.mean > t.bright_mean:
        return body_finding(BodyCode.TOO_BRIGHT, measured=exposure.white_share, threshold=t.bright_share)
    return None
