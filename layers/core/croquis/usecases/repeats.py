"""A picture again: with its own settings, the same seed or another, and perhaps with other wishes."""

from dataclasses import dataclass

from pydantic import ValidationError

from croquis.domain.ids import ImageId
from croquis.domain.images.wishes import ImageWishes
from croquis.domain.runs.model import Model
from croquis.errors import Refused
from croquis.http.dry_runs import DryRunView
from croquis.http.image_orders import ImageOrderView
from croquis.http.requests import RepeatImage
from croquis.ports import Croquis, Owner
from croquis.usecases import dry_runs, images
from croquis.usecases.wishes import image_wishes


@dataclass(frozen=True)
class _Repeat:
    model: Model
    wishes: ImageWishes
    seed: int | None


def repeat(
    croquis: Croquis, owner: Owner, image_id: ImageId, request: RepeatImage, key: str | None, sent: str
) -> ImageOrderView | DryRunView:
    """Order it again from the model's active run, its prompt built anew. The same key answers the same order.

    A dry run tells what it would be.
    """
    found = _repeat(croquis, owner, image_id, request)
    if request.dry_run:
        return dry_runs.images(croquis, owner, found.model.id, found.wishes, found.seed, request.count)
    wishes = image_wishes(found.model.subject, found.wishes, found.seed, request.count)
    asked = {"repeats": image_id, **request.model_dump(mode="json", exclude={"dry_run"}, exclude_unset=True)}
    # the key binds the picture too, which is in the path and not in what was sent
    return images.order(croquis, owner, found.model.id, key, asked, wishes, f"{image_id} {sent}")


def _repeat(croquis: Croquis, owner: Owner, image_id: ImageId, request: RepeatImage) -> _Repeat:
    found = croquis.store.images.image_to_repeat(owner, image_id)
    if not found:
        raise Refused("There is no such picture.", hint="Check the id.", code="no_such_image", status=404)
    image = found.image
    if image.is_refused:  # with the same seed it would be the same picture again
        raise Refused(
            "The person shown has refused this picture.",
            hint="Order another one from the model; only they can approve this one, behind their link.",
            code="refused_by_shown_person",
            status=409,
        )
    if image.source_image_id:
        raise Refused(
            "This picture was made from another one, not from words.",
            hint="Make it again from that one, whose id is its source_image_id.",
            code="not_repeatable",
            status=409,
        )
    settings = {"lora_scale": image.lora_scale, "guidance": image.guidance}
    try:
        wishes = ImageWishes.model_validate({**image.wishes, **settings})
    except ValidationError as error:
        raise Refused(
            "What this picture was made of cannot be read any more.",
            hint="Order a new one from the model.",
            code="not_repeatable",
            status=409,
        ) from error
    try:
        changed = wishes.changed(request.changes)
    except ValidationError as error:
        raise Refused(
            "This picture was made from a prompt of your own, which replaces the choices.",
            hint="Change prompt, or send prompt null together with the choices.",
            code="made_from_a_prompt",
            status=422,
        ) from error
    return _Repeat(found.model, changed, image.seed if request.same_seed else None)
