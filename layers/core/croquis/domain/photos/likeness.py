"""Are two photos as good as one? Only if the whole picture and the pose are alike.

The picture alone would call a series before one wall, with the camera on a tripod, twelve times the same photo.
"""

from math import dist

from pydantic import BaseModel, ConfigDict

HASH_DISTANCE = 12  # bits of 64
JOINT_DISTANCE = 0.12  # the largest of a joint, in torso lengths: repeats measure up to .04, other poses from .52
# the hash of a mirrored photo differs by up to 8 bits, that of other photos by 14 and more. The network is less sure of
# a pose in a mirror: 9 photos of 10 measure below
MIRRORED_HASH_DISTANCE = 8
MIRRORED_JOINT_DISTANCE = 0.30


class Likeness(BaseModel):
    """What is compared, small enough for a row: a dHash as 16 hexadecimal digits, and 13 joints around the hips."""

    model_config = ConfigDict(frozen=True, defer_build=True)

    dhash: str
    joints: tuple[tuple[float, float], ...]

    @property
    def mirrored(self) -> "Likeness":
        """That of the same photo in a mirror; of the joints behind the nose, each left one is followed by its right."""
        nose, *sides = ((-x, y) for x, y in self.joints)
        exchanged = [side for at in range(0, len(sides), 2) for side in reversed(sides[at : at + 2])]
        rows = bytes(0xFF ^ int(f"{row:08b}"[::-1], 2) for row in bytes.fromhex(self.dhash))
        return Likeness(dhash=rows.hex(), joints=(nose, *exchanged))


def near_duplicate(one: Likeness, other: Likeness) -> bool:
    """The same photo, also mirrored, or one taken in the same moment: a second one adds nothing to a training."""
    return _alike(one, other, HASH_DISTANCE, JOINT_DISTANCE) or _alike(
        one.mirrored, other, MIRRORED_HASH_DISTANCE, MIRRORED_JOINT_DISTANCE
    )


def _alike(one: Likeness, other: Likeness, bits: int, torsos: float) -> bool:
    if (int(one.dhash, 16) ^ int(other.dhash, 16)).bit_count() > bits:
        return False
    return max(map(dist, one.joints, other.joints)) <= torsos
