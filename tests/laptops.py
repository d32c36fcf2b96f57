"""The whole of Croquis as `make up` starts it, on free ports and in a folder of its own."""

import random
from collections.abc import Callable, Iterator
from itertools import islice
from pathlib import Path

from sandbox.laptop.addresses import Ports
from sandbox.laptop.launcher import Laptop
from sandbox.laptop.serving import ServerError, listen
from sandbox.laptop.settings import LaptopSettings

BELOW_GIVEN_OUT = range(20_000, 32_000)


def told_to_pages(folder: Path) -> dict[str, str]:
    """What a page is told of the laptop of this folder, as environment variables."""
    lines = (folder / ".env.local").read_text().splitlines()
    named = (line.split("=", 1) for line in lines if not line.startswith("#"))
    return {name: value.strip("'") for name, value in named}


def free_ports() -> Ports:
    """Free now, and not among those that systems give to whoever asks: so nobody has one between two starts."""
    names = Ports.__dataclass_fields__
    return Ports(**dict(zip(names, islice(filter(_is_free, _drawn()), len(names)), strict=True)))


def _drawn() -> Iterator[int]:
    return iter(random.SystemRandom().sample(BELOW_GIVEN_OUT, len(BELOW_GIVEN_OUT)))


def _is_free(port: int) -> bool:
    try:
        listen(port).close()
    except ServerError:
        return False
    return True


def laptop(folder: Path, say: Callable[[str], None] = lambda _: None, ports: Ports | None = None) -> Laptop:
    """Its state is kept below the folder: a second one, at the same ports, goes on where the first one stopped."""
    return Laptop(LaptopSettings(ports or free_ports()), say, folder / "state", logs=folder / "log")
