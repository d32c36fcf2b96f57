"""What an image is made from, by its kind: with links signed for this one attempt."""

from typing import TypeVar

from croquis.domain.images.engines import WornGarment
from croquis.domain.images.image import Image, ImageKind, ImageSize
from croquis.domain.images.recipes import ImageRecipe, InpaintRecipe, TextRecipe, TryOnRecipe
from croquis.domain.runs.attempt import Attempt
from croquis.errors import Canceled, StepFailed
from croquis.ports import Croquis
from croquis.ports.attempts import OpenedImageAttempt

LINK_SECONDS = 3600  # as long as an order may wait at the provider until it is begun
CUT_OUTS, IMAGES, GARMENTS = "face-cut-outs", "images", "garments"
Number = TypeVar("Number", int, float)


def recipe_of(croquis: Croquis, attempt: Attempt, opened: OpenedImageAttempt) -> ImageRecipe:
    """What to order for this attempt; a link's file name is the attempt's marker.

    Canceled where nothing may be made any more from the picture that it is made from.
    """
    image, source = opened.image, opened.source
    if source and not source.may_be_used:
        raise Canceled("The picture that it is made from was removed or refused.")
    match image.kind:
        case ImageKind.PREVIEW | ImageKind.GENERATION:
            return _from_words(image, attempt)
        case ImageKind.REPAIR:
            return _repair(croquis, attempt, image)
        case ImageKind.TRY_ON:
            return _try_on(croquis, attempt, opened)


def cut_out_path(image: Image, name: str) -> str:
    """Where what a repair is made of lies: `face` or `mask`."""
    return f"{image.owner_id}/{image.job_id}/{image.id}/{name}.png"


def _from_words(image: Image, attempt: Attempt) -> TextRecipe:
    return TextRecipe(
        version=image.provider_version,
        prompt=image.prompt,
        size=ImageSize(image.asked_width, image.asked_height),
        seed=_given(image.seed),
        lora_scale=_given(image.lora_scale),
        guidance=_given(image.guidance),
        nonce=_given(attempt.nonce),
    )


def _repair(croquis: Croquis, attempt: Attempt, image: Image) -> InpaintRecipe:
    face, mask = cut_out_path(image, "face"), cut_out_path(image, "mask")
    link = croquis.files.link
    return InpaintRecipe(
        version=image.provider_version,
        prompt=image.prompt,
        picture=link(CUT_OUTS, face, seconds=LINK_SECONDS, download_as=f"{attempt.marker}.png"),
        mask=link(CUT_OUTS, mask, seconds=LINK_SECONDS),
        strength=_given(image.strength),
        seed=_given(image.seed),
        lora_scale=_given(image.lora_scale),
        guidance=_given(image.guidance),
    )


def _try_on(croquis: Croquis, attempt: Attempt, opened: OpenedImageAttempt) -> TryOnRecipe:
    image, source, worn = opened.image, opened.source, opened.try_on
    if source is None or source.path is None or worn is None or not worn.garments:
        raise StepFailed("no_recipe", "The image lacks what its engine takes.")
    link = croquis.files.link
    return TryOnRecipe(
        engine=worn.engine,
        person=link(IMAGES, source.path, seconds=LINK_SECONDS, download_as=f"{attempt.marker}.png"),
        garments=tuple(
            WornGarment(link(GARMENTS, it.clean_path or "", seconds=LINK_SECONDS), it.category) for it in worn.garments
        ),
        prompt=image.prompt,
        seed=image.seed,
    )


def _given(value: Number | None) -> Number:
    if value is None:
        raise StepFailed("no_recipe", "The image lacks what its engine takes.")
    return value
