"""From what was wished to the images that are ordered."""

from croquis.domain.images.wishes import ImageWishes
from croquis.domain.subject import Subject
from croquis.ports.runs import ImageWish

SEEDS = 2**31


def image_wishes(subject: Subject, chosen: ImageWishes, seed: int | None, count: int) -> list[ImageWish]:
    """One for each image, whose seeds count on from the first one's."""
    size = chosen.pixels
    wish = ImageWish(
        prompt=chosen.prompt_for(subject),
        framing=chosen.filled.framing,
        width=size.width,
        height=size.height,
        lora_scale=chosen.lora_scale,
        guidance=chosen.guidance,
        wishes=chosen.stored,
    )
    seeds = [None if seed is None else (seed + number) % SEEDS for number in range(count)]
    return [wish.model_copy(update={"seed": it}) for it in seeds]
