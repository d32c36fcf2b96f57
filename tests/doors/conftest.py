"""A running Croquis for each module of door tests, and somebody who is signed in."""

from collections.abc import Iterator
from typing import Any

import pytest
from studio import Studio, User, running


@pytest.fixture(scope="module")
def studio(gateway: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Studio]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("AWS_DEFAULT_REGION", "us-east-1")
        with running(gateway, tmp_path_factory.mktemp("studio")) as studio:
            yield studio


@pytest.fixture(scope="module")
def maya(studio: Studio) -> User:
    return studio.user()


@pytest.fixture(scope="module")
def token(studio: Studio, maya: User) -> str:
    """Maya's access token."""
    return studio.gateway.token(maya.id)
