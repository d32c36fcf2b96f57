"""The whole of Croquis as `make up` starts it, on free ports and in a folder of its own."""

from collections.abc import Callable
from pathlib import Path

from sandbox.laptop.addresses import Ports
from sandbox.laptop.launcher import Laptop
from sandbox.laptop.serving import free_port
from sandbox.laptop.settings import LaptopSettings


def told_to_pages(folder: Path) -> dict[str, str]:
    """What a page is told of the laptop of this folder, as environment variables."""
    lines = (folder / ".env.local").read_text().splitlines()
    named = (line.split("=", 1) for line in lines if not line.startswith("#"))
    return {name: value.strip("'") for name, value in named}


def free_ports() -> Ports:
    return Ports(**{name: free_port() for name in Ports.__dataclass_fields__})


def laptop(folder: Path, say: Callable[[str], None] = lambda _: None, ports: Ports | None = None) -> Laptop:
    """Its state is kept below the folder: a second one, at the same ports, goes on where the first one stopped."""
    return Laptop(LaptopSettings(ports or free_ports()), say, folder / "state", logs=folder / "log")
