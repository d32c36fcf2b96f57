"""Whom the twin's pictures show: the person of a training picture that shows enough, in the pose that was asked for."""

import io
import zipfile
from collections.abc import Sequence
from pathlib import Path

import pytest
from PIL import Image

from croquis.domain.images.prompts import PREVIEWS, PromptChoices, prompt
from croquis.domain.photos.captions import TEMPLATES, templates
from croquis.domain.subject import Gender, Subject
from sandbox.replicate.sittings import FULL_BODY, HALF_BODY, HEAD, Sittings, framing_of

TOK = Subject("tok", Gender.FEMALE)
CAPTIONS = (
    *(f"full body photo of tok, {pose}" for pose in ("standing", "walking", "sitting", "standing, seen from behind")),
    *(
        f"half body photo of tok, from the head to the thighs, {view}"
        for view in ("facing the camera", "from the side")
    ),
    *("head and shoulders photo of tok", "tok photographed from the shoulders up"),
)
OF_PROMPT = {"full_body": FULL_BODY, "half_body": HALF_BODY, "portrait": HEAD}


def zipped(folder: Path, captions: Sequence[str]) -> Path:
    """A training zip with a picture for each caption; an empty one is left out."""
    path = folder / "photos.zip"
    buffer = io.BytesIO()
    Image.new("RGB", (64, 96)).save(buffer, "JPEG")
    with zipfile.ZipFile(path, "w") as archive:
        for number, caption in enumerate(captions):
            archive.writestr(f"{number:02}.jpg", buffer.getvalue())
            if caption:
                archive.writestr(f"{number:02}.txt", caption)
    return path


def wanted(framing: str, pose: str | None = None) -> str:
    return prompt(TOK, PromptChoices.model_validate({"framing": framing, "pose": pose}))


def shown(sittings: Sittings, path: Path, words: str, seed: int = 1) -> str:
    """The caption of the picture that stands in for these words."""
    with zipfile.ZipFile(path) as archive:
        return archive.read(sittings.picture_for(path, words, seed).replace(".jpg", ".txt")).decode()


@pytest.mark.parametrize("framing", OF_PROMPT)
def test_the_framing_is_read_from_every_caption_and_prompt_that_says_it(framing: str) -> None:
    written = {str(it): it for it in TEMPLATES}[framing]
    assert {framing_of(it) for it in (*templates(written), wanted(framing))} == {OF_PROMPT[framing]}


@pytest.mark.parametrize(
    ("framing", "best"), [("full_body", FULL_BODY), ("half_body", FULL_BODY), ("portrait", HALF_BODY)]
)
def test_the_picture_shows_at_least_as_much_of_the_body_as_was_asked_for(
    tmp_path: Path, framing: str, best: str
) -> None:
    path, sittings = zipped(tmp_path, CAPTIONS), Sittings()
    found = {framing_of(shown(sittings, path, wanted(framing), seed)) for seed in range(4)}
    assert found == {best}


def test_where_no_picture_shows_enough_the_next_best_is_taken(tmp_path: Path) -> None:
    path = zipped(tmp_path, CAPTIONS[4:])
    assert framing_of(shown(Sittings(), path, wanted("full_body"))) == HALF_BODY
    assert Sittings().picture_for(zipped(tmp_path, ["", ""]), wanted("portrait"), 1).endswith(".jpg")


@pytest.mark.parametrize("pose", ["standing", "walking", "sitting"])
def test_a_pose_that_was_photographed_is_shown(tmp_path: Path, pose: str) -> None:
    caption = shown(Sittings(), zipped(tmp_path, CAPTIONS), wanted("full_body", pose))
    assert caption.endswith(pose)


def test_no_two_of_a_model_are_alike_while_there_are_photos(tmp_path: Path) -> None:
    """Neither the previews, whose seeds are any, nor the pictures of one order, whose seeds count on."""
    path, sittings = zipped(tmp_path, [f"full body photo of tok, number {number}" for number in range(12)]), Sittings()
    previews = [sittings.picture_for(path, prompt(TOK, it.choices), 4711 * at) for at, it in enumerate(PREVIEWS)]
    ordered = [sittings.picture_for(path, wanted("full_body"), 99 + number) for number in range(8)]
    assert len({*previews, *ordered}) == 12


def test_the_same_prompt_and_seed_show_the_same_photo_whatever_came_between(tmp_path: Path) -> None:
    path, sittings = zipped(tmp_path, CAPTIONS), Sittings()
    first = sittings.picture_for(path, wanted("full_body"), 7)
    for seed in range(20, 30):
        sittings.picture_for(path, wanted("full_body"), seed)
    assert (
        sittings.picture_for(path, wanted("full_body"), 7)
        == first
        == Sittings().picture_for(path, wanted("full_body"), 7)
    )
