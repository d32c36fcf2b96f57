"""What the twin's pictures show: a training photo of the framing that was asked for, whole, and nothing beside it."""

import io
import zipfile
from collections.abc import Sequence
from pathlib import Path

import pytest
from PIL import Image

from croquis.domain.images.prompts import PREVIEWS, PromptChoices, prompt
from croquis.domain.photos.captions import TEMPLATES, templates
from croquis.domain.subject import Gender, Subject
from croquis_pictures import open_photo
from croquis_vision import check_photo
from sandbox.replicate.pictures import compose, encode
from sandbox.replicate.sittings import FULL_BODY, HALF_BODY, HEAD, Sittings, framing_of

SAMPLES = sorted((Path(__file__).parents[2] / "sandbox/demo_photos/good").glob("*.jpg"))
SIZES = ((832, 1216), (768, 1344), (1024, 1024), (896, 1152), (1344, 768))
CAPTIONS = (
    *(f"full body photo of tok, {pose}" for pose in ("standing", "walking", "sitting", "standing, seen from behind")),
    *(
        f"half body photo of tok, from the head to the thighs, {view}"
        for view in ("facing the camera", "from the side")
    ),
    *("head and shoulders photo of tok", "tok photographed from the shoulders up"),
)
TOK = Subject("tok", Gender.FEMALE)
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


@pytest.mark.parametrize("framing", OF_PROMPT)
def test_as_much_of_the_body_is_shown_as_was_asked_for(tmp_path: Path, framing: str) -> None:
    path, sittings = zipped(tmp_path, CAPTIONS), Sittings()
    found = {framing_of(shown(sittings, path, wanted(framing), seed)) for seed in range(6)}
    assert found == {OF_PROMPT[framing]}


def test_where_no_picture_has_that_framing_the_next_best_is_shown(tmp_path: Path) -> None:
    path = zipped(tmp_path, CAPTIONS[:6])
    assert framing_of(shown(Sittings(), path, wanted("portrait"))) == HALF_BODY
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


@pytest.mark.parametrize("size", SIZES)
def test_the_backdrop_fills_the_whole_picture(size: tuple[int, int]) -> None:
    """Where the photo is blue to its edges the picture is blue to its edges, but for the word in the corner."""
    picture = compose(Image.new("RGB", (768, 1344), "#3060a0"), size=size, prompt="tok", seed=1)
    assert picture.size == size
    below_the_word = picture.crop((0, size[1] // 12, *size))
    assert below_the_word.getextrema() == ((0x30, 0x30), (0x60, 0x60), (0xA0, 0xA0))


@pytest.mark.parametrize("size", SIZES)
def test_sandbox_stands_in_a_corner_large_enough_to_be_read(size: tuple[int, int]) -> None:
    picture = compose(Image.new("RGB", (768, 1344), "black"), size=size, prompt="tok", seed=1)
    left, top, right, bottom = picture.convert("L").getbbox() or (0, 0, 0, 0)
    assert bottom - top >= size[1] // 50
    assert right - left >= size[0] // 20
    assert right < size[0] / 2
    assert bottom < size[1] / 12


@pytest.mark.parametrize("size", SIZES)
def test_nothing_of_the_middle_of_a_photo_is_repeated_beside_it(size: tuple[int, int]) -> None:
    photo = Image.new("RGB", (768, 1344), "#3060a0")
    photo.paste("#ff0000", (200, 150, 560, 1250))
    picture = compose(photo, size=size, prompt="tok", seed=3)
    red = picture.getchannel("R").point(lambda value: 255 if value > 0xC0 else 0).crop((0, size[1] // 12, *size))
    left, top, right, bottom = red.getbbox() or (0, 0, 0, 0)
    scale = (bottom - top) / 1100
    assert right - left == pytest.approx(360 * scale, abs=4)
    assert left > 0.9 * 200 * scale
    assert red.histogram()[255] == pytest.approx((right - left) * (bottom - top), rel=0.01)


@pytest.mark.parametrize("name", [path.stem for path in SAMPLES])
def test_a_composed_sample_is_one_person_from_head_to_toe(weights: None, name: str) -> None:
    (path,) = (path for path in SAMPLES if path.stem == name)
    with Image.open(path) as photo:
        photo.load()
    for seed, size in enumerate(SIZES[:3]):
        picture = encode(compose(photo, size=size, prompt="tok", seed=seed), "webp", 90)
        report = check_photo(open_photo(picture))
        assert (report.people, report.blocking) == (1, ())
