"""Planted cases: the right person passes, a stranger does not, and what nobody can tell is not said. More in bench."""

import numpy as np
import pytest
from faces.people import FRONT, as_generated, people, references
from faces.planted import judged, other_poses, split, spread
from photo_cases import good_photo, jpeg
from PIL import Image

from croquis.domain.images.exam import FACES_KEPT, FaceReference, Judgement, PassRate
from croquis_faces import measure_picture, reference_of


def test_strangers_are_found_and_the_same_person_is_not_refused() -> None:
    """Everybody, 18 to 35 pixels between the eyes, compressed, brighter or darker, against everybody's reference."""
    same, strangers = (PassRate.of(it) for it in split(judged(spread())))
    assert same.passed + same.failed >= 12
    assert same.failed == 0
    assert strangers.passed + strangers.failed >= 50
    assert strangers.failed / (strangers.passed + strangers.failed) >= 0.95


def test_the_same_person_passes_in_poses_that_the_reference_does_not_hold() -> None:
    assert set(other_poses()) == {Judgement.PASSES}


def test_a_face_that_is_too_small_is_not_judged() -> None:
    somebody = people()[0]
    reference = references()[somebody.name]
    assert measure_picture(jpeg(as_generated(somebody, 24)), reference)[0] is Judgement.PASSES
    assert measure_picture(jpeg(as_generated(somebody, 10)), reference)[0] is Judgement.CANNOT_TELL


@pytest.mark.parametrize("name", ["10", "12"])  # from the side, from behind
def test_a_picture_without_a_face_to_recognise_is_not_judged(name: str) -> None:
    reference = reference_of([jpeg(good_photo("01"))])
    assert reference
    assert measure_picture(jpeg(good_photo(name)), reference)[0] is Judgement.CANNOT_TELL


def test_a_reference_holds_at_most_twelve_faces_and_nothing_else() -> None:
    photos = [jpeg(good_photo(name)) for name in FRONT]
    reference = reference_of(photos * 3)
    assert reference
    assert len(reference.embeddings) == FACES_KEPT
    assert set(FaceReference.model_fields) == {"embeddings"}
    assert np.linalg.norm(np.asarray(reference.embeddings), axis=1) == pytest.approx(1, abs=1e-3)
    assert FaceReference.model_validate_json(reference.model_dump_json()) == reference


def test_without_a_face_there_is_no_reference() -> None:
    assert reference_of([jpeg(good_photo("12")), jpeg(Image.new("RGB", (832, 1216)))]) is None


def test_the_same_picture_is_judged_the_same_way() -> None:
    one, other = (reference_of([jpeg(good_photo("01"))]) for _ in range(2))
    assert one == other
