"""Garments put on a person: what is said about the original, and found in the new picture, which blocks nothing.

Untried on pictures of real engines: the measures are known only one by one.
"""

from collections.abc import Mapping, Sequence
from math import log
from types import MappingProxyType

from croquis.domain.garments.garment import GarmentCategory, GarmentRow
from croquis.domain.images.exam import Change, ImageChecks, Judgement
from croquis.domain.images.garment_colours import ColourMatch, compare_colours
from croquis.domain.images.image import Image
from croquis.domain.images.paired import BodyMeasure, compare_bodies
from croquis.domain.photos.features import PhotoFeatures, Worn
from croquis.domain.runs.advice import Advice

OTHER_BODY, OTHER_COLOUR = "other_body", "other_colour"
FOUND: Mapping[str, str] = MappingProxyType({
    OTHER_BODY: "The body has different proportions from the original picture.",
    OTHER_COLOUR: "A garment has a different colour from its own picture.",
})  # fmt: skip
LEAVE_THE_OUTLINE = {GarmentCategory.SHOES, GarmentCategory.HAT, GarmentCategory.ACCESSORY}
# a hem moves where the hips are seen: another top, dress or coat changes leg to torso by up to a sixth
BREADTH_UNDER_CLOTHES = 0.09  # of a logarithm; up to .07 was seen on the same body, and a stretch of 15 % is .14
LEAVE_THE_JOINTS = {*LEAVE_THE_OUTLINE, GarmentCategory.BAG}
NOT_CHECKED = Advice(
    "picture_not_checked",
    "This picture has not been checked yet for showing the whole person.",
    "Wait for its checks, or look at it yourself.",
)


def advice_about(picture: Image) -> tuple[Advice, ...]:
    """What is not known of a picture on which garments are to be put."""
    return () if picture.checks else (NOT_CHECKED,)


def fitted(
    checks: ImageChecks, before: PhotoFeatures, after: PhotoFeatures, garments: Sequence[GarmentRow], source: Image
) -> ImageChecks:
    """What `compared` finds, but for what the picture before, whose `source` says what was seen in it, lacked too."""
    found = compared(checks, before, after, garments)
    return _as_it_was(found, source.checks) if source.checks else found


def compared(
    checks: ImageChecks, before: PhotoFeatures, after: PhotoFeatures, garments: Sequence[GarmentRow]
) -> ImageChecks:
    """What the checks of the picture after say, with what only the two together can tell."""
    body, colours = _body(before, after, garments), _colours(after.worn, garments)
    odd = {OTHER_BODY: body is Judgement.FAILS, OTHER_COLOUR: colours is Judgement.FAILS}
    codes = (*checks.codes, *(code for code, is_odd in odd.items() if is_odd))
    return checks.model_copy(update={"body": body, "garments": colours, "codes": codes})


def _as_it_was(found: ImageChecks, before: ImageChecks) -> ImageChecks:
    """Feet or a head that the picture before did not show either are no fault of this one."""
    if before.head_to_toe is not Judgement.FAILS:
        return found
    codes = tuple(it for it in found.codes if it not in before.codes)
    return found.model_copy(update={"head_to_toe": None, "codes": codes})


def _body(before: PhotoFeatures, after: PhotoFeatures, garments: Sequence[GarmentRow]) -> Judgement:
    """Of the outline and of the legs only where no garment was put on that could change it, or hide their joints."""
    worn = {it.category for it in garments}
    found = compare_bodies(before, after, outline_counts=worn <= LEAVE_THE_OUTLINE)
    if not worn <= LEAVE_THE_JOINTS:
        found = found.model_copy(update={"legs": BodyMeasure(), "breadth": _under_clothes(found.breadth)})
    match found.change:
        case Change.SAME:
            return Judgement.PASSES
        case Change.DIFFERENT:
            return Judgement.FAILS
        case Change.CANNOT_TELL:
            return Judgement.CANNOT_TELL


def _under_clothes(breadth: BodyMeasure) -> BodyMeasure:
    """The same, told with more noise."""
    if breadth.ratio is None:
        return breadth
    change = Change.SAME if abs(log(breadth.ratio)) <= BREADTH_UNDER_CLOTHES else Change.DIFFERENT
    return breadth.model_copy(update={"change": change})


def _colours(worn: Worn, garments: Sequence[GarmentRow]) -> Judgement:
    found = [_match(worn, it, garments) for it in garments]
    if ColourMatch.FAR in found:
        return Judgement.FAILS
    return Judgement.PASSES if ColourMatch.NEAR in found else Judgement.CANNOT_TELL


def _match(worn: Worn, garment: GarmentRow, others: Sequence[GarmentRow]) -> ColourMatch:
    """Bags, hats and accessories are seen nowhere, nor what is worn under a coat; and a coat may stand open."""
    coat = any(it.category is GarmentCategory.OUTERWEAR for it in others)
    places = {
        GarmentCategory.UPPER: None if coat else worn.upper,
        GarmentCategory.DRESS: None if coat else worn.upper,
        GarmentCategory.OUTERWEAR: worn.upper,
        GarmentCategory.LOWER: worn.lower,
        GarmentCategory.SHOES: worn.feet,
    }
    match = compare_colours(garment.seen.colour if garment.seen else None, places.get(garment.category))
    open_coat = garment.category is GarmentCategory.OUTERWEAR and match is ColourMatch.FAR
    return ColourMatch.CANNOT_TELL if open_coat else match
