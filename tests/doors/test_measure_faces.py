"""MeasureFaces, invoked: photos and pictures by their paths go in, judgements and a reference come back."""

import pytest
from doors.exchange import invoke
from fetch_models import FACES, fetch
from photo_cases import good_photo, jpeg
from pydantic import ValidationError
from studio import Studio

from croquis import wiring
from croquis.domain.images.exam import FaceReference
from croquis.errors import Refused

PHOTOS, PICTURES = ("01", "02", "03"), ("05", "12")  # the last is seen from behind


@pytest.fixture(scope="module", autouse=True)
def stored(studio: Studio) -> None:
    fetch(lock=FACES)
    files = wiring.croquis().files
    for bucket, names in (("training-photos", PHOTOS), ("images", PICTURES)):
        for name in names:
            files.write(bucket, f"faces/{name}.jpg", jpeg(good_photo(name)), content_type="image/jpeg")


def paths(names: tuple[str, ...]) -> list[str]:
    return [f"faces/{name}.jpg" for name in names]


def test_pictures_are_judged_by_photos_and_later_by_what_was_kept_of_them() -> None:
    first = invoke("MeasureFaces", {"pictures": paths(PICTURES), "photos": paths(PHOTOS), "job_id": "j", "run": 1})
    assert first["judgements"] == ["passes", "cannot_tell"]
    assert len(FaceReference.model_validate(first["reference"]).embeddings) == 3
    later = invoke("MeasureFaces", {"pictures": paths(PICTURES), "reference": first["reference"]})
    assert later == first


def test_without_a_face_among_the_photos_nobody_can_tell(studio: Studio) -> None:
    found = invoke("MeasureFaces", {"pictures": paths(PICTURES), "photos": []})
    assert found == {
        "judgements": ["cannot_tell", "cannot_tell"],
        "similarities": [None, None],
        "reference": None,
    }


def test_a_picture_that_is_gone_is_no_judgement(studio: Studio) -> None:
    with pytest.raises(Refused, match="storage"):
        invoke("MeasureFaces", {"pictures": ["faces/nothing.jpg"], "photos": paths(PHOTOS)})


@pytest.mark.parametrize(
    "reference", [{"embeddings": []}, {"embeddings": [[0.1, 0.2]]}, {"embeddings": [[0.1] * 128] * 13}]
)
def test_a_reference_that_is_none_is_refused(studio: Studio, reference: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        invoke("MeasureFaces", {"pictures": paths(PICTURES), "reference": reference})
