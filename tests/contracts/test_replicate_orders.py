"""What Replicate is asked for: nothing published, nothing captioned by it, one image per prediction."""

from dataclasses import replace

from croquis.adapters.replicate.orders import generation_input, trainer_input
from croquis.domain.images.image import TALL, TALLER, ImageRecipe
from croquis.domain.runs.training import Preset, TrainingParameters

RECIPE = ImageRecipe(version="us/people:1", prompt="a prompt", size=TALL, seed=7, lora_scale=0.9, guidance=2.5)
FULL, COMPACT = TrainingParameters(), TrainingParameters(preset=Preset.COMPACT)


def test_the_trainer_gets_our_captions_and_never_a_repository_to_publish_to() -> None:
    order = trainer_input(FULL, dataset_url="https://example.test/zip", trigger_word="qtxkbrdf")
    assert order == {
        "input_images": "https://example.test/zip",
        "trigger_word": "qtxkbrdf",
        "autocaption": False,
        "steps": 1000,
        "lora_rank": 16,
        "learning_rate": 4e-4,
        "batch_size": 1,
        "resolution": "768,1024",
        "caption_dropout_rate": 0.05,
        "optimizer": "adamw8bit",
    }


def test_only_the_compact_preset_chooses_layers() -> None:
    order = trainer_input(COMPACT, dataset_url="u", trigger_word="t")
    assert order["layers_to_optimize_regex"] == "transformer.single_transformer_blocks.(7|12|16|20).proj_out"


def test_the_identity_preset_trains_every_layer_longer_and_finer_with_our_captions() -> None:
    order = trainer_input(TrainingParameters(preset=Preset.IDENTITY), dataset_url="u", trigger_word="t")
    changed = {"steps": 2000, "lora_rank": 32, "learning_rate": 1e-4}
    assert order == trainer_input(FULL, dataset_url="u", trigger_word="t") | changed
    assert (order["autocaption"], order["resolution"]) == (False, "768,1024")


def test_one_prediction_makes_one_picture_with_the_safety_checker_on() -> None:
    """MO-14"""
    order = generation_input(RECIPE, 123456)
    assert order == {
        "prompt": "a prompt",
        "seed": 7,
        "prompt_strength": 0.123456,
        "aspect_ratio": "custom",
        "width": 832,
        "height": 1216,
        "num_outputs": 1,
        "guidance_scale": 2.5,
        "num_inference_steps": 28,
        "lora_scale": 0.9,
        "go_fast": False,
        "output_format": "png",
        "disable_safety_checker": False,
    }


def test_a_picture_is_asked_for_in_its_own_size() -> None:
    order = generation_input(replace(RECIPE, size=TALLER), 1)
    assert (order["width"], order["height"]) == (768, 1344)
