"""What Replicate's engines are asked for: the trainer, and the versions that it makes."""

from croquis.adapters.replicate.schemas import stored_schema
from croquis.domain.images.engines import engine_input
from croquis.domain.images.input_schema import violations
from croquis.domain.images.recipes import ImageRecipe, InpaintRecipe, TextRecipe, TryOnRecipe
from croquis.domain.runs.training import Preset, TrainingParameters

LAYERS_OF_COMPACT = "transformer.single_transformer_blocks.(7|12|16|20).proj_out"
A_LINK, IS_DRAWN = "(a link to the dataset)", "(drawn when it is ordered)"
LINKS = {"image": "(a link to the picture)", "mask": "(a link to the mask)"}  # signed when it is ordered


def trainer_input(parameters: TrainingParameters, *, dataset_url: str, trigger_word: str) -> dict[str, object]:
    """The input of the trainer. It never names a repository to publish to, and leaves no captioning to the trainer."""
    everything: dict[str, object] = {
        "input_images": dataset_url,
        "trigger_word": trigger_word,
        "autocaption": False,
        "steps": parameters.steps,
        "lora_rank": parameters.lora_rank,
        "learning_rate": parameters.learning_rate,
        "batch_size": 1,
        "resolution": parameters.resolution,
        "caption_dropout_rate": parameters.caption_dropout_rate,
        "optimizer": "adamw8bit",
    }
    if parameters.preset is Preset.COMPACT:
        everything["layers_to_optimize_regex"] = LAYERS_OF_COMPACT
    return everything


def image_input(recipe: ImageRecipe) -> dict[str, object]:
    """The input of the recipe's engine for one image (MO-14: one prediction, one image)."""
    match recipe:
        case TextRecipe():
            return _generation(recipe)
        case InpaintRecipe():
            return _inpainting(recipe)
        case TryOnRecipe():
            return _try_on(recipe)


def wrong_with(recipe: ImageRecipe) -> list[str]:
    """What of the input the engine would not take, by the schema that is stored of it: asked before it is paid."""
    if not isinstance(recipe, TryOnRecipe):
        return []
    schema = stored_schema(recipe.engine.name)
    return ["No schema of this engine is stored."] if schema is None else violations(schema, image_input(recipe))


def shown_input(recipe: ImageRecipe, *, drawn: bool) -> dict[str, object]:
    """The input as it can be told before it is ordered: links, our number, and a seed that nobody named come then."""
    order = image_input(recipe)
    if isinstance(recipe, TextRecipe):
        order["prompt_strength"] = IS_DRAWN
    links = {name: words for name, words in LINKS.items() if name in order}
    return order | links | ({"seed": IS_DRAWN} if drawn and "seed" in order else {})


def _generation(recipe: TextRecipe) -> dict[str, object]:
    """`prompt_strength` is for a given picture: without one it has no effect, and carries our number."""
    size = {"aspect_ratio": "custom", "width": recipe.size.width, "height": recipe.size.height}
    return {**_of_trained_version(recipe), "prompt_strength": recipe.nonce / 1e6, **size}


def _inpainting(recipe: InpaintRecipe) -> dict[str, object]:
    given = {"image": recipe.picture, "mask": recipe.mask, "prompt_strength": recipe.strength}
    return {**_of_trained_version(recipe), **given}


def _try_on(recipe: TryOnRecipe) -> dict[str, object]:
    seed, garments = recipe.seed, recipe.garments
    return engine_input(recipe.engine, person=recipe.person, garments=garments, prompt=recipe.prompt, seed=seed)


def _of_trained_version(recipe: TextRecipe | InpaintRecipe) -> dict[str, object]:
    return {
        "prompt": recipe.prompt,
        "seed": recipe.seed,
        "num_outputs": 1,
        "guidance_scale": recipe.guidance,
        "num_inference_steps": 28,
        "lora_scale": recipe.lora_scale,
        "go_fast": False,
        "output_format": "png",
        "disable_safety_checker": False,
    }
