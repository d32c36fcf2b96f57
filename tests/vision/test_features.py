"""What is kept of a photo: enough for captions, views and set findings, and nothing that could tell a face."""

import json
from itertools import combinations

import pytest
from photo_cases import good_photo
from PIL import Image
from vision.looking import Look

from croquis.domain.photos.colours import alike_colours
from croquis.domain.photos.features import PhotoFeatures
from croquis_pictures import Photo
from croquis_vision import PhotoReport, check_photo

OUTFITS = [{"01", "06"}, {"02", "11"}, {"03", "08"}, {"04", "10"}, {"05", "07"}, {"09", "12"}]
PLAIN = {"01": "light grey", "02": "beige", "04": "light blue", "07": "white", "11": "pink"}
EVERYWHERE_ELSE = {"03", "05", "06", "08", "09", "10", "12"}  # bricks, park, street, room, beach, joints, dusk
KEPT = {
    "view", "pose", "landmarks", "body", "likeness", "clothes", "background", "background_words", "light_words",
    "proportions", "worn",
}  # fmt: skip


def shaded(image: Image.Image, factor: float) -> Image.Image:
    return image.point(lambda value: min(255, round(value * factor)))


def test_features_survive_a_row_of_the_database(reports: dict[str, PhotoReport]) -> None:
    for report in reports.values():
        stored = json.loads(json.dumps(report.features.model_dump(mode="json")))
        assert PhotoFeatures.model_validate(stored) == report.features
        assert len(json.dumps(stored)) < 5_000


def test_nothing_is_kept_that_could_tell_one_face_from_another(reports: dict[str, PhotoReport]) -> None:
    """Five of the points lie in a face, three numbers each; everything else is of the body or the place."""
    for report in reports.values():
        kept = report.features.model_dump(mode="json")
        assert set(kept) == KEPT
        assert set(kept["likeness"]) == {"dhash", "joints"}
        assert len(kept["likeness"]["dhash"]) == 16
        assert [len(it) for it in kept["likeness"]["joints"]] == [2] * 13
        assert [len(it) for it in kept["landmarks"]] == [3] * 33
        assert (len(kept["body"]), len(kept["clothes"]), len(kept["background"])) == (4, 28, 30)
        assert len(kept["worn"]) == 3


def test_view_and_pose_are_those_of_the_report(reports: dict[str, PhotoReport]) -> None:
    assert {report.pose and report.pose.words == report.features.pose for report in reports.values()} == {True}
    assert (reports["02"].features.view, reports["02"].features.pose) == ("front", "standing with hands on hips")


def test_places_in_the_photo_have_four_digits(reports: dict[str, PhotoReport]) -> None:
    features = reports["08"].features
    assert features.body is not None
    for number in (*features.body, *(it for point in features.landmarks for it in point)):
        assert number == round(number, 4)


def test_a_refused_photo_has_features_too_because_its_owner_may_use_it(look: Look) -> None:
    photo = good_photo("01")
    for refused in (look(photo.crop((0, 0, photo.width, 1_200))), look(photo.resize((128, 192)).resize(photo.size))):
        assert refused.blocking
        assert refused.features.landmarks
        assert alike_colours(refused.features.clothes, look(photo).features.clothes)


def test_the_same_photo_has_the_same_features(photo: Photo) -> None:
    assert check_photo(photo).features == check_photo(photo).features


def test_where_nobody_is_made_out_nothing_is_kept(look: Look) -> None:
    assert look(Image.new("RGB", (800, 1_200), "grey")).features == PhotoFeatures()


def test_the_same_outfit_is_alike_and_no_other(reports: dict[str, PhotoReport]) -> None:
    clothes = {name: report.features.clothes for name, report in reports.items()}
    alike = [set(pair) for pair in combinations(clothes, 2) if alike_colours(*(clothes[name] for name in pair))]
    assert alike == OUTFITS


@pytest.mark.parametrize("factor", [0.8, 1.2])
def test_an_outfit_is_the_same_in_more_and_in_less_light(
    look: Look, reports: dict[str, PhotoReport], factor: float
) -> None:
    for name in ("01", "03", "05", "10", "11"):
        assert alike_colours(reports[name].features.clothes, look(shaded(good_photo(name), factor)).features.clothes)


def test_a_place_is_the_same_in_a_crop_and_other_places_are_others(look: Look, reports: dict[str, PhotoReport]) -> None:
    places = {name: report.features.background for name, report in reports.items()}
    for name in ("03", "05", "09"):
        photo = good_photo(name)
        closer = photo.crop((40, 30, photo.width - 40, photo.height - 20))
        assert alike_colours(places[name], look(closer).features.background)
    assert not [
        pair for pair in combinations(("03", "05", "09", "12"), 2) if alike_colours(*(places[it] for it in pair))
    ]


def test_only_a_plain_wall_is_named_and_by_its_colour(reports: dict[str, PhotoReport]) -> None:
    """A wrong caption is worse than none."""
    words = {name: report.features.background_words for name, report in reports.items()}
    assert {name: words[name] for name in PLAIN} == {
        name: f"a plain {colour} backdrop" for name, colour in PLAIN.items()
    }
    assert {words[name] for name in EVERYWHERE_ELSE} == {None}


def test_light_is_named_only_where_it_is_extreme(look: Look, reports: dict[str, PhotoReport]) -> None:
    assert {report.features.light_words for report in reports.values()} == {None}
    dim = look(shaded(good_photo("03"), 0.15)).features
    # then the wall's colour is not what it looks like either
    assert (dim.light_words, dim.background_words) == ("in dim light", None)
