"""What is kept of a photo for views, captions and set findings; all but the landmarks is read off a small copy."""

import numpy as np
from PIL import Image

from croquis.domain.photos.features import Box, Landmark, PhotoFeatures, Proportions
from croquis.domain.photos.photo import CameraView
from croquis_vision.backdrop import background_words
from croquis_vision.colours import background_colours, clothes_colours
from croquis_vision.exposure import light_words
from croquis_vision.landmarks import Landmarks
from croquis_vision.posture import Pose
from croquis_vision.proportions import proportions_seen
from croquis_vision.similarity import likeness_of
from croquis_vision.worn_colours import worn_colours

CELL = 12  # pixels of the small copy
DIGITS = 4


def features_of(small: Image.Image, person: Landmarks, box: Box, view: CameraView, pose: Pose) -> PhotoFeatures:
    """Of the main person and what is around; `person` in pixels of `small`."""
    grey, reduced = small.convert("L"), small.reduce(CELL)
    picture, cells = np.asarray(small), np.asarray(reduced)
    light = light_words(np.asarray(reduced.convert("L")), picture, person, box)
    return PhotoFeatures(
        view=view,
        pose=pose.words,
        landmarks=_shares(person, small.size),
        body=Box(*(round(share, DIGITS) for share in box)),
        likeness=likeness_of(grey, person),
        proportions=_rounded(proportions_seen(person)),
        clothes=clothes_colours(picture, person),
        worn=worn_colours(picture, person),
        background=background_colours(cells, box),
        # in such a light no colour is what it looks like
        background_words=None if light else background_words(cells, np.asarray(grey), box),
        light_words=light,
    )


def _rounded(proportions: Proportions) -> Proportions:
    return Proportions(*(it if it is None else round(it, DIGITS) for it in proportions))


def _shares(person: Landmarks, size: tuple[int, int]) -> tuple[Landmark, ...]:
    values = np.column_stack([person.points / size, person.presence]).astype(np.float64)
    return tuple(Landmark(*(round(it, DIGITS) for it in point)) for point in values.tolist())
