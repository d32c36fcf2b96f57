"""What one look misses: people behind or beside the main person, heads that are not there, feet in doubt, veils."""

from dataclasses import replace

import numpy as np
import pytest
from photo_cases import good_photo, jpeg
from PIL import Image, ImageDraw, ImageFilter
from vision.looking import Look

from croquis.domain.photos.features import Landmark
from croquis.domain.photos.photo import CameraView
from croquis_pictures import open_photo
from croquis_vision.faces import Face, other_faces, own_face
from croquis_vision.facing import view_of
from croquis_vision.framing import framing_of
from croquis_vision.landmarks import FEET, Landmarks, main_person, presence_in_mirror
from croquis_vision.looking_closer import Sight, look_closer
from croquis_vision.networks import networks
from croquis_vision.outline import Outline
from croquis_vision.people import hidden_people
from croquis_vision.person_detector import persons_from_afar, persons_in
from croquis_vision.thresholds import THRESHOLDS


def codes(look: Look, image: Image.Image) -> list[str]:
    return [it.code for it in look(image).blocking]


def pixels(point: Landmark, photo: Image.Image) -> tuple[float, float]:
    return point.x * photo.width, point.y * photo.height


def beside(main: str, share: float, look: Look) -> Image.Image:
    """Photo 12, from behind, this much smaller and in the wider space at one side, on the floor of `main`."""
    photo, other = good_photo(main), good_photo("12")
    here, there = look(photo).features.body, look(other).features.body
    assert here is not None
    assert there is not None
    wide, high = other.size
    cut = other.crop((int(there.left * wide), int(there.top * high), int(there.right * wide), int(there.bottom * high)))
    cut = cut.resize((round(cut.width * share), round(cut.height * share)))
    soft = Image.new("L", cut.size)
    soft.paste(255, (8, 8, cut.width - 8, cut.height - 8))
    middle = (here.right + 1) / 2 if 1 - here.right > here.left else here.left / 2
    corner = (round(middle * photo.width - cut.width / 2), round(here.bottom * photo.height - cut.height))
    photo.paste(cut, corner, soft.filter(ImageFilter.GaussianBlur(4)))
    return photo


@pytest.mark.parametrize(
    ("main", "share"), [("03", 0.5), ("03", 0.65), ("04", 0.5), ("06", 0.5), ("06", 0.65), ("09", 0.5)]
)
def test_a_smaller_person_who_turns_the_back_is_counted(look: Look, main: str, share: float) -> None:
    """One look sees the larger one only."""
    photo = beside(main, share, look)
    assert len(persons_in(networks().person, photo.reduce(2)).above(THRESHOLDS.person_score)) == 1
    assert codes(look, photo) == ["several_people"]


def test_somebody_beside_is_named_before_a_head_that_is_hidden(look: Look) -> None:
    """A hidden head may be overridden by a click; somebody who has not agreed, never."""
    assert codes(look, headless(beside("03", 0.65, look), "03", look)) == ["several_people"]


def test_a_photo_of_one_person_shows_nobody_once_that_one_is_taken_out() -> None:
    for number in range(1, 13):
        small = good_photo(f"{number:02}").reduce(2)
        nets = networks()
        person = main_person(nets.landmarks, small, persons_in(nets.person, small).above(0.5), 0.5)
        assert person is not None
        assert hidden_people(nets, small, person) == 0


def test_what_is_taken_out_is_painted_over_with_what_is_around_it() -> None:
    picture = Image.new("RGB", (256, 256), (200, 120, 40))
    for left in range(0, 256, 32):
        picture.paste((40, 120, 200), (left, 0, left + 16, 256))
    before = np.asarray(picture).copy()
    body = np.zeros((256, 256), np.bool_)
    body[80:200, 100:140] = True
    picture.paste((0, 255, 0), (100, 80, 140, 200))
    outline = Outline(body=body, pixels=np.asarray(picture), turn=np.eye(2, 3, dtype=np.float32))
    without = outline.removed_from(picture, 40)
    assert without is not None
    after = np.asarray(without)
    assert np.array_equal(after[:60], before[:60])
    assert after[80:200, 100:140, 1].max() < 160  # nothing of the green is left
    assert outline.removed_from(Image.new("RGB", (256, 256), (200, 200, 200)), 40) is None


def headless(photo: Image.Image, name: str, look: Look) -> Image.Image:
    """The head painted over with the wall beside it, as if it were behind something."""
    nose, left, right = (look(good_photo(name)).landmarks[it] for it in (0, 11, 12))
    x, y = pixels(nose, photo)
    neck = (left.y + right.y) / 2 * photo.height - y
    hole = Image.new("L", photo.size)
    ImageDraw.Draw(hole).ellipse((x - neck, y - 1.2 * neck, x + neck, y + 0.6 * neck), fill=255)
    wall = photo.crop((0, 0, round(2 * neck) + 1, round(1.8 * neck) + 1)).resize((round(2 * neck), round(1.8 * neck)))
    over = photo.copy()
    over.paste(wall, (round(x - neck), round(y - 1.2 * neck)))
    return Image.composite(over, photo, hole)


@pytest.mark.parametrize("name", ["02", "03", "04"])
def test_whoever_faces_the_camera_has_a_face(look: Look, name: str) -> None:
    assert codes(look, headless(good_photo(name), name, look)) in (["head_cut"], ["no_person"])


def sight_of(image: Image.Image) -> Sight:
    nets, small = networks(), image.reduce(2)
    person = main_person(nets.landmarks, image, persons_in(nets.person, small).above(0.5), 0.5)
    assert person is not None
    return Sight(image, small, person, view_of(person), people=1, more_hinted=False, face=0.9)


def wrong_with(sight: Sight) -> str | None:
    finding = look_closer(networks(), sight).wrong
    return finding and finding.code


