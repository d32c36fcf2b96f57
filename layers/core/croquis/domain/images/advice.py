"""What allowed wishes are likely to do to a picture: reported in the dry run, and left to the owner."""

import re
from collections.abc import Iterator

from croquis.domain.images.exam import Change, ExamReport
from croquis.domain.images.image import AspectRatio, Framing, ratio_of
from croquis.domain.images.wishes import ImageWishes
from croquis.domain.runs.advice import Advice

LIKENESS = (0.7, 1.1)  # of lora_scale: where checkpoints are compared
USUAL_GUIDANCE = (2, 3.5)
# of the person themselves; what they wear, do or look like for a moment is none of it
OF_THE_PERSON = re.compile(
    r"\b(?:hair(?:ed)?|blonde?|brunette|redhead|freckles|freckled|beard|bearded|moustache|mustache"
    r"|(?:blue|green|brown|grey|gray|hazel|dark)[ -]eye[sd]\w*|(?:fair|dark|pale|tanned|olive)[ -]skin\w*|complexion"
    r"|cheekbones|jawline|slim (?:woman|man|person|figure|body|build)"
    r"|slender|skinny|petite|curvy|chubby|overweight|muscular|athletic build|plus[ -]size"
    r"|long[ -]legged|broad[ -]shouldered|\d+ years old|\d+[ -]year[ -]old)\b",
    re.IGNORECASE,
)
SHOES = re.compile(
    r"\b(?:shoes?|boots?|sneakers?|trainers|heels|stilettos|pumps|sandals?|loafers?|moccasins?|mules|clogs|slippers"
    r"|footwear|barefoot|bare feet)\b",
    re.IGNORECASE,
)
FLOOR = re.compile(
    r"\b(?:floor|ground|pavement|sidewalk|street|road|path|pier|deck|stairs?|steps|sand|beach|grass|lawn|meadow|carpet|rug"
    r"|runway|catwalk|snow|cobblestones|asphalt)\b",
    re.IGNORECASE,
)


def advice_on_images(wishes: ImageWishes, exam: ExamReport | None) -> tuple[Advice, ...]:
    """Empty for every scene as it is, from a model whose exam went well; `exam` is of the run that makes them."""
    return (*_on_settings(wishes), *_on_prompt(wishes), *_on_exam(exam))


def _on_settings(wishes: ImageWishes) -> Iterator[Advice]:
    low, high = LIKENESS
    if wishes.lora_scale < low:
        yield Advice(
            "weak_likeness",
            f"At a lora_scale of {wishes.lora_scale:g} little of the person may be left.",
            f"Stay between {low:g} and {high:g}; at 1 the person counts as much as in the training.",
        )
    if wishes.lora_scale > high:
        yield Advice(
            "photos_return",
            f"At a lora_scale of {wishes.lora_scale:g} clothes, poses and places of the training photos may come back.",
            f"Stay between {low:g} and {high:g}; at 1 the person counts as much as in the training.",
        )
    low, high = USUAL_GUIDANCE
    if not low <= wishes.guidance <= high:
        outcome = (
            "the prompt is likely to be ignored" if wishes.guidance < low else "skin is likely to look like plastic"
        )
        yield Advice(
            "unusual_guidance",
            f"At a guidance of {wishes.guidance:g} {outcome}.",
            f"Stay between {low:g} and {high:g}.",
        )
    if wishes.filled.framing is Framing.FULL_BODY and ratio_of(wishes.pixels) is AspectRatio.SQUARE:
        yield Advice(
            "small_in_square",
            "A whole figure is small in a square, and its face smaller still.",
            "Use the size 2:3 or 9:16 for full bodies, or another framing for a square.",
        )


def _on_prompt(wishes: ImageWishes) -> Iterator[Advice]:
    said = wishes.prompt
    if said and (found := OF_THE_PERSON.search(said)):
        yield Advice(
            "describes_the_person",
            f'The prompt describes the person ("{found[0]}"), whom the model knows better: it may change them.',
            "Leave out face, hair and body; say what they wear and do, where they are, and the light.",
        )
    if said and wishes.filled.framing is Framing.FULL_BODY and not (SHOES.search(said) and FLOOR.search(said)):
        yield Advice(
            "feet_may_be_cut",
            "The prompt does not name both shoes and the floor: without them the feet are often cut off.",
            "Name both, or choose the framing half_body or portrait.",
        )


def _on_exam(exam: ExamReport | None) -> Iterator[Advice]:
    if exam and exam.sandbox:
        yield Advice(
            "judged_in_a_sandbox",
            "A stand-in made the previews that judged this model: how well it resembles its person is not known yet.",
            "Order one or two pictures first, and look at them.",
        )
    elif exam and _failed(exam):
        yield Advice(
            "exam_failed",
            "In its exam this model was not like its person, or did not show one whole person.",
            "Look at the exam in the training's run; another run can be made the active one, or a new one trained.",
        )


def _failed(exam: ExamReport) -> bool:
    """More pictures failed a check than passed it, or the body is another."""
    rates = (exam.one_person, exam.head_to_toe, exam.face, exam.not_copied)
    proportions = (exam.legs, exam.hips, exam.head)
    return any(it and it.failed > it.passed for it in rates) or any(
        it and it.change is Change.DIFFERENT for it in proportions
    )
