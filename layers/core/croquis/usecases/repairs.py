"""The face of a full-length picture redrawn: ordered by its owner, cut out by the workflow, forgotten by a sweep."""

from collections.abc import Callable
from typing import Protocol

from pydantic import ValidationError

from croquis.domain.ids import ImageId
from croquis.domain.images.checks import Seen
from croquis.domain.images.image import Image
from croquis.domain.images.prompts import PromptChoices, face_prompt
from croquis.domain.images.recipes import InpaintRecipe
from croquis.domain.images.repairs import CutOut, cut_out_of
from croquis.domain.images.wishes import ImageWishes
from croquis.domain.runs.estimate import IMAGE_SECONDS, minutes_of
from croquis.errors import StepFailed
from croquis.http.dry_runs import DryRunView, dry_run_view
from croquis.http.image_orders import ImageOrderView
from croquis.http.requests import RepairImage
from croquis.ports import Croquis, Owner
from croquis.ports.repairs import PlannedRepair, RepairWish
from croquis.usecases import images
from croquis.usecases.recipes import CUT_OUTS, cut_out_path

PARTS = ("face", "mask")

Look = Callable[[bytes], Seen]


class Cut(Protocol):
    """The face and its mask, as the engine gets them."""

    def __call__(self, picture: bytes, place: CutOut, /) -> tuple[bytes, bytes]: ...


def repair(
    croquis: Croquis, owner: Owner, image_id: ImageId, request: RepairImage, key: str | None, sent: str
) -> ImageOrderView | DryRunView:
    """Order the face of a picture anew; the picture stays as it is. The same key answers the same order.

    A dry run tells what it would be.
    """
    planned = croquis.store.repairs.dry_run_repair(owner, image_id)
    prompt = face_prompt(planned.model.subject, _choices(planned.image))
    wish = RepairWish(prompt=prompt, strength=request.strength, seed=request.seed)
    if request.dry_run:
        return _told(croquis, planned, wish)
    asked = {"repairs": image_id, **request.model_dump(mode="json", exclude={"dry_run"}, exclude_none=True)}
    # the key binds the picture too, which is in the path and not in what was sent
    ordered = croquis.store.repairs.order_repair(owner, image_id, key, asked, wish, f"{image_id} {sent}")
    return images.begun(croquis, owner, ordered)


def cut_out_face(croquis: Croquis, image_id: ImageId, look: Look, cut: Cut) -> None:
    """Write the face of a repair's picture, and its mask, where the provider is shown them; entered again, the same.

    Canceled, FaceNotFound or FaceLargeEnough: nothing is ordered.
    """
    found = croquis.store.images.image_to_save(image_id)
    image, source = found.image, found.source
    if source is None:
        raise StepFailed("no_source", "This image was not made from another one.")
    picture = images.original(croquis, source)
    place = image.cut_out or cut_out_of(look(picture).features, *(source.saved_size or (0, 0)))
    # before the files are there, so that whoever ends the repair knows that they may be
    place = croquis.store.repairs.record_cut_out(image.id, place)
    for name, data in zip(PARTS, cut(picture, place), strict=True):
        croquis.files.write(CUT_OUTS, cut_out_path(image, name), data, content_type="image/png")


def forget(croquis: Croquis, image: Image) -> None:
    """Delete what was cut out for a repair that is done."""
    croquis.files.remove(CUT_OUTS, [cut_out_path(image, name) for name in PARTS])
    croquis.store.repairs.cut_out_is_gone(image.id)


def _choices(image: Image) -> PromptChoices:
    """What was chosen for the picture; of words of one's own, which are about all of it, nothing is taken over."""
    try:
        return ImageWishes.model_validate(image.wishes).filled
    except ValidationError:
        return PromptChoices()


def _told(croquis: Croquis, planned: PlannedRepair, wish: RepairWish) -> DryRunView:
    image = planned.image
    recipe = InpaintRecipe(
        version=planned.provider_version or "",
        prompt=wish.prompt,
        picture="",
        mask="",
        strength=wish.strength,
        seed=wish.seed or 0,
        lora_scale=image.lora_scale or 1,
        guidance=image.guidance or 3,
    )
    shown = croquis.shown_image(recipe, drawn=wish.seed is None)
    return dry_run_view(planned, minutes_of(IMAGE_SECONDS, planned.history), [shown])
