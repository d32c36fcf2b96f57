"""A running Croquis for each module of flow tests."""

from collections.abc import Iterator
from typing import Any

import pytest
from studio import Studio, User, running


@pytest.fixture(scope="module")
def studio(gateway: Any, tmp_path_factory: pytest.TempPathFactory, monkeypatch_module: None) -> Iterator[Studio]:
    with running(gateway, tmp_path_factory.mktemp("studio")) as studio:
        yield studio


@pytest.fixture(scope="module")
def monkeypatch_module() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("AWS_DEFAULT_REGION", "us-east-1")
        yield


@pytest.fixture
def maya(studio: Studio) -> Iterator[User]:
    """Somebody with an account of her own, on a healthy day."""
    studio.faults()
    yield studio.user()
    studio.faults()
