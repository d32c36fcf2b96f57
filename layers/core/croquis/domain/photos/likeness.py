"""Are two photos as good as one? Only if the whole picture and the pose are alike.

The picture alone would call a series before one wall, with the camera on a tripod, twelve times the same photo.
"""

from math import dist

from pydantic import BaseModel, ConfigDict

HASH_DISTANCE = 12  # bits of 64
JOINT_DISTANCE = 0.12  # the largest of a joint, in torso lengths: repeats measure up to .04, other poses from .52


class Likeness(BaseModel):
    """What is compared, small enough for a row: a dHash as 16 hexadecimal digits, and 13 joints around the hips."""

    model_config = ConfigDict(frozen=True)

    dhash: str
    joints: tuple[tuple[float, float], ...]


def near_duplicate(one: Likeness, other: Likeness) -> bool:
    """The same photo, or one taken in the same moment: a second one adds nothing to a training."""
    if (int(one.dhash, 16) ^ int(other.dhash, 16)).bit_count() > HASH_DISTANCE:
        return False
    return max(map(dist, one.joints, other.joints)) <= JOINT_DISTANCE
