"""From choices to a prompt, and from a prompt to the provider's input."""

import pytest
from domain.figures import person
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from croquis.domain.images.image import Framing, ImageStatus, image_size
from croquis.domain.images.prompts import PREVIEWS, PromptChoices, prompt
from croquis.domain.photos.captions import caption_of
from croquis.domain.runs.model import ModelStatus
from croquis.domain.subject import Gender, Subject

TRIGGER = "qtxkbrdf"
SUBJECT = Subject(TRIGGER, Gender.FEMALE)
CHOICES = PromptChoices(
    pose="jumping", background="a beach", lighting="noon sun", expression="laughing", outfit="a blue swimsuit"
)


def test_the_trigger_word_comes_first_and_every_choice_is_said() -> None:
    line = prompt(SUBJECT, CHOICES)
    assert line.startswith(f"{TRIGGER} woman, ")
    assert all(words in line for words in ("jumping", "a beach", "noon sun", "laughing", "wearing a blue swimsuit"))


@pytest.mark.parametrize("gender", [*Gender, None])
@pytest.mark.parametrize("choices", [CHOICES, *(preview.choices for preview in PREVIEWS)])
def test_a_prompt_names_the_person_as_the_captions_did(gender: Gender | None, choices: PromptChoices) -> None:
    subject = Subject(TRIGGER, gender)
    assert prompt(subject, choices).startswith(f"{subject.words}, ")
    assert subject.words in caption_of(person((3_000, 4_000)), subject, choices.framing)


def test_a_full_body_is_asked_for_with_its_shoes_and_the_floor() -> None:
    line = prompt(SUBJECT, PromptChoices())
    assert "head to toe" in line
    assert "shoes" in line
    assert "floor" in line


@pytest.mark.parametrize("framing", [Framing.HALF_BODY, Framing.PORTRAIT])
def test_a_closer_framing_does_not_ask_for_shoes(framing: Framing) -> None:
    line = prompt(SUBJECT, PromptChoices(framing=framing))
    assert "shoes" not in line
    assert "head to toe" not in line


def test_nothing_chosen_leaves_no_trace() -> None:
    line = prompt(SUBJECT, PromptChoices(pose="  ", outfit=""))
    assert "wearing" not in line
    assert "background" not in line
    assert ", ," not in line


@pytest.mark.parametrize("text", ["a\nb", "a\x00b", "a\x1b[31mb", "a\u2029b", "x" * 301])
def test_control_characters_and_long_texts_are_refused(text: str) -> None:
    """AS-20"""
    with pytest.raises(ValidationError):
        PromptChoices(outfit=text)


def test_a_choice_that_does_not_exist_is_refused() -> None:
    """AS-12"""
    with pytest.raises(ValidationError):
        PromptChoices.model_validate({"negative": "ugly"})


@given(st.text(max_size=400))
def test_any_text_is_either_refused_or_part_of_one_line_that_fits_its_column(text: str) -> None:
    """AS-20"""
    try:
        choices = PromptChoices(pose=text, background=text, lighting=text, expression=text, outfit=text)
    except ValidationError:
        return
    line = prompt(SUBJECT, choices)
    assert len(line.splitlines()) == 1
    assert len(line) <= 4000


def test_four_previews_are_fixed_and_two_sizes_are_tried() -> None:
    assert len({preview.choices for preview in PREVIEWS}) == 4
    assert {(preview.size.width, preview.size.height) for preview in PREVIEWS} == {(832, 1216), (768, 1344)}
    assert all(preview.choices.framing is Framing.FULL_BODY and preview.choices.outfit for preview in PREVIEWS)


@pytest.mark.parametrize("framing", Framing)
def test_every_size_is_one_that_the_provider_takes(framing: Framing) -> None:
    size = image_size(framing)
    assert all(256 <= side <= 1440 and side % 16 == 0 for side in (size.width, size.height))


def test_the_states_are_those_of_the_database() -> None:
    assert set(ImageStatus) == {"queued", "running", "saved", "failed"}
    assert set(ModelStatus) == {"candidate", "active", "archived", "revoked", "erased"}
