"""What is likely to spoil a picture is said before it is paid, and what is well stays unsaid."""

from typing import Any

import pytest

from croquis.domain.images.advice import advice_on_images
from croquis.domain.images.exam import Change, ExamReport, PassRate, Proportion
from croquis.domain.images.scenes import SCENES
from croquis.domain.images.wishes import ImageWishes

WELL = PassRate(passed=3, failed=1, cannot_tell=0, rate=0.75, interval=None)
BADLY = PassRate(passed=1, failed=3, cannot_tell=0, rate=0.25, interval=None)
WHOLE = "in a red dress, black boots on a wooden floor, soft light"


def exam(**found: Any) -> ExamReport:
    parts = dict.fromkeys(("one_person", "head_to_toe", "face", "legs", "hips", "head", "not_copied"))
    return ExamReport.model_validate({"sandbox": False, "pictures": 4, "not_measured": {}, **parts, **found})


def body(change: Change) -> Proportion:
    return Proportion(photos=8, pictures=4, ratio=1.2, interval=None, change=change)


def codes(report: ExamReport | None = None, **wishes: Any) -> list[str]:
    found = advice_on_images(ImageWishes.model_validate(wishes), report)
    assert all(it.sentence.endswith(".") and it.hint.endswith(".") for it in found)
    return [it.code for it in found]


@pytest.mark.parametrize("scene", [None, *(it.name for it in SCENES)])
def test_every_scene_as_it_is_is_well(scene: str | None) -> None:
    assert codes(exam(one_person=WELL, legs=body(Change.SAME)), **({"scene": scene} if scene else {})) == []


@pytest.mark.parametrize(
    ("scale", "advised"), [(0.5, ["weak_likeness"]), (0.69, ["weak_likeness"]), (0.7, []), (1.1, []),
                           (1.11, ["photos_return"]), (1.2, ["photos_return"])],
)  # fmt: skip
def test_a_lora_scale_far_from_one_is_told(scale: float, advised: list[str]) -> None:
    assert codes(lora_scale=scale) == advised


@pytest.mark.parametrize(("guidance", "advised"), [(1.9, True), (2, False), (3.5, False), (3.6, True)])
def test_a_guidance_beyond_what_is_usual_is_told(guidance: float, *, advised: bool) -> None:
    assert codes(guidance=guidance) == ["unusual_guidance"] * advised


def test_too_little_and_too_much_guidance_do_different_things() -> None:
    little, much = (advice_on_images(ImageWishes(guidance=it), None)[0].sentence for it in (1, 5))
    assert ("ignored" in little, "plastic" in much) == (True, True)


@pytest.mark.parametrize(
    ("wishes", "advised"),
    [
        ({"size": "1:1"}, True),
        ({"size": "1:1", "framing": "portrait"}, False),
        ({"size": "1:1", "scene": "headshot"}, False),
        ({"size": "2:3"}, False),
        ({"size": "9:16"}, False),
    ],
)
def test_a_whole_figure_in_a_square_is_told(wishes: dict[str, str], *, advised: bool) -> None:
    assert codes(None, **wishes) == ["small_in_square"] * advised


@pytest.mark.parametrize(
    "words",
    ["long blond hair", "with straight hair", "a BRUNETTE", "blue eyes", "green-eyed", "a slender figure",
     "a slim woman, smiling", "dark skin", "plus-size", "25-year-old", "curly-haired"],
)  # fmt: skip
def test_a_prompt_that_describes_the_person_is_told_with_the_word(words: str) -> None:
    assert codes(prompt=f"{words}, {WHOLE}") == ["describes_the_person"]
    sentence = advice_on_images(ImageWishes(prompt=f"{words}, {WHOLE}"), None)[0].sentence
    assert sentence.split('"')[1] in words


@pytest.mark.parametrize(
    "words",
    ["eyes closed", "facing the camera", "a tall building behind", "hands in the pockets", "smiling",
     "a chair with brown leather", "wearing a hairband", "slim black trousers"],
)  # fmt: skip
def test_clothes_poses_and_places_describe_nobody(words: str) -> None:
    assert codes(prompt=f"{words}, {WHOLE}") == []


@pytest.mark.parametrize(
    ("prompt", "advised"),
    [
        (WHOLE, False),
        ("barefoot on the beach", False),
        ("in black boots", True),
        ("on a wooden floor", True),
        ("in a red dress", True),
    ],
)
def test_a_prompt_of_a_whole_figure_without_shoes_or_floor_is_told(prompt: str, *, advised: bool) -> None:
    assert codes(prompt=prompt) == ["feet_may_be_cut"] * advised
    assert codes(prompt=prompt, framing="half_body") == []


def test_choices_in_words_need_neither_because_the_builder_names_both() -> None:
    assert codes(outfit="a red dress") == []


@pytest.mark.parametrize(
    ("found", "advised"),
    [
        ({}, []),
        ({"one_person": WELL, "face": WELL, "legs": body(Change.CANNOT_TELL)}, []),
        ({"head_to_toe": BADLY}, ["exam_failed"]),
        ({"face": BADLY}, ["exam_failed"]),
        ({"not_copied": BADLY}, ["exam_failed"]),
        ({"legs": body(Change.DIFFERENT)}, ["exam_failed"]),
        ({"sandbox": True, "face": BADLY}, ["judged_in_a_sandbox"]),
    ],
)
def test_a_model_whose_exam_failed_or_judged_a_stand_in_is_told(found: dict[str, Any], advised: list[str]) -> None:
    assert codes(exam(**found)) == advised


def test_a_model_that_was_not_judged_is_not_talked_about() -> None:
    assert codes(None) == []
