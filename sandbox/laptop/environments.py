"""Python environments for what cannot live in ours, because its pins clash: made once from a lock file with hashes.

An environment is named after what it is made of, so a changed lock is a new one and an existing one is never touched.
"""

import hashlib
import os
import platform
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from sandbox import ROOT

ENVIRONMENTS = ROOT / ".croquis" / "envs"


class EnvironmentNotMadeError(RuntimeError):
    """The environment could not be made; the message ends with what uv said."""


@dataclass(frozen=True)
class Environment:
    """A finished environment. Start its programs with `python -m`."""

    python: Path

    @property
    def bin(self) -> Path:
        return self.python.parent


def environment(
    name: str, lock: Path, *, python: str = sys.executable, environments: Path = ENVIRONMENTS
) -> Environment:
    """The environment of this lock file for this interpreter, made if need be; two may ask at the same time."""
    home = environments / f"{name}-{_fingerprint(lock, python)}"
    if not home.is_dir():  # it appears by one rename, so it is there whole or not at all
        _make(home, lock, python)
    return Environment(home / "bin" / "python")


def find_uv() -> str:
    """The uv beside the running interpreter, else the one on PATH."""
    here = str(Path(sys.executable).parent)
    uv = shutil.which("uv", path=os.pathsep.join([here, os.environ.get("PATH", os.defpath)]))
    if uv is None:
        raise EnvironmentNotMadeError("uv is not installed here. Run `make setup`, or install uv.")
    return uv


def _fingerprint(lock: Path, python: str) -> str:
    parts = [lock.read_bytes(), _identity(python).encode()]
    return hashlib.sha256(b"\0".join(parts)).hexdigest()[:16]


def _identity(python: str) -> str:
    if python == sys.executable:
        return f"{sys.version} {sys.base_prefix} {platform.machine()}"
    ask = "import sys, platform; print(sys.version, sys.base_prefix, platform.machine())"
    return subprocess.run([python, "-c", ask], check=True, capture_output=True, text=True).stdout.strip()


def _make(home: Path, lock: Path, python: str) -> None:
    home.parent.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(dir=home.parent, prefix=".making-") as scratch:
        made = Path(scratch) / "env"
        _uv("venv", "--quiet", "--relocatable", "--no-project", "--python", python, str(made))
        target = str(made / "bin" / "python")
        _uv("pip", "install", "--quiet", "--require-hashes", "--python", target, "-r", str(lock))
        try:
            made.rename(home)
        except OSError:
            if not home.is_dir():  # else somebody else was faster, and theirs is as good
                raise


def _uv(*arguments: str) -> None:
    outcome = subprocess.run([find_uv(), *arguments], capture_output=True, text=True, stdin=subprocess.DEVNULL)
    if outcome.returncode:
        raise EnvironmentNotMadeError(
            f"`uv {arguments[0]}` failed. The packages must be in uv's cache, or an index in reach.\n"
            f"{outcome.stderr[-2000:]}"
        )
