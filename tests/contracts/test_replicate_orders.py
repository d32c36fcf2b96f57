"""What Replicate is asked for: nothing published, nothing captioned by it, one image per prediction."""

from dataclasses import replace
from typing import Any

import pytest

from croquis.adapters.replicate.orders import image_input, shown_input, trainer_input
from croquis.domain.images.image import TALL, TALLER, ImageSize
from croquis.domain.images.recipes import ImageRecipe, InpaintRecipe, TextRecipe
from croquis.domain.runs.training import Preset, TrainingParameters
from sandbox.replicate.engines import TRAINED_FIELDS
from sandbox.replicate.inputs import violations

SETTINGS: dict[str, Any] = {
    "version": "us/people:1",
    "prompt": "a prompt",
    "seed": 7,
    "lora_scale": 0.9,
    "guidance": 2.5,
}
RECIPE = TextRecipe(**SETTINGS, size=TALL, nonce=123456)
REPAIR = InpaintRecipe(**SETTINGS, picture="https://example.test/face", mask="https://example.test/mask", strength=0.4)
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
    order = image_input(RECIPE)
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
    order = image_input(replace(RECIPE, size=TALLER))
    assert (order["width"], order["height"]) == (768, 1344)


def test_a_part_of_a_picture_is_made_anew_in_the_size_of_that_picture_with_all_else_the_same() -> None:
    inpainting, generation = image_input(REPAIR), image_input(RECIPE)
    own = {"image": "https://example.test/face", "mask": "https://example.test/mask", "prompt_strength": 0.4}
    sizes = dict.fromkeys(("aspect_ratio", "width", "height"))
    assert inpainting | sizes == generation | own | sizes
    assert inpainting.keys().isdisjoint(sizes)


@pytest.mark.parametrize("recipe", [replace(RECIPE, nonce=999_999), REPAIR])
def test_what_is_asked_of_a_version_fits_its_schema(recipe: ImageRecipe) -> None:
    assert violations(TRAINED_FIELDS, image_input(recipe), closed=True) == []


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"lora_scale": 3.1}, "lora_scale"),
        ({"guidance": 10.5}, "guidance_scale"),
        ({"seed": "7"}, "seed"),
        ({"size": ImageSize(1456, 1216)}, "width"),
    ],
)
def test_the_stand_in_refuses_what_a_version_does(wrong: dict[str, Any], field: str) -> None:
    found = violations(TRAINED_FIELDS, image_input(replace(RECIPE, **wrong)), closed=True)
    assert [it["field"] for it in found] == [f"input.{field}"]


def test_what_is_shown_of_an_order_is_what_is_sent_but_for_what_is_drawn() -> None:
    sent = image_input(RECIPE)
    named, drawn = shown_input(RECIPE, drawn=False), shown_input(RECIPE, drawn=True)
    assert {name for name in sent if sent[name] != named[name]} == {"prompt_strength"}
    assert {name for name in sent if sent[name] != drawn[name]} == {"prompt_strength", "seed"}


def test_links_are_only_signed_when_a_repair_is_ordered() -> None:
    sent, shown = image_input(REPAIR), shown_input(REPAIR, drawn=False)
    assert {name for name in sent if sent[name] != shown[name]} == {"image", "mask"}
    assert "://" not in str(shown)
