"""BlazePose's 33 body points of one person, also of those that lie outside the picture: there they are guessed."""

from dataclasses import dataclass, field, replace

import numpy as np
from PIL import Image

from croquis_vision.detections import Detection, logistic
from croquis_vision.networks import Floats, Network
from croquis_vision.outline import Outline

NOSE = 0
FACE = (0, 2, 5, 7, 8)  # nose, eyes, ears
EYES, EARS, MOUTH = (2, 5), (7, 8), (9, 10)  # left, right; so are all that follow
SHOULDERS, ELBOWS, WRISTS, INDEX_FINGERS = (11, 12), (13, 14), (15, 16), (19, 20)
HIPS, KNEES, ANKLES = (23, 24), (25, 26), (27, 28)
HEELS, TOES = (29, 30), (31, 32)
FEET = (*ANKLES, *HEELS, *TOES)
POINTS = 33
SIDE = 256
REGION = 2.5  # side of the square that is looked at, in distances from the hips to the circle's point
LOOKED_AT = 4  # the best detections of a crowd: the main person is among them


@dataclass(frozen=True)
class Landmarks:
    """Of one person: pixels of the picture, presence 0 to 1, and metres around the hips (x right, y down, z away)."""

    score: float
    points: Floats
    presence: Floats
    world: Floats
    outline: Outline = field(default_factory=Outline)

    def scaled(self, scale: Floats) -> "Landmarks":
        """The same person in a copy of the picture whose width and height are multiplied by this."""
        return replace(self, points=self.points * scale, outline=self.outline.scaled(scale))

    def between(self, pair: tuple[int, int]) -> Floats:
        """The middle of two points, in pixels."""
        return self.points[list(pair)].mean(axis=0)


def main_person(network: Network, image: Image.Image, detections: list[Detection], score: float) -> Landmarks | None:
    """The person who is largest in the picture, or None if nobody is there after a second look."""
    largest_first = sorted(detections[:LOOKED_AT], key=lambda it: it.size(image.size), reverse=True)
    people = (landmarks_of(network, image, detection) for detection in largest_first)
    return next((person for person in people if person.score > score), None)


def landmarks_of(network: Network, image: Image.Image, detection: Detection) -> Landmarks:
    """The points of one detected person; a low score says that it is none."""
    turn = _region(detection.points * image.size)
    cut_out = image.transform((SIDE, SIDE), Image.Transform.AFFINE, tuple(turn.ravel()), Image.Resampling.BILINEAR)
    pixels = np.asarray(cut_out)
    outputs = network(pixels / np.float32(255))
    points = outputs["Identity"].reshape(-1, 5)[:POINTS]  # x, y, z in the cut-out, visibility, presence
    return Landmarks(
        score=float(outputs["Identity_1"][0]),
        points=(points[:, :2] @ turn[:, :2].T + turn[:, 2]).astype(np.float32),
        presence=logistic(points[:, 4]),
        world=outputs["Identity_4"].reshape(-1, 3)[:POINTS],
        outline=Outline(outputs["Identity_2"][..., 0] > 0, pixels, turn),
    )


def presence_in_mirror(network: Network, person: Landmarks) -> Floats:
    """How sure the network is of each point when it sees the same cut-out in a mirror; lefts and rights are swapped."""
    outputs = network(person.outline.pixels[:, ::-1] / np.float32(255))
    return logistic(outputs["Identity"].reshape(-1, 5)[:POINTS, 4])


def _region(points: Floats) -> Floats:
    """2 x 3: from pixels of the upright cut-out around the person to pixels of the picture."""
    hips, rim = points[0], points[1]
    up = rim - hips
    angle = np.arctan2(up[0], -up[1])
    step = REGION * np.hypot(up[0], up[1]) / SIDE
    turn = step * np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    corner = hips - turn @ np.full(2, SIDE / 2)
    return np.column_stack([turn, corner])
