"""What Replicate's engines are asked for: the trainer, and the versions that it makes."""

from croquis.domain.images.image import ImageRecipe
from croquis.domain.runs.training import Preset, TrainingParameters

LAYERS_OF_COMPACT = "transformer.single_transformer_blocks.(7|12|16|20).proj_out"
A_LINK, IS_DRAWN = "(a link to the dataset)", "(drawn when it is ordered)"


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


def generation_input(recipe: ImageRecipe, nonce: int) -> dict[str, object]:
    """The input of a trained version for one image (MO-14: one prediction, one image).

    `prompt_strength` says how much of a given picture to keep: without one it has no effect, and carries our number.
    """
    return {
        "prompt": recipe.prompt,
        "seed": recipe.seed,
        "prompt_strength": nonce / 1e6,
        "aspect_ratio": "custom",
        "width": recipe.size.width,
        "height": recipe.size.height,
        "num_outputs": 1,
        "guidance_scale": recipe.guidance,
        "num_inference_steps": 28,
        "lora_scale": recipe.lora_scale,
        "go_fast": False,
        "output_format": "png",
        "disable_safety_checker": False,
    }


def shown_generation(recipe: ImageRecipe, *, drawn: bool) -> dict[str, object]:
    """The input as it can be told before it is ordered: our number, and a seed that nobody named, are drawn then."""
    order = generation_input(recipe, 0)
    return order | {"prompt_strength": IS_DRAWN} | ({"seed": IS_DRAWN} if drawn else {})
