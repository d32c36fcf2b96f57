"""One world for a module of runs of faults."""

from collections.abc import Iterator
from typing import Any

import pytest
from faults.scenarios import stock
from faults.world import World


@pytest.fixture(scope="module")
def world(database: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("AWS_DEFAULT_REGION", "us-east-1")
        with World(database, tmp_path_factory.mktemp("world")) as world:
            world.begin()
            stock(world)
            yield world
