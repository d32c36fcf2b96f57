"""Photos as they come out of the gate; every test here needs the networks' weights."""

import pytest
from photo_cases import good_photo, jpeg
from vision.looking import Look

from croquis_pictures import Photo, open_photo
from croquis_vision import PhotoReport, check_photo


@pytest.fixture(scope="session", autouse=True)
def weights(weights: None) -> None:
    """tests/conftest.py's, asked for or not."""


@pytest.fixture(scope="session")
def look() -> Look:
    """Checks a picture as if it had been uploaded as a JPEG."""
    return lambda image: check_photo(open_photo(jpeg(image)))


@pytest.fixture(scope="session")
def reports(weights: None, look: Look) -> dict[str, PhotoReport]:
    """The twelve good photos, as they are."""
    return {name: look(good_photo(name)) for name in (f"{number:02}" for number in range(1, 13))}


@pytest.fixture
def photo() -> Photo:
    return open_photo(jpeg(good_photo("01")))
