"""What an order would be: price, minutes, the provider's input, all refusals. Spends nothing, and writes nothing."""

from croquis.domain.ids import JobId, ModelId
from croquis.domain.images.advice import advice_on_images
from croquis.domain.images.image import ImageSize
from croquis.domain.images.recipes import TextRecipe
from croquis.domain.images.wishes import ImageWishes
from croquis.domain.runs.advice import advice_on
from croquis.domain.runs.estimate import IMAGE_SECONDS, dollars_of, minutes_of
from croquis.domain.runs.progress import AROUND_TRAINING
from croquis.domain.runs.training import TrainingParameters
from croquis.http.dry_runs import DryRunView, dry_run_view
from croquis.http.requests import RunParameters
from croquis.ports import Croquis, Owner
from croquis.ports.runs import ImageWish
from croquis.usecases.wishes import image_wishes


def training(croquis: Croquis, owner: Owner, job_id: JobId, chosen: RunParameters, *, retry: bool) -> DryRunView:
    """A submit, or a retry, with these parameters."""
    given = chosen.chosen
    parameters = TrainingParameters.model_validate(given)
    planned = croquis.store.dry_runs.dry_run_training(owner, job_id, retry, given)
    seconds = AROUND_TRAINING + planned.expected_seconds
    minutes = minutes_of(seconds, planned.history, unit=seconds)
    order = croquis.shown_training(parameters, planned.trigger_word)
    dollars = dollars_of(planned.expected_usd, planned.prices)
    return dry_run_view(planned, minutes, [order], advice_on(parameters), dollars)


def images(
    croquis: Croquis, owner: Owner, model_id: ModelId, wishes: ImageWishes, seed: int | None, count: int
) -> DryRunView:
    """So many images of a model."""
    planned = croquis.store.dry_runs.dry_run_images(owner, model_id, count)
    orders = image_wishes(planned.model.subject, wishes, seed, count)
    inputs = [croquis.shown_image(_recipe(it, planned.provider_version or ""), drawn=seed is None) for it in orders]
    advice = advice_on_images(wishes, planned.exam)
    return dry_run_view(planned, minutes_of(IMAGE_SECONDS, planned.history), inputs, advice)


def _recipe(wish: ImageWish, version: str) -> TextRecipe:
    return TextRecipe(
        version=version,
        prompt=wish.prompt,
        size=ImageSize(wish.width, wish.height),
        seed=wish.seed or 0,
        lora_scale=wish.lora_scale,
        guidance=wish.guidance,
        nonce=0,
    )
