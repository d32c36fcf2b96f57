"""A second copy of a photo adds nothing; another pose before the same wall does."""

from io import BytesIO
from itertools import combinations

import numpy as np
import pytest
from photo_cases import good_photo, jpeg
from PIL import Image, ImageEnhance, ImageOps
from vision.looking import Look

from croquis.domain.photos.likeness import Likeness, near_duplicate
from croquis_pictures import open_photo
from croquis_vision import PhotoReport, check_photo
from croquis_vision.landmarks import Landmarks
from croquis_vision.similarity import dhash, likeness_of

SOME = ("01", "04", "07", "11")


def likeness(report: PhotoReport) -> Likeness:
    assert report.features.likeness is not None
    return report.features.likeness


def cropped(image: Image.Image, share: float) -> Image.Image:
    """Without so much of its width and height, half of it at each edge."""
    x, y = round(image.width * share / 2), round(image.height * share / 2)
    return image.crop((x, y, image.width - x, image.height - y))


@pytest.mark.parametrize("name", SOME)
def test_the_same_photo_compressed_shrunk_brightened_or_cropped_is_a_duplicate(
    look: Look, reports: dict[str, PhotoReport], name: str
) -> None:
    original, photo = likeness(reports[name]), good_photo(name)
    assert near_duplicate(original, likeness(check_photo(open_photo(jpeg(photo, quality=50)))))
    for copy in (photo.resize((600, 900)), ImageEnhance.Brightness(photo).enhance(1.2), cropped(photo, 0.03)):
        assert near_duplicate(original, likeness(look(copy)))


@pytest.mark.parametrize("name", SOME)
def test_the_same_photo_mirrored_is_a_duplicate(look: Look, reports: dict[str, PhotoReport], name: str) -> None:
    mirrored = likeness(look(ImageOps.mirror(good_photo(name))))
    assert near_duplicate(likeness(reports[name]), mirrored)
    assert near_duplicate(mirrored, likeness(reports[name]))


@pytest.mark.parametrize(("orientation", "lying"), [(3, Image.Transpose.ROTATE_180), (6, Image.Transpose.ROTATE_90)])
def test_the_same_photo_of_a_turned_camera_is_a_duplicate(
    reports: dict[str, PhotoReport], orientation: int, lying: Image.Transpose
) -> None:
    exif = Image.Exif()
    exif[0x0112] = orientation
    good_photo("04").transpose(lying).save(turned := BytesIO(), "JPEG", quality=92, exif=exif)
    assert near_duplicate(likeness(reports["04"]), likeness(check_photo(open_photo(turned.getvalue()))))


def test_what_is_mirrored_twice_is_as_it_was(reports: dict[str, PhotoReport]) -> None:
    one = likeness(reports["01"])
    assert one.mirrored != one
    assert one.mirrored.mirrored == one


def test_other_poses_are_no_duplicates(reports: dict[str, PhotoReport]) -> None:
    assert [
        pair
        for pair in combinations(reports, 2)
        if near_duplicate(likeness(reports[pair[0]]), likeness(reports[pair[1]]))
    ] == []


def test_it_is_asked_for_both_the_picture_and_the_pose(reports: dict[str, PhotoReport]) -> None:
    """A tripod series has one picture hash; the same pose somewhere else has one pose."""
    one, other = likeness(reports["01"]), likeness(reports["02"])
    assert near_duplicate(one, one)
    assert not near_duplicate(one, one.model_copy(update={"joints": other.joints}))
    assert not near_duplicate(one, one.model_copy(update={"dhash": f"{int(one.dhash, 16) ^ (2**64 - 1):016x}"}))


@pytest.mark.parametrize(("bits", "moved", "same"), [(12, 0.12, True), (13, 0.12, False), (12, 0.121, False)])
def test_both_thresholds_hold(bits: int, moved: float, same: bool) -> None:
    joints = ((0.0, 0.0),) * 13
    one = Likeness(dhash="0" * 16, joints=joints)
    other = Likeness(dhash=f"{2**bits - 1:016x}", joints=((moved, 0.0), *joints[1:]))
    assert near_duplicate(one, other) is same
    assert near_duplicate(other, one) is same


def test_the_hash_compares_neighbours_row_by_row() -> None:
    brighter_to_the_right = Image.linear_gradient("L").rotate(90)
    assert dhash(brighter_to_the_right) == "f" * 16
    assert dhash(brighter_to_the_right.rotate(180)) == "0" * 16
    assert dhash(Image.new("L", (300, 200), 128)) == "0" * 16
    half = brighter_to_the_right.copy()
    half.paste(brighter_to_the_right.rotate(180).crop((0, 128, 256, 256)), (0, 128))
    assert dhash(half) == "f" * 8 + "0" * 8


def test_a_pose_is_the_same_wherever_the_person_stands_and_however_large() -> None:
    points = np.random.default_rng(7).uniform(0, 1_000, (33, 2)).astype(np.float32)
    nowhere = np.zeros((33, 3), np.float32)
    here = Landmarks(1, points, nowhere[:, 0], nowhere)
    there = Landmarks(1, points * 0.5 + np.array([300, 40], np.float32), nowhere[:, 0], nowhere)
    wall = Image.linear_gradient("L")
    assert np.allclose(likeness_of(wall, here).joints, likeness_of(wall, there).joints, atol=0.001)
