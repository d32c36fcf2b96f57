"""People in photos, as a check would see them: who stands, sits, raises an arm or looks down."""

from collections.abc import Mapping

from croquis.domain.photos.accepted_photo import AcceptedPhoto, Said
from croquis.domain.photos.features import Box, Landmark, PhotoFeatures
from croquis.domain.photos.photo import CameraView

Points = Mapping[int, tuple[float, float]]

# in heights of the standing person: to the right of the middle, and below the crown; the other side mirrors it
MIDDLE = {0: (0.0, 0.085)}
ONE_SIDE = {
    (1, 4): (0.012, 0.07),
    (2, 5): (0.018, 0.07),
    (3, 6): (0.024, 0.07),
    (7, 8): (0.045, 0.08),
    (9, 10): (0.018, 0.114),
    (11, 12): (0.09, 0.185),
    (13, 14): (0.12, 0.34),
    (15, 16): (0.14, 0.48),
    (17, 18): (0.145, 0.51),
    (19, 20): (0.145, 0.52),
    (21, 22): (0.135, 0.5),
    (23, 24): (0.06, 0.47),
    (25, 26): (0.055, 0.72),
    (27, 28): (0.05, 0.95),
    (29, 30): (0.05, 0.97),
    (31, 32): (0.06, 0.99),
}
STANDING: Points = MIDDLE | {
    number: (side * x, y) for pair, (x, y) in ONE_SIDE.items() for number, side in zip(pair, (1, -1), strict=True)
}
SITTING: Points = STANDING | {
    number: (x, y - 0.22) for number, (x, y) in STANDING.items() if number >= 25
}  # the thighs towards the camera
ARM_RAISED: Points = STANDING | {13: (0.2, 0.05), 15: (0.22, -0.12), 17: (0.22, -0.15), 19: (0.22, -0.16)}
LOOKING_DOWN: Points = STANDING | {0: (0.0, 0.115)}


def person(
    size: tuple[int, int],
    *,
    tall: float = 0.9,
    crown: float = 0.05,
    middle: float = 0.5,
    view: CameraView = CameraView.FRONT,
    points: Points = STANDING,
) -> AcceptedPhoto:
    """`tall` is a standing person's height and `crown` where it begins, in heights of the photo."""
    width, height = size
    unit = tall * height
    places = [(middle + x * unit / width, crown + y * tall) for _, (x, y) in sorted(points.items())]
    across, down = zip(*places, strict=True)
    hair, soles, sleeves = 0.085 * tall, 0.01 * tall, 0.04 * unit / width
    body = Box(
        max(min(across) - sleeves, 0),
        max(min(down) - hair, 0),
        min(max(across) + sleeves, 1),
        min(max(down) + soles, 1),
    )
    return photo(size, PhotoFeatures(view=view, landmarks=tuple(Landmark(*it, 1) for it in places), body=body))


def photo(size: tuple[int, int], seen: PhotoFeatures) -> AcceptedPhoto:
    """A photo of this size in which this was seen."""
    return AcceptedPhoto.model_validate(
        {
            "id": "11111111-1111-4111-8111-111111111111",
            "slot": 1,
            "sha256": "0" * 64,
            "width": size[0],
            "height": size[1],
            "clean_path": "clean.jpg",
            "thumbnail_path": "small.jpg",
            "seen": seen,
            "said": Said(),
        }
    )
