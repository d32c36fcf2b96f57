"""What a look at the person in a photo may find: codes, sentences and hints. The measuring is croquis_vision's.

A rule about the body is never the last word (a long gown, a wheelchair, an amputation): overrides.py says how its
owner may override it.
"""

from enum import StrEnum
from typing import NamedTuple

from croquis.domain.photos.photo import Finding, Severity


class BodyCode(StrEnum):
    """The stable codes; a photo has at most one of the first six, in this order."""

    NO_PERSON = "no_person"
    SEVERAL_PEOPLE = "several_people"
    ROTATED = "rotated"
    HEAD_CUT = "head_cut"
    FEET_CUT = "feet_cut"
    PERSON_TOO_SMALL = "person_too_small"
    FEET_TIGHT = "feet_tight"
    PERSON_SMALL = "person_small"
    BLURRED = "blurred"
    SOFT = "soft"
    TOO_DARK = "too_dark"
    TOO_BRIGHT = "too_bright"
    SMALL_PHOTO = "small_photo"


class Wording(NamedTuple):
    """`{measured}` and `{threshold}` may stand in the sentence."""

    severity: Severity
    sentence: str
    hint: str


WORDINGS = {
    BodyCode.NO_PERSON: Wording(
        Severity.BLOCKING,
        "No single person could be made out (from behind, in a crowd, too far away).",
        "Use a photo that shows you from head to toe in good light, clearly apart from the background. If this one "
        "shows only you, you may say so and use it.",
    ),
    BodyCode.SEVERAL_PEOPLE: Wording(
        Severity.BLOCKING,
        "More than one person is in the photo.",
        "Crop the others out and upload it again, or choose a photo of you alone; people in mirrors and on posters "
        "count too.",
    ),
    BodyCode.ROTATED: Wording(
        Severity.BLOCKING,
        "The person is lying or upside down: the photo seems to be turned.",
        "Turn the photo upright and upload it again.",
    ),
    BodyCode.HEAD_CUT: Wording(
        Severity.BLOCKING,
        "The head is cut off, touches the edge of the photo, or cannot be made out.",
        "Step back or tilt the camera up until there is room above your head, and let nothing cover your face.",
    ),
    BodyCode.FEET_CUT: Wording(
        Severity.BLOCKING,
        "The feet are cut off or cannot be seen.",
        "Step back or tilt the camera down until both feet are in the photo, with some floor under them and "
        "no furniture in front of them.",
    ),
    BodyCode.PERSON_TOO_SMALL: Wording(
        Severity.BLOCKING,
        "The person takes up only {measured:.0%} of the photo's longer side; it must be {threshold:.0%} or more.",
        "Go closer to the camera, or crop the photo around you.",
    ),
    BodyCode.FEET_TIGHT: Wording(
        Severity.ADVICE,
        "The feet stand right at the lower edge.",
        "Leave a little floor under your feet.",
    ),
    BodyCode.PERSON_SMALL: Wording(
        Severity.ADVICE,
        "The person takes up {measured:.0%} of the photo's longer side; {threshold:.0%} or more would be better.",
        "Go closer to the camera, or crop the photo around you.",
    ),
    BodyCode.BLURRED: Wording(
        Severity.BLOCKING,
        "The person is blurred.",
        "Put the camera on something firm, use its timer, let it focus on you, and hold still.",
    ),
    BodyCode.SOFT: Wording(
        Severity.ADVICE,
        "The person is not quite sharp.",
        "More light and a steady camera make a sharper photo.",
    ),
    BodyCode.TOO_DARK: Wording(
        Severity.ADVICE,
        "The person is very dark.",
        "If it is not only your clothes: use more light, and have it in front of you.",
    ),
    BodyCode.TOO_BRIGHT: Wording(
        Severity.ADVICE,
        "The person is very bright; parts have lost their detail.",
        "If it is not only your clothes: use less light, or step out of the sun.",
    ),
    BodyCode.SMALL_PHOTO: Wording(
        Severity.ADVICE,
        "The photo's shorter side has {measured:.0f} pixels; {threshold:.0f} or more would be better.",
        "Use the original photo instead of a preview or a screenshot.",
    ),
}


def body_finding(code: BodyCode, *, measured: float | None = None, threshold: float | None = None) -> Finding:
    """The finding with this code; the numbers are those that were compared, `measured` to four digits."""
    wording = WORDINGS[code]
    return Finding(
        code=code.value,
        severity=wording.severity,
        sentence=wording.sentence.format(measured=measured, threshold=threshold),
        hint=wording.hint,
        measured=None if measured is None else round(measured, 4),
        threshold=threshold,
    )
