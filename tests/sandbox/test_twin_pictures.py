"""What the twin's pictures show: one person, head to toe, elsewhere; on request what a bad model might show."""

import os
import subprocess
import sys
import zipfile
from functools import cache
from io import BytesIO
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageChops, ImageOps, ImageStat

from croquis.domain.images.prompts import PREVIEWS, PromptChoices, prompt
from croquis.domain.subject import Gender, Subject
from croquis_pictures import open_photo
from croquis_vision import PhotoReport, check_photo
from croquis_vision.faces import faces_in
from croquis_vision.landmarks import ANKLES, NOSE, SHOULDERS
from croquis_vision.networks import networks
from sandbox.replicate.backdrops import draw_backdrop
from sandbox.replicate.cut_out import Figure, figure_of, look
from sandbox.replicate.pictures import STRETCH, compose, copied, encode
from sandbox.replicate.settings import Shown

SAMPLES = sorted((Path(__file__).parents[2] / "sandbox/demo_photos/good").glob("*.jpg"))
SIZES = ((832, 1216), (768, 1344), (1024, 1024), (896, 1152), (1344, 768))
SMALL = (512, 768)
TOK = Subject("tok", Gender.FEMALE)
STUDIO = "tok, full-length fashion photo from head to toe, background: a light grey studio wall"

pytestmark = pytest.mark.usefixtures("weights")


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("training") / "photos.zip"
    with zipfile.ZipFile(path, "w") as archive:
        for sample in SAMPLES:
            with Image.open(sample) as photo:
                photo.reduce(2).save(half := BytesIO(), "JPEG", quality=95)
            archive.writestr(sample.name, half.getvalue())
    return path


@cache
def cut_out(archive: Path, name: str) -> Figure:
    return figure_of(archive, f"{name}.jpg")


def picture(archive: Path, name: str, words: str = STUDIO, *, size: tuple[int, int] = SMALL, seed: int = 1,
            shown: Shown = "person") -> Image.Image:  # fmt: skip
    return compose(cut_out(archive, name), size=size, prompt=words, seed=seed, shown=shown)


def judged(image: Image.Image) -> PhotoReport:
    return check_photo(open_photo(encode(image, "webp", 90)))


@pytest.mark.parametrize("preview", range(len(PREVIEWS)))
def test_every_preview_shows_one_person_from_head_to_toe(archive: Path, preview: int) -> None:
    """Of two training pictures each."""
    wish = PREVIEWS[preview]
    words, size = prompt(TOK, wish.choices), (wish.size.width, wish.size.height)
    for seed, name in enumerate(f"{1 + (preview + 4 * row) % 12:02}" for row in range(2)):
        report = judged(picture(archive, name, words, size=size, seed=seed))
        assert (name, report.people, report.blocking) == (name, 1, ())


@pytest.mark.parametrize("size", SIZES)
def test_the_person_fits_every_size(archive: Path, size: tuple[int, int]) -> None:
    report = judged(picture(archive, "02", size=size))
    assert (report.people, report.blocking) == (1, ())


def test_the_same_prompt_and_seed_give_the_same_bytes_and_others_stand_elsewhere(archive: Path) -> None:
    first, again, other = (encode(picture(archive, "01", seed=seed), "webp", 80) for seed in (1, 1, 2))
    assert first == again
    assert first != other


def test_no_picture_is_a_training_picture(archive: Path) -> None:
    """Nor is it one that was moved a little: the ground and what is behind are others."""
    words = prompt(TOK, PREVIEWS[1].choices)
    with Image.open(SAMPLES[2]) as photo:
        trained = ImageOps.fit(photo, SMALL)
    assert difference(picture(archive, "03", words), trained) > 30
    assert difference(copied(trained, size=SMALL), trained) < 1


def difference(one: Image.Image, other: Image.Image) -> float:
    return float(np.mean(ImageStat.Stat(ImageChops.difference(one, other)).mean))


def test_less_of_the_body_is_shown_nearer(archive: Path) -> None:
    shoulders = []
    for framing in ("full_body", "half_body", "portrait"):
        words = prompt(TOK, PromptChoices.model_validate({"framing": framing, "background": "a grey wall"}))
        sight = look(picture(archive, "01", words))
        assert sight is not None
        shoulders.append(abs(float(np.ptp(sight.points[list(SHOULDERS), 0]))))
        assert 0 < sight.points[NOSE][1] < SMALL[1] / 2
        assert (sight.points[list(ANKLES), 1].min() < SMALL[1]) == (framing == "full_body")
    assert shoulders[1] > 1.3 * shoulders[0]
    assert shoulders[2] > 1.3 * shoulders[1]


