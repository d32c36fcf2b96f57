"""How sharp a picture is: the re-blur measure of Crete, Dolmiere, Ladret and Nicolas (2007).

A sharp picture loses much by being blurred once more, a blurred one little. Unlike the variance of the Laplacian it
does not follow contrast, and it sees the blur of a movement in one direction.
"""

import numpy as np

from croquis.domain.photos.body_findings import BodyCode, body_finding
from croquis.domain.photos.photo import Finding
from croquis_vision.person_box import Greys
from croquis_vision.thresholds import THRESHOLDS, Thresholds

WINDOW = 9  # pixels of the moving average
SMALLEST = 24  # pixels: below that there is nothing to judge


def blur_of(greys: Greys) -> float:
    """0 sharp to 1 blurred, of the more blurred of the two directions; too few pixels count as blurred."""
    if min(greys.shape) < SMALLEST:
        return 1.0
    signed = greys.astype(np.int16)
    return max(_blur_down(signed), _blur_down(signed.T))


def sharpness_finding(blur: float, t: Thresholds = THRESHOLDS) -> Finding | None:
    """Blocking when blurred, advice when soft."""
    if blur > t.blur_allowed:
        return body_finding(BodyCode.BLURRED, measured=blur, threshold=t.blur_allowed)
    if blur > t.blur_advised:
        return body_finding(BodyCode.SOFT, measured=blur, threshold=t.blur_advised)
    return None


def _blur_down(greys: np.ndarray[tuple[int, ...], np.dtype[np.int16]]) -> float:
    middle = WINDOW // 2
    # all is times WINDOW, so it stays in whole numbers: a moving average's step is (entering - leaving) / WINDOW
    steps = WINDOW * np.abs(greys[middle + 1 : -middle] - greys[middle : -middle - 1])
    steps_of_blurred = np.abs(greys[WINDOW:] - greys[:-WINDOW])
    total = int(steps.sum(dtype=np.int64))
    left = int(np.minimum(steps, steps_of_blurred).sum(dtype=np.int64))
    return left / max(total, 1)
