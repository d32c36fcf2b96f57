"""What the trainer is told about a picture is true, names what it shows, and stays with the photo."""

import re

import pytest
from domain.captioned import CONTENTS, FULL, HALF, NOBODY, PORTRAIT, SEEN, SUBJECT, TRIGGER, WORDS, captions, photo

from croquis.domain.images.image import Framing
from croquis.domain.photos.accepted_photo import Said
from croquis.domain.photos.body_findings import BodyCode, body_finding
from croquis.domain.photos.captions import caption_of, templates
from croquis.domain.photos.features import Box, PhotoFeatures
from croquis.domain.photos.photo import CameraView
from croquis.domain.photos.slots import SLOTS
from croquis.domain.subject import Gender, Subject


@pytest.mark.parametrize(("framing", "count"), [(FULL, 10), (HALF, 3), (PORTRAIT, 3)])
def test_all_the_wordings_of_a_framing_differ_and_come_into_use(framing: Framing, count: int) -> None:
    assert len(set(templates(framing))) == count
    assert len(captions(framing, said=WORDS)) == count


@pytest.mark.parametrize("seen", [SEEN, NOBODY], ids=["seen", "nobody"])
@pytest.mark.parametrize(
    ("framing", "named"),
    [
        (FULL, r"full body|full.length|head to toe|head-to-toe|whole"),
        (HALF, r"to the thighs"),
        (PORTRAIT, r"head and shoulders|shoulders up"),
    ],
)
def test_every_wording_names_its_framing_and_no_other(framing: Framing, named: str, seen: PhotoFeatures) -> None:
    names = {FULL: r"full|toe|whole|feet", HALF: r"half|thighs", PORTRAIT: r"shoulders|(?<!full length )portrait"}
    others = "|".join(words for other, words in names.items() if other is not framing)
    for line in captions(framing, slot=12, seen=seen):
        assert re.search(named, line)
        assert not re.search(others, line)


@pytest.mark.parametrize("code", [BodyCode.FEET_CUT, BodyCode.HEAD_CUT, BodyCode.ROTATED, BodyCode.NO_PERSON])
def test_a_photo_that_is_used_in_spite_of_its_frame_is_not_called_whole(code: BodyCode) -> None:
    overridden = [photo(it, said=WORDS).model_copy(update={"findings": (body_finding(code),)}) for it in CONTENTS]
    lines = {caption_of(it, SUBJECT, FULL) for it in overridden}
    assert len(lines) == 3
    for line in lines:
        assert not re.search(r"full|toe|whole|feet|uncropped|half|thighs|shoulders|portrait", line)
        assert [line.count(words) for words in ("a harbour", "a red raincoat", "morning light", TRIGGER)] == [1] * 4


@pytest.mark.parametrize("code", [BodyCode.BLURRED, BodyCode.FEET_TIGHT, BodyCode.PERSON_TOO_SMALL])
def test_other_findings_say_nothing_about_how_much_is_shown(code: BodyCode) -> None:
    one = photo(CONTENTS[0])
    noted = one.model_copy(update={"findings": (body_finding(code, measured=0.3, threshold=0.4),)})
    assert caption_of(noted, SUBJECT, FULL) == caption_of(one, SUBJECT, FULL)


@pytest.mark.parametrize("framing", Framing)
def test_every_wording_says_every_fact_that_it_can_show_and_the_trigger_word_once(framing: Framing) -> None:
    told = ["a harbour", "a red raincoat", "morning light", "seen from the side", TRIGGER]
    for line in captions(framing, said=WORDS):
        assert [line.count(words) for words in told] == [1] * len(told)
        # nobody sees in a head and shoulders what the legs do
        assert line.count("leaning on a rail") == (framing is not PORTRAIT)


@pytest.mark.parametrize("framing", Framing)
def test_background_clothes_and_light_are_claimed_only_where_they_are_known(framing: Framing) -> None:
    claims = re.compile(r"background|behind|setting|place|against|wearing|dressed|clothed|outfit|\bin a\b|light")
    for line in captions(framing, seen=PhotoFeatures(view=CameraView.FRONT)):
        assert not claims.search(line)
        assert not re.search(r"[\[\]{}]|, ,|,,|\s\s|,$", line)


@pytest.mark.parametrize("framing", Framing)
@pytest.mark.parametrize("place", SLOTS, ids=lambda place: place.key)
def test_our_own_wordings_never_describe_face_hair_or_the_shape_of_the_body(place, framing: Framing) -> None:
    forbidden = re.compile(r"\b(face|hair|eyes|skin|slim|tall|short|young|old|woman|man|lady|beautiful|blond\w*)\b")
    lines = captions(framing, slot=place.number, seen=NOBODY)
    assert not [line for line in lines if forbidden.search(line)]


def test_what_was_measured_goes_before_what_the_slot_expected() -> None:
    walking_front = 6
    for line in captions(slot=walking_front, seen=PhotoFeatures(view=CameraView.BACK, pose="standing")):
        assert "seen from behind" in line
        assert "standing" in line
        assert "walking" not in line


def test_what_was_said_goes_before_what_was_measured() -> None:
    for line in captions(said=WORDS):
        assert not re.search("standing|grey wall|dim light", line)
    for line in captions():
        assert re.search("standing( pose)? with arms down", line)
        assert re.search("light grey (backdrop|background).*in dim light", line)