def test_somebody_who_sits_sits_on_something(archive: Path) -> None:
    """Between the legs there is a block, and not the wall."""
    assert cut_out(archive, "04").is_seated
    assert not cut_out(archive, "03").is_seated
    sitting = picture(archive, "04", seed=5).convert("RGB").getpixel((SMALL[0] // 2, round(SMALL[1] * 0.8)))
    assert isinstance(sitting, tuple)
    assert sitting[0] - sitting[2] > 30


def test_where_nobody_is_made_out_the_training_picture_stands_there_whole(tmp_path: Path) -> None:
    path = tmp_path / "photos.zip"
    Image.new("RGB", (300, 400), "#a03060").save(tmp_path / "1.png")
    with zipfile.ZipFile(path, "w") as archive:
        archive.write(tmp_path / "1.png", "1.png")
    figure = figure_of(path, "1.png")
    assert (figure.points, figure.image.size) == (None, (300, 400))
    for shown in ("person", "stranger", "stretched", "doubled", "cropped"):
        image = compose(figure, size=(256, 320), prompt="tok, close-up", seed=1, shown=shown)
        assert image.getpixel((128 if shown != "doubled" else 70, 300)) == (0xA0, 0x30, 0x60)


@pytest.mark.parametrize("upside_down", [False, True])
def test_any_guess_of_the_points_gives_a_picture(archive: Path, upside_down: bool) -> None:
    figure = cut_out(archive, "04")
    assert figure.points is not None
    points = figure.image.height - figure.points if upside_down else figure.points * 0
    for shown in ("person", "stranger", "cropped"):
        for words in (STUDIO, "close-up", "half body"):
            assert compose(Figure(figure.image, points), size=(128, 192), prompt=words, seed=1, shown=shown)


def test_the_networks_say_nothing_on_the_terminal() -> None:
    script = "from sandbox.replicate.cut_out import look; from PIL import Image; look(Image.new('RGB', (64, 64)))"
    environ = os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)}
    ran = subprocess.run([sys.executable, "-c", script], env=environ, capture_output=True, text=True)
    assert (ran.stdout, ran.stderr, ran.returncode) == ("", "", 0)


PLACES = ("a white studio", "a street", "a street at night", "a gallery", "a garden", "a beach")


def test_the_words_choose_the_place_and_its_light() -> None:
    drawn = {place: draw_backdrop(f"tok, in a green coat, background: {place}", (256, 384), 1) for place in PLACES}
    assert len({image.tobytes() for image in drawn.values()}) == len(PLACES)
    light = {place: ImageStat.Stat(image.convert("L")).mean[0] for place, image in drawn.items()}
    assert light["a white studio"] > 190
    assert light["a street at night"] < 0.7 * light["a street"]
    evening = draw_backdrop("tok, background: a white studio, warm evening sun", (256, 384), 1)
    red, _, blue = ImageStat.Stat(evening).mean
    assert red > 1.2 * blue


@pytest.mark.parametrize("size", SIZES)
def test_sandbox_stands_in_a_corner_large_enough_to_be_read(archive: Path, size: tuple[int, int]) -> None:
    words = "background: a black wall"
    corner = (0, 0, size[0] // 3, size[1] // 10)
    wall = draw_backdrop(words, size, 1).crop(corner)
    written = ImageChops.difference(picture(archive, "01", words, size=size).crop(corner), wall).convert("L")
    left, top, right, bottom = written.point([0] * 10 + [255] * 246).getbbox() or (0, 0, 0, 0)
    assert bottom - top >= size[1] // 50
    assert right - left >= size[0] // 20
    assert bottom < size[1] / 12


@pytest.mark.parametrize("name", ["01", "03", "05", "08"])
def test_a_doubled_person_is_seen_as_several_people(archive: Path, name: str) -> None:
    report = judged(picture(archive, name, shown="doubled"))
    assert [finding.code for finding in report.blocking] == ["several_people"]


@pytest.mark.parametrize("name", ["01", "02", "04", "07"])
def test_a_cropped_person_is_seen_as_cut(archive: Path, name: str) -> None:
    found = {judged(picture(archive, name, seed=seed, shown="cropped")).blocking[0].code for seed in range(3)}
    assert found <= {"feet_cut", "head_cut"}


def test_feet_are_cropped_as_well_as_heads(archive: Path) -> None:
    found = {judged(picture(archive, "01", seed=seed, shown="cropped")).blocking[0].code for seed in (5, 6)}
    assert found == {"feet_cut", "head_cut"}


def test_a_stretched_person_is_wider_or_slimmer_by_15_percent_and_still_one(archive: Path) -> None:
    usual = slimness(picture(archive, "05"))
    ratios = list[float]()
    for seed in range(4):
        image = picture(archive, "05", seed=seed, shown="stretched")
        assert (judged(image).people, judged(image).blocking) == (1, ())
        ratios.append(usual / slimness(image))
    assert (min(ratios), max(ratios)) == pytest.approx((1 / STRETCH, STRETCH), rel=0.04)


def slimness(image: Image.Image) -> float:
    """Height over width of the person."""
    sight = look(image)
    assert sight is not None
    left, top, right, bottom = sight.mask.point([0] * 128 + [255] * 128).getbbox() or (0, 0, 1, 1)
    return (bottom - top) / (right - left)


@pytest.mark.parametrize("name", ["01", "02", "03", "04"])
def test_a_stranger_is_one_person_with_another_face_in_the_same_clothes(archive: Path, name: str) -> None:
    person, stranger = picture(archive, name), picture(archive, name, shown="stranger")
    report = judged(stranger)
    assert (report.people, report.blocking) == (1, ())
    assert len(faces_in(networks().face, stranger).above(0.5)) == 1
    sight = look(person)
    assert sight is not None
    (x, y), shoulders = sight.points[NOSE], sight.points[list(SHOULDERS)]
    near = float(np.ptp(shoulders[:, 0])) / 8
    chest, high = shoulders.mean(axis=0), near * 2
    assert changed(person, stranger, (x - near, y - near, x + near, y + near)) > 25
    assert changed(person, stranger, (chest[0] - near, chest[1] + high, chest[0] + near, chest[1] + 2 * high)) < 4


def changed(one: Image.Image, other: Image.Image, box: tuple[float, float, float, float]) -> float:
    whole = tuple(map(round, box))
    return difference(one.crop(whole), other.crop(whole))
