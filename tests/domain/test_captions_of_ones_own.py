"""What an owner says of a photo stands in its captions: as text, bounded, and as the trainer will make it."""

import unicodedata

import pytest
from domain.captioned import HALF, PORTRAIT, TRIGGER, captions
from pydantic import ValidationError

from croquis.domain.images.image import Framing
from croquis.domain.photos.accepted_photo import Said
from croquis.domain.photos.captions import MAX_CAPTION


def test_a_pose_of_ones_own_stays_as_it_was_said() -> None:
    for pose in ("standing on a rock", "leaning on a rail", "hands on hips"):
        assert not any(f"{pose} pose" in line or "standing pose" in line for line in captions(said=Said(pose=pose)))
    assert any("standing pose with arms down" in line for line in captions())


def test_ones_own_caption_replaces_ours_of_the_full_figure_only() -> None:
    said = Said(caption="photo of [trigger], a whole figure on a pier", clothes="a red dress")
    assert captions(said=said) == {f"photo of {TRIGGER}, a whole figure on a pier"}
    for framing in (HALF, PORTRAIT):
        assert captions(framing, said=said) == captions(framing, said=Said(clothes="a red dress"))


@pytest.mark.parametrize(
    ("said", "trained"),
    [
        ("[trigger] and [name] on a pier", f"{TRIGGER} and {TRIGGER} on a pier"),
        ("on a pier", f"{TRIGGER} person on a pier"),
        ("a person on a pier", f"{TRIGGER} a person on a pier"),
        (f"a pier with {TRIGGER}", f"a pier with {TRIGGER}"),
        ("[Trigger] on a pier", f"{TRIGGER} person [Trigger] on a pier"),
        (",pier ,, of  [name],", f"pier, of {TRIGGER}"),
        (" , ", f"{TRIGGER} person"),
    ],
)
def test_a_caption_is_shown_as_the_trainer_will_make_it(said: str, trained: str) -> None:
    assert captions(said=Said(caption=said)) == {trained}


def test_a_placeholder_of_the_trainer_in_a_fact_is_filled_in_too() -> None:
    for framing in Framing:
        for line in captions(framing, said=Said(clothes="the shirt of [name]")):
            assert f"the shirt of {TRIGGER}" in line


def test_braces_and_brackets_of_a_person_are_only_text() -> None:
    for framing in Framing:
        for line in captions(framing, said=Said(clothes="a {trigger} shirt [, {pose}]", background="{0.__class__}")):
            assert "a {trigger} shirt [, {pose}]" in line
            assert "{0.__class__}" in line


@pytest.mark.parametrize(
    "said",
    [
        Said(pose="p" * 80, background="b" * 80, clothes="c" * 80, light="l" * 80),
        Said(**dict.fromkeys(("pose", "background", "clothes", "light"), "[name]," * 11)),
        Said(caption="[name]" * 83),
        Said(caption="[name]123456," * 38),
        Said(caption="a," * 250),
        Said(caption="a," * 240 + "[trigger]"),
        Said(caption="x" * 500),
    ],
)
@pytest.mark.parametrize("framing", Framing)
def test_whatever_was_said_a_caption_is_one_bounded_line_with_the_trigger_word(said: Said, framing: Framing) -> None:
    for line in captions(framing, said=said):
        assert TRIGGER in line
        assert len(line) <= MAX_CAPTION == 600
        assert line == " ".join(line.split()).strip(",")
        assert not any(unicodedata.category(character).startswith("C") for character in line)


def test_no_fact_is_cut_off_while_nobody_plays_with_placeholders() -> None:
    longest = Said(pose="p" * 80, background="b" * 80, clothes="c" * 80, light="l" * 80)
    for line in captions(said=longest):
        assert all(letter * 80 in line for letter in "pbcl")


@pytest.mark.parametrize("text", ["two\nlines", "nul\x00", "sep\u2028arated", "x" * 81])
def test_a_fact_is_one_short_line_of_plain_text(text: str) -> None:
    with pytest.raises(ValidationError):
        Said(background=text)
