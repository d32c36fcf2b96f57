"""How bright the person is. Advice only: black clothes are no mistake, nor is a white dress."""

from dataclasses import dataclass
from itertools import chain

import numpy as np

from croquis.domain.photos.body_findings import BodyCode, body_finding
from croquis.domain.photos.features import Box
from croquis.domain.photos.photo import Finding
from croquis_vision.landmarks import Landmarks
from croquis_vision.regions import Pixels, background_in, cheeks_in, joined
from croquis_vision.thresholds import THRESHOLDS, Thresholds


@dataclass(frozen=True)
class Exposure:
    """Mean luma, 0 to 255, and the share of pixels that are as good as white."""

    mean: float
    white_share: float


def exposure_of(greys: Pixels, t: Thresholds = THRESHOLDS) -> Exposure | None:
    """Of the body's pixels, not of the wall around it; None if there are none."""
    if not greys.size:
        return None
    white = np.count_nonzero(greys > t.bright_level)
    return Exposure(int(greys.sum(dtype=np.uint64)) / greys.size, white / greys.size)


def exposure_finding(exposure: Exposure, t: Thresholds = THRESHOLDS) -> Finding | None:
    """Advice when dark or bright."""
    if exposure.mean < t.dark_mean:
        return body_finding(BodyCode.TOO_DARK, measured=exposure.mean, threshold=t.dark_mean)
    if exposure.white_share > t.bright_share and exposure.mean > t.bright_mean:
        return body_finding(BodyCode.TOO_BRIGHT, measured=exposure.white_share, threshold=t.bright_share)
    return None


def light_words(cells: Pixels, picture: Pixels, person: Landmarks, box: Box, t: Thresholds = THRESHOLDS) -> str | None:
    """The light as it is said in a caption, where all of the picture is extreme; clothes and walls alone prove nothing.

    Dim is a picture with nothing bright in it. Glaring is one whose background has lost its detail and whose skin,
    which no light that one would call normal makes that bright, is about to. `cells` is `picture` reduced, in grey.
    """
    if np.count_nonzero(cells >= t.dim_level) < t.dim_share * cells.size:
        return "in dim light"
    around = joined(tuple(chain(*background_in(cells, box))))
    if np.count_nonzero(around > t.bright_level) < t.glaring_background * max(around.size, 1):
        return None
    skin = min(float(cheek.mean()) if cheek.size else 0.0 for cheek in cheeks_in(picture, person))
    return "in very bright light" if skin >= t.glaring_skin else None