def without_rows(sight: Sight, rows: slice) -> Sight:
    """As the outline is when this part of the body is behind something."""
    outline = sight.person.outline
    body = outline.body.copy()
    body[rows] = False
    return replace(sight, person=replace(sight.person, outline=replace(outline, body=body)))


def test_seen_from_behind_a_head_must_stand_out_above_the_shoulders() -> None:
    sight = sight_of(good_photo("12"))
    assert sight.view is CameraView.BACK
    assert wrong_with(sight) is None
    crown = int(np.argmax(sight.person.outline.body.any(axis=1)))
    nothing_else = replace(sight, small=Image.new("RGB", sight.small.size, "white"))
    assert wrong_with(nothing_else) is None
    assert wrong_with(without_rows(nothing_else, slice(0, crown + 30))) == "head_cut"


@pytest.mark.parametrize("name", ["01", "05", "12"])
def test_feet_behind_something_are_not_seen_although_the_network_guesses_them(name: str) -> None:
    sight = sight_of(good_photo(name))
    assert wrong_with(sight) is None
    shoes = int(np.flatnonzero(sight.person.outline.body.any(axis=1))[-1])
    assert wrong_with(without_rows(sight, slice(shoes - 40, None))) == "feet_cut"


def with_presence(sight: Sight, presence: float) -> Sight:
    return replace(sight, person=replace(sight.person, presence=np.full(33, presence, np.float32)))


def test_feet_in_doubt_are_looked_at_in_the_mirror() -> None:
    """Of this photo the mirror says that they are there; one that says otherwise is believed as much."""
    sight = sight_of(good_photo("01"))
    assert wrong_with(with_presence(sight, 0.49)) == "feet_cut"
    assert wrong_with(with_presence(sight, 0.51)) is None
    pixels = sight.person.outline.pixels.copy()
    pixels[200:] = 0
    dark = replace(sight.person, outline=replace(sight.person.outline, pixels=pixels))
    assert presence_in_mirror(networks().landmarks, dark)[list(FEET)].min() < 0.4
    assert wrong_with(with_presence(replace(sight, person=dark), 0.79)) == "feet_cut"
    assert wrong_with(with_presence(replace(sight, person=dark), 0.81)) is None


def veiled(name: str, colour: str, down: float, look: Look) -> Image.Image:
    """A veil from the crown to this share of the way from the shoulders to the ankles."""
    photo, points = good_photo(name), look(good_photo(name)).landmarks
    x, nose = pixels(points[0], photo)
    shoulders = (points[11].y + points[12].y) / 2 * photo.height
    neck, end = shoulders - nose, shoulders + down * (points[27].y * photo.height - shoulders)
    half = 0.62 * max(abs(points[11].x - points[12].x) * photo.width, neck)
    right = [(0.25 * neck, nose - 0.85 * neck), (0.5 * neck, nose - 0.2 * neck), (half, shoulders + 0.3 * neck)]
    outline = [*right, (1.15 * half, end)]
    shape = [(x + dx, y) for dx, y in outline] + [(x - dx, y) for dx, y in reversed(outline)]
    ImageDraw.Draw(photo).polygon(shape, fill=colour)
    return photo


@pytest.mark.parametrize(("name", "colour", "down"), [("12", "white", 0.3), ("03", "white", 0.6)])
def test_somebody_in_a_veil_is_found_with_a_margin_around_the_picture(
    look: Look, name: str, colour: str, down: float
) -> None:
    photo = veiled(name, colour, down, look)
    small, nets = open_photo(jpeg(photo)).image.reduce(2), networks()
    assert persons_in(nets.person, small).above(THRESHOLDS.person_score) == []
    [found] = persons_from_afar(nets.person, small, THRESHOLDS.person_score)
    assert found.points[0] == pytest.approx((0.5, 0.55), abs=0.15)  # the hips, in shares of the picture itself
    assert look(photo).people == 1


def test_a_second_face_counts_when_it_is_sure_large_and_not_the_persons_own() -> None:
    own, other = Face(0.9, from_nose=0.02, height=0.045), Face(0.7, from_nose=0.3, height=0.04)
    assert other_faces([own, other], THRESHOLDS.face_counted) == 1
    assert own_face([own, other]) == 0.9
    for name, value in (("score", 0.6), ("from_nose", 0.08), ("height", 0.019)):
        assert other_faces([own, other._replace(**{name: value})], THRESHOLDS.face_counted) == 0
    assert own_face([other]) == 0


def test_a_weak_face_in_a_pattern_refuses_nobody(look: Look) -> None:
    """It is a reason to look again, and without somebody around it nothing comes of it."""
    sight = replace(sight_of(good_photo("03")), more_hinted=True)
    assert wrong_with(sight) is None


def test_a_person_is_as_large_as_the_larger_of_height_and_width() -> None:
    points = np.full((33, 2), 500, np.float32)
    points[:, 1] = np.linspace(400, 700, 33)
    points[15], points[16] = (100, 500), (900, 500)
    person = Landmarks(1, points, np.ones(33, np.float32), np.zeros((33, 3), np.float32))
    assert framing_of(person, (1_000, 1_000)).size == pytest.approx(0.8)


@pytest.mark.parametrize("wall", ["white", "black"])
def test_a_wall_is_neither_too_bright_nor_too_dark(look: Look, wall: str) -> None:
    """Light is judged on the body, not on what is around it."""
    photo = good_photo("05")
    sight = sight_of(photo)
    body = sight.person.outline._mask(photo.size)  # pyright: ignore[reportPrivateUsage]
    alone = Image.composite(photo, Image.new("RGB", photo.size, wall), body)
    assert not {it.code for it in look(alone).findings} & {"too_bright", "too_dark"}
