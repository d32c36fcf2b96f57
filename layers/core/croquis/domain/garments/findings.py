"""What a look at a garment's picture may find: codes, sentences and hints. The measuring is croquis_vision's.

All of it is advice: an engine may cope with a worn garment or a busy background, and only its owner sees the result.
"""

from collections.abc import Iterator, Mapping
from enum import StrEnum
from types import MappingProxyType

from croquis.domain.garments.garment import GarmentCategory, GarmentFeatures
from croquis.domain.photos.photo import Finding, Severity


class GarmentCode(StrEnum):
    """The stable codes."""

    PERSON_SEEN = "person_seen"
    GROUND_NOT_PLAIN = "ground_not_plain"
    HARDLY_SEEN = "hardly_seen"
    SEVERAL_PIECES = "several_pieces"


PLAIN = 0.85  # of the rim: a hem or a strap may leave the picture
COVERED = 0.04  # of the picture
MOST_PIECES: Mapping[GarmentCategory, int] = MappingProxyType({
    GarmentCategory.SHOES: 2,
    GarmentCategory.ACCESSORY: 2,  # a pair of gloves, of earrings
})  # fmt: skip

WORDINGS: Mapping[GarmentCode, tuple[str, str]] = MappingProxyType({
    GarmentCode.PERSON_SEEN: (
        "A person seems to be in the picture.",
        "Use a picture of the garment alone, laid flat or on a hanger: whoever wears it may get into the new picture.",
    ),
    GarmentCode.GROUND_NOT_PLAIN: (
        "The background is not of one colour, or the garment reaches far beyond the picture.",
        "Lay the garment on an even background of another colour, with some room on all sides.",
    ),
    GarmentCode.HARDLY_SEEN: (
        "The garment hardly stands out from its background.",
        "Lay it on a background of another colour, and let it fill most of the picture.",
    ),
    GarmentCode.SEVERAL_PIECES: (
        "There are several things in the picture.",
        "Use one picture per garment.",
    ),
})  # fmt: skip


def findings_on(seen: GarmentFeatures, category: GarmentCategory) -> tuple[Finding, ...]:
    """What could be better about the picture of a garment of this category."""
    return tuple(_found(seen, MOST_PIECES.get(category, 1)))


def _found(seen: GarmentFeatures, most_pieces: int) -> Iterator[Finding]:
    if seen.person:
        yield _advice(GarmentCode.PERSON_SEEN)
    if seen.plain < PLAIN:  # then nothing can be said of what is on it
        yield _advice(GarmentCode.GROUND_NOT_PLAIN, measured=seen.plain, threshold=PLAIN)
    elif seen.covered < COVERED:
        yield _advice(GarmentCode.HARDLY_SEEN, measured=seen.covered, threshold=COVERED)
    elif seen.pieces > most_pieces:
        yield _advice(GarmentCode.SEVERAL_PIECES, measured=seen.pieces, threshold=most_pieces)


def _advice(code: GarmentCode, *, measured: float | None = None, threshold: float | None = None) -> Finding:
    sentence, hint = WORDINGS[code]
    return Finding(
        code=code.value,
        severity=Severity.ADVICE,
        sentence=sentence,
        hint=hint,
        measured=measured,
        threshold=threshold,
    )
