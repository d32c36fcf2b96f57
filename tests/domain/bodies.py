"""A body as the checks see it, with as much of it changed as a test wants."""

from croquis.domain.photos.features import Landmark, PhotoFeatures, Proportions
from croquis.domain.photos.likeness import Likeness

STANDING = (
    *((0.0, -1.4), (0.4, -1.0), (-0.4, -1.0), (0.5, -0.4), (-0.5, -0.4), (0.55, 0.1), (-0.55, 0.1)),
    *((0.25, 0.0), (-0.25, 0.0), (0.28, 0.8), (-0.28, 0.8), (0.3, 1.6), (-0.3, 1.6)),
)


def body(*, across: float = 1, legs: float = 1, hips: float | None = 0.18, unseen: tuple[int, ...] = ()):
    joints = tuple((x * across, y * legs if y > 0.5 else y) for x, y in STANDING)
    points = tuple(Landmark(0.5, 1.2 if number in unseen else 0.5, 0.99) for number in range(33))
    proportions = Proportions(1.6 * legs, hips, 0.1)
    return PhotoFeatures(
        landmarks=points, likeness=Likeness(dhash="0" * 16, joints=joints), proportions=proportions, pose="standing"
    )
