"""The whole of Croquis on this machine, and two users at terminals of their own."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from laptops import laptop
from terminal import Terminal

from sandbox.laptop.launcher import Addresses


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("laptop")


@pytest.fixture(scope="module")
def addresses(folder: Path, weights: None) -> Iterator[Addresses]:
    with laptop(folder) as addresses:
        yield addresses


def signed_in(home: Path, addresses: Addresses, folder: Path, email: str) -> Terminal:
    home.mkdir()
    terminal, words = Terminal(home), ("--email", email, "--discovery", folder / ".env.local", "--password-stdin")
    said = terminal.run("login", *words, typed=f"{addresses.users[email]}\n")
    assert said.code == 0, said.err
    return terminal


@pytest.fixture(scope="module")
def maya(addresses: Addresses, folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Terminal:
    return signed_in(tmp_path_factory.mktemp("maya") / "home", addresses, folder, "maya@example.com")


@pytest.fixture(scope="module")
def noor(addresses: Addresses, folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Terminal:
    return signed_in(tmp_path_factory.mktemp("noor") / "home", addresses, folder, "noor@example.com")
