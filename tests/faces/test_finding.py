"""Where the faces are, also the small ones of whole figures."""

import numpy as np
import pytest
from faces.people import as_generated, people, references
from photo_cases import GOOD, good_photo
from PIL import Image

from croquis_faces.finding import find_faces
from croquis_faces.judging import similarity
from croquis_faces.networks import networks
from croquis_faces.recognising import embedding_of


def faces_of(image: Image.Image) -> list:
    return find_faces(networks().finder, image)


@pytest.mark.parametrize(("name", "count"), [("two_people", 2), ("no_person", 0), ("head_cut", 0), ("too_small", 1)])
def test_the_faces_of_a_photo_are_counted(name: str, count: int) -> None:
    with Image.open(GOOD.parent / "bad" / f"{name}.jpg") as image:
        assert len(faces_of(image.convert("RGB"))) == count


def test_five_people_are_five_faces_the_largest_first() -> None:
    crowd = next(it.image for it in people() if it.name.startswith("multi_face"))
    sides = [face.side for face in faces_of(crowd)]
    assert len(sides) == 5
    assert sides == sorted(sides, reverse=True)


def test_a_small_face_is_looked_at_again_and_so_recognised_like_a_large_one() -> None:
    """At 14 pixels between the eyes one look would leave a likeness of .2 to some."""
    for person in people():
        if person.name in references():
            picture = as_generated(person, 14)
            (face,) = faces_of(picture)
            assert face.between_eyes == pytest.approx(14, rel=0.08)
            assert similarity(embedding_of(networks().recogniser, picture, face), references()[person.name]) > 0.7


def test_a_back_has_no_face() -> None:
    assert faces_of(good_photo("12")) == []


def test_the_points_are_where_they_are_in_a_picture_twice_as_large() -> None:
    photo = good_photo("01")
    (small,), (large,) = faces_of(photo), faces_of(photo.resize((photo.width * 2, photo.height * 2)))
    assert np.abs(large.points / 2 - small.points).max() < 0.04 * small.side
