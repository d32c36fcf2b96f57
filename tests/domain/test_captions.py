"""What the trainer is told about a photo is true, and stays with the photo."""

import hashlib
import re

import pytest
from pydantic import ValidationError

from croquis.domain.captions import VIEW_WORDS, CaptionFacts, caption, templates
from croquis.domain.photo import View
from croquis.domain.slots import SLOTS, slot

TRIGGER = "qtxkbrdf"
EVERYTHING = CaptionFacts(
    view=View.BACK, pose="leaning on a rail", background="a harbour", clothes="a red raincoat", light="morning light"
)
PHOTOS = [hashlib.sha256(bytes([number])).hexdigest() for number in range(100)]


def all_captions(facts: CaptionFacts, number: int = 6) -> set[str]:
    return {caption(TRIGGER, slot(number), facts, photo_sha256=photo) for photo in PHOTOS}


def test_there_are_ten_different_wordings_and_all_come_into_use() -> None:
    assert len(set(templates())) == 10
    assert len(all_captions(EVERYTHING)) == 10


def test_every_wording_says_every_known_fact_and_the_trigger_word_once() -> None:
    words = ["leaning on a rail", "a harbour", "a red raincoat", "morning light", VIEW_WORDS[View.BACK], TRIGGER]
    for line in all_captions(EVERYTHING):
        assert [line.count(word) for word in words] == [1] * len(words)


def test_background_clothes_and_light_are_claimed_only_where_they_are_known() -> None:
    claims = re.compile(r"background|behind|setting|place|against|wearing|dressed|clothed|outfit|\bin a\b|light")
    for line in all_captions(CaptionFacts(view=View.FRONT)):
        assert not claims.search(line)
        assert not re.search(r"[\[\]{}]|, ,|,,|\s\s|,$", line)


def test_a_caption_with_nothing_known_still_names_the_framing() -> None:
    for line in all_captions(CaptionFacts(), number=12):
        assert TRIGGER in line
        assert re.search(r"full body|full-length|head to toe|head-to-toe|whole", line)
        assert not any(words in line for words in VIEW_WORDS.values())


@pytest.mark.parametrize("place", SLOTS, ids=lambda place: place.key)
def test_no_caption_describes_face_hair_or_the_shape_of_the_body(place) -> None:
    forbidden = re.compile(r"\b(face|hair|eyes|skin|slim|tall|short|young|old|woman|man|beautiful|blond\w*)\b")
    lines = {caption(TRIGGER, place, photo_sha256=photo) for photo in PHOTOS}
    assert not [line for line in lines if forbidden.search(line)]


def test_what_was_measured_goes_before_what_the_slot_expected() -> None:
    walking_front = slot(6)
    seen_from_behind = caption(
        TRIGGER, walking_front, CaptionFacts(view=View.BACK, pose="standing"), photo_sha256="a" * 64
    )
    assert "seen from behind" in seen_from_behind
    assert "standing" in seen_from_behind
    assert "walking" not in seen_from_behind


def test_the_wording_follows_the_content_of_the_photo_and_nothing_else() -> None:
    first = {photo: caption(TRIGGER, slot(1), photo_sha256=photo) for photo in PHOTOS}
    without_some = {photo: caption(TRIGGER, slot(1), photo_sha256=photo) for photo in reversed(PHOTOS[10:])}
    assert without_some == {photo: first[photo] for photo in PHOTOS[10:]}
    # written down, because a caption must not change between two releases of Python or of ours
    assert caption(TRIGGER, slot(1), photo_sha256="0" * 64) == (
        "qtxkbrdf photographed from head to toe, standing, facing the camera"
    )


def test_braces_and_brackets_of_a_person_are_only_text() -> None:
    odd = CaptionFacts(clothes="a {trigger} shirt [, {pose}]", background="{0.__class__}")
    for line in all_captions(odd):
        assert "a {trigger} shirt [, {pose}]" in line
        assert "{0.__class__}" in line


def test_the_longest_caption_fits_its_column() -> None:
    longest = CaptionFacts(pose="p" * 80, background="b" * 80, clothes="c" * 80, light="l" * 80)
    assert max(len(line) for line in all_captions(longest)) <= 500


@pytest.mark.parametrize("text", ["two\nlines", "nul\x00", "sep\u2028arated", "x" * 81])
def test_a_fact_is_one_short_line_of_plain_text(text: str) -> None:
    with pytest.raises(ValidationError):
        CaptionFacts(background=text)
