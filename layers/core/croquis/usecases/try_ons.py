"""Garments put on the person in a picture: tried without paying, and ordered."""

from croquis.domain.ids import ModelId
from croquis.domain.images.engines import WornGarment
from croquis.domain.images.fitting import advice_about
from croquis.domain.images.recipes import TryOnRecipe
from croquis.domain.runs.estimate import IMAGE_SECONDS, minutes_of
from croquis.http.dry_runs import DryRunView, dry_run_view
from croquis.http.image_orders import ImageOrderView
from croquis.http.try_ons import OrderTryOn, QuickTryOn
from croquis.ports import Croquis, Owner
from croquis.ports.try_ons import PlannedTryOn, TryOnWish
from croquis.usecases import images

PERSON, GARMENT = "(a link to the person's picture)", "(a link to garment {})"


def order(
    croquis: Croquis, owner: Owner, request: OrderTryOn, key: str | None, sent: str
) -> ImageOrderView | DryRunView:
    """Order one picture in which the person of another wears these garments. The same key answers the same order.

    A dry run tells what it would be.
    """
    return _order(croquis, owner, request.wish, key, sent, request)


def order_quickly(
    croquis: Croquis, owner: Owner, model_id: ModelId, request: QuickTryOn, key: str | None, sent: str
) -> ImageOrderView | DryRunView:
    """The same, of the model's best picture."""
    return _order(croquis, owner, request.wish_of(model_id), key, sent, request)


def _order(
    croquis: Croquis, owner: Owner, wish: TryOnWish, key: str | None, sent: str, request: OrderTryOn | QuickTryOn
) -> ImageOrderView | DryRunView:
    if request.dry_run:
        return _dry_run(croquis, owner, wish)
    asked = request.model_dump(mode="json", exclude={"dry_run"}, exclude_none=True)
    return images.begun(croquis, owner, croquis.store.try_ons.try_on(owner, wish, key, asked, sent))


def _dry_run(croquis: Croquis, owner: Owner, wish: TryOnWish) -> DryRunView:
    planned = croquis.store.try_ons.dry_run_try_on(owner, wish)
    recipe = _recipe(planned, wish.seed)
    inputs = [croquis.shown_image(recipe, drawn=wish.seed is None)] if recipe else []
    minutes = minutes_of(IMAGE_SECONDS, planned.history)
    return dry_run_view(planned, minutes, inputs * (2 if wish.retry_once else 1), advice_about(planned.picture))


def _recipe(planned: PlannedTryOn, seed: int | None) -> TryOnRecipe | None:
    """None where nothing could be ordered, and `refusals` says why."""
    if planned.engine is None or not planned.engine.takes or not planned.garments:
        return None
    worn = tuple(WornGarment(GARMENT.format(at), it.category) for at, it in enumerate(planned.garments, 1))
    return TryOnRecipe(
        engine=planned.engine,
        person=PERSON,
        garments=worn,
        prompt=planned.prompt or "",
        seed=(seed or 0) if planned.engine.has_seed else None,
    )
