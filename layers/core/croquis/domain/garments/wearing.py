"""What is worn together: never two garments that take up the same part of a person.

SQL refuses by the same table (croquis.covers, croquis.refusals_to_wear); a test holds the two equal.
"""

from collections.abc import Iterator, Mapping, Sequence
from itertools import combinations
from types import MappingProxyType

from croquis.domain.garments.garment import GarmentCategory, GarmentRow, GarmentStatus

MOST_GARMENTS = 6

# outerwear goes over what the torso wears; accessories are worn anywhere
COVERS: Mapping[GarmentCategory, tuple[str, ...]] = MappingProxyType({
    GarmentCategory.UPPER: ("torso",),
    GarmentCategory.LOWER: ("legs",),
    GarmentCategory.DRESS: ("torso", "legs"),
    GarmentCategory.OUTERWEAR: ("outside",),
    GarmentCategory.SHOES: ("feet",),
    GarmentCategory.BAG: ("hand",),
    GarmentCategory.HAT: ("head",),
    GarmentCategory.ACCESSORY: (),
})  # fmt: skip


def shared_parts(one: GarmentCategory, other: GarmentCategory) -> tuple[str, ...]:
    """What both take up; nothing when they are worn together."""
    return tuple(sorted({*COVERS[one]} & {*COVERS[other]}))


def against_wearing(garments: Sequence[GarmentRow]) -> Iterator[str]:
    """A sentence for each thing that keeps these garments from being worn together as they are now."""
    for garment in garments:
        if garment.status is GarmentStatus.REMOVED:
            yield f"{garment.name} is missing: the garment {garment.id} was removed."
    there = (garment for garment in garments if garment.status is not GarmentStatus.REMOVED)
    for one, other in combinations(there, 2):
        if parts := shared_parts(one.category, other.category):
            both = f"{one.name} ({one.category}) and {other.name} ({other.category})"
            yield f"{both} are not worn together: both take up the {' and '.join(parts)}."