@pytest.mark.parametrize(
    "seen", [PhotoFeatures(view=CameraView.BACK), PhotoFeatures(pose="sitting")], ids=["view", "pose"]
)
def test_where_somebody_was_made_out_the_slot_fills_no_gap(seen: PhotoFeatures) -> None:
    walking_front = 6
    for line in captions(slot=walking_front, seen=seen):
        assert "walking" not in line
        assert "facing the camera" not in line


def test_where_nobody_was_made_out_the_slot_is_all_that_is_known() -> None:
    walking_front = 6
    for line in captions(slot=walking_front, seen=NOBODY):
        assert "walking" in line
        assert "facing the camera" in line
    for line in captions(slot=walking_front, seen=NOBODY, said=WORDS):
        assert "walking" not in line
        assert "leaning on a rail" in line


@pytest.mark.parametrize(
    ("pose", "told"),
    [
        ("standing with arms down", "arms down"),
        ("walking with one arm raised", "one arm raised"),
        ("hands on hips", "hands on hips"),
        ("one hand on the hip", "one hand on the hip"),
        ("standing", None),
        ("sitting", None),
        (None, None),
    ],
)
def test_a_half_body_tells_what_the_arms_do_and_nothing_of_the_legs(pose: str | None, told: str | None) -> None:
    for line in captions(HALF, seen=PhotoFeatures(view=CameraView.FRONT, pose=pose)):
        assert not re.search("standing|walking|sitting", line)
        assert re.findall("arms? down|one arm raised|hands on hips|one hand on the hip", line) == (
            [told] if told else []
        )


def test_the_wording_follows_the_content_of_the_photo_and_nothing_else() -> None:
    for framing in Framing:
        first = {it: caption_of(photo(it), SUBJECT, framing) for it in CONTENTS}
        without_some = {it: caption_of(photo(it), SUBJECT, framing) for it in reversed(CONTENTS[10:])}
        assert without_some == {it: first[it] for it in CONTENTS[10:]}
    # written down, because a caption must not change between two releases of Python or of ours
    assert [caption_of(photo(), SUBJECT, framing) for framing in Framing] == [
        "an uncropped full body photograph of qtxkbrdf person, standing with arms down, seen from the side"
        ", setting: a plain light grey backdrop, in dim light",
        "qtxkbrdf person photographed from the head to the thighs, seen from the side, arms down"
        ", a plain light grey backdrop behind, in dim light",
        "head and shoulders photo of qtxkbrdf person, seen from the side"
        ", with a plain light grey backdrop in the background, in dim light",
    ]


@pytest.mark.parametrize("framing", Framing)
@pytest.mark.parametrize(
    ("gender", "noun"),
    [(Gender.FEMALE, "woman"), (Gender.MALE, "man"), (Gender.NON_BINARY, "person"), (None, "person")],
)
def test_every_wording_has_woman_man_or_person_beside_the_trigger_word(
    framing: Framing, gender: Gender | None, noun: str
) -> None:
    for it in CONTENTS:
        line = caption_of(photo(it), Subject(TRIGGER, gender), framing)
        assert line.count(f"{TRIGGER} {noun}") == 1
        assert re.findall(r"\b(woman|man|person)\b", line) == [noun]
    for wording in templates(framing) + templates(framing, whole=False):
        assert "{trigger} {noun}" in wording


THE_PAPERS = (
    "full body photo of qtxkbrdf person, standing pose, white background",
    "qtxkbrdf person full length portrait, centered, studio lighting",
    "full body shot of qtxkbrdf person, athletic wear, professional photography",
)
IN_THE_MIDDLE, ON_THE_LEFT = Box(0.3, 0.1, 0.6, 0.9), Box(0.01, 0.01, 0.3, 0.99)


def of_everything_said(body: Box | None = IN_THE_MIDDLE) -> set[str]:
    said = Said(pose="standing", background="a plain white backdrop", clothes="athletic wear", light="studio lighting")
    return captions(seen=PhotoFeatures(body=body, pose="standing"), said=said)


def test_the_papers_three_wordings_are_among_the_ten() -> None:
    """Their words in their order; what the paper does not name comes after, or between where it leaves nothing out."""
    lines = of_everything_said()
    for wording in THE_PAPERS:
        parts = wording.split(", ")
        (line,) = (it for it in lines if it.startswith(f"{parts[0]}, "))
        assert [it for it in line.split(", ") if it in parts] == parts
    assert THE_PAPERS[0] in captions(
        seen=PhotoFeatures(body=ON_THE_LEFT, pose="standing", background_words="a plain white backdrop")
    )
    in_the_middle = PhotoFeatures(body=IN_THE_MIDDLE)
    assert THE_PAPERS[1] in captions(slot=12, seen=in_the_middle, said=Said(light="studio lighting"))


@pytest.mark.parametrize("words", ["pose", "background", "centered", "lighting", "professional", "athletic"])
def test_what_the_paper_claims_of_every_photo_is_said_only_where_it_is_known(words: str) -> None:
    assert any(words in line for line in of_everything_said())
    for line in captions(seen=PhotoFeatures(view=CameraView.FRONT), said=Said(light="daylight")):
        assert words not in line


def test_only_who_stands_in_the_middle_of_the_picture_is_called_centered() -> None:
    assert any("centered" in line for line in of_everything_said())
    for body in (ON_THE_LEFT, None):
        assert not any("centered" in line for line in of_everything_said(body))
