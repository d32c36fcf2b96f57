"""What an owner wishes of an image: choices or words of their own, the person always named first."""

import itertools
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from croquis.domain.images.image import AspectRatio, Framing
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


@pytest.mark.parametrize("choice", IN_WORDS)
def test_a_prompt_and_a_choice_in_words_exclude_each_other(choice: str) -> None:
    with pytest.raises(ValidationError, match="prompt or wishes"):
        ImageWishes.model_validate({"prompt": "dancing", choice: "something"})
    assert line(prompt="dancing", framing="portrait", **{choice: ""}) == "qtxkbrdf woman, dancing"


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
