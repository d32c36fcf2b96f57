"""What an owner wishes of an image: choices or words of their own, the person always named first."""

import itertools
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from croquis.domain.images.image import AspectRatio, Framing
from croquis.domain.images.scenes import SCENES, SceneName
from croquis.domain.images.wishes import IN_WORDS, ImageWishes
from croquis.domain.subject import Gender, Subject
from sandbox.replicate.engines import TRAINED_FIELDS

SUBJECT = Subject("qtxkbrdf", Gender.FEMALE)


def line(**wishes: Any) -> str:
    return ImageWishes.model_validate(wishes).prompt_for(SUBJECT)


@pytest.mark.parametrize(
    ("prompt", "expected"),
    [
        ("dancing in the rain", "qtxkbrdf woman, dancing in the rain"),
        ("qtxkbrdf woman dancing", "qtxkbrdf woman dancing"),
        ("a photo of qtxkbrdf woman dancing", "a photo of qtxkbrdf woman dancing"),
        ("qtxkbrdf dancing", "qtxkbrdf woman dancing"),
        ("qtxkbrdfs are dancing", "qtxkbrdf woman, qtxkbrdfs are dancing"),
        ("a woman dancing", "qtxkbrdf woman, a woman dancing"),
    ],
)
def test_a_prompt_of_ones_own_names_the_person_first_where_it_does_not_itself(prompt: str, expected: str) -> None:
    assert line(prompt=prompt) == expected


@given(st.text(max_size=1100))
def test_any_prompt_is_refused_or_one_line_that_names_the_person(text: str) -> None:
    """AS-20"""
    try:
        told = line(prompt=text)
    except ValidationError:
        return
    assert SUBJECT.words in told
    assert len(told.splitlines()) == 1
    assert len(told) <= 1_100


@pytest.mark.parametrize("choice", IN_WORDS[1:])
def test_a_prompt_and_a_choice_in_words_exclude_each_other(choice: str) -> None:
    with pytest.raises(ValidationError, match="prompt or wishes"):
        ImageWishes.model_validate({"prompt": "dancing", choice: "something"})
    assert line(prompt="dancing", framing="portrait", **{choice: ""}) == "qtxkbrdf woman, dancing"


def test_a_prompt_and_a_scene_exclude_each_other() -> None:
    with pytest.raises(ValidationError, match="prompt or wishes"):
        line(prompt="dancing", scene="beach")


def test_shoes_are_named_for_a_full_body_and_not_for_what_does_not_show_them() -> None:
    assert "red boots and the floor under them in the frame" in line(shoes="red boots")
    assert "boots" not in line(shoes="red boots", framing="half_body") + line(shoes="red boots", framing="portrait")


@pytest.mark.parametrize(
    ("size", "pixels"), [("2:3", (832, 1216)), ("9:16", (768, 1344)), ("1:1", (1024, 1024)), (None, (832, 1216))]
)
def test_a_size_is_a_ratio_or_what_suits_the_framing(size: str | None, pixels: tuple[int, int]) -> None:
    found = ImageWishes.model_validate({"size": size}).pixels
    assert (found.width, found.height) == pixels


@pytest.mark.parametrize(("framing", "size"), list(itertools.product(Framing, [None, *AspectRatio])))
def test_whatever_is_wished_the_engine_takes_its_size(framing: Framing, size: AspectRatio | None) -> None:
    found = ImageWishes(framing=framing, size=size).pixels
    assert all(256 <= side <= 1440 and side % 16 == 0 for side in (found.width, found.height))


@pytest.mark.parametrize(("name", "field"), [("lora_scale", "lora_scale"), ("guidance", "guidance_scale")])
def test_our_ranges_are_inside_the_engines(name: str, field: str) -> None:
    at_least, at_most = ImageWishes.model_fields[name].metadata
    low, high, engine = at_least.ge, at_most.le, TRAINED_FIELDS[field]
    assert (engine.ge or 0) <= low < high <= (engine.le or 0)


def test_each_scene_has_its_name_and_fills_choices_in_words() -> None:
    assert [scene.name for scene in SCENES] == list(SceneName)
    assert len({scene.title for scene in SCENES}) == len(SCENES)
    assert all(scene.wishes.pose and scene.wishes.background and scene.wishes.lighting for scene in SCENES)


def test_a_scene_fills_what_is_left_out_and_nothing_else() -> None:
    told = line(scene="beach", outfit="a linen suit", lighting="hard noon sun")
    assert all(words in told for words in ("strolling along the water", "a wide sandy beach", "a linen suit"))
    assert "hard noon sun" in told
    assert "golden" not in told
    assert "head and shoulders" in line(scene="headshot")
    assert "head to toe" in line(scene="headshot", framing="full_body")


def changed(wishes: dict[str, Any], changes: dict[str, Any]) -> dict[str, object]:
    return ImageWishes.model_validate(wishes).changed(ImageWishes.model_validate(changes)).stored


@pytest.mark.parametrize(
    ("wishes", "changes", "expected"),
    [
        ({"pose": "a", "outfit": "b"}, {}, {"pose": "a", "outfit": "b"}),
        ({"pose": "a", "outfit": "b"}, {"outfit": "c"}, {"pose": "a", "outfit": "c"}),
        ({"pose": "a", "outfit": "b"}, {"outfit": None}, {"pose": "a"}),
        ({"pose": "a", "framing": "portrait"}, {"framing": "full_body"}, {"pose": "a", "framing": "full_body"}),
        ({"scene": "beach", "pose": "a"}, {"prompt": "x"}, {"prompt": "x"}),
        ({"prompt": "x", "size": "1:1"}, {"prompt": None, "pose": "a"}, {"pose": "a", "size": "1:1"}),
        ({"pose": "a", "lora_scale": 0.8}, {"guidance": 2}, {"pose": "a", "lora_scale": 0.8, "guidance": 2}),
    ],
)
def test_changes_replace_what_they_name_and_leave_the_rest(wishes: Any, changes: Any, expected: Any) -> None:
    assert changed(wishes, changes) == expected


def test_choices_are_not_added_to_a_prompt_of_ones_own() -> None:
    with pytest.raises(ValidationError):
        changed({"prompt": "x"}, {"outfit": "a coat"})
