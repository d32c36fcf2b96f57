"""Which folders the unprivileged user `nobody` can reach, and where the server's data goes when root starts it."""

import os
import shutil
from hashlib import sha256
from pathlib import Path

NOBODY = 65534
SHARED_PLACE = Path("/var/tmp")  # noqa: S108 - survives a reboot, and everybody can reach it
FOLDER_PASS = 0o001


class PostgresError(Exception):
    """Postgres cannot be run here; the text says why and how to mend it."""


def reachable(path: Path) -> bool:
    """May a user without any rights of his own walk to this path (not: read it)?"""
    return all(parent.stat().st_mode & FOLDER_PASS for parent in path.resolve().parents)


def server_folder(data_dir: Path) -> Path:
    """The wished folder; when root wishes one that `nobody` cannot reach, a link to a reachable one takes its place."""
    wished = data_dir.absolute()
    wished.parent.mkdir(parents=True, exist_ok=True)
    if os.geteuid() != 0 or reachable(wished.parent / "x"):
        wished.mkdir(mode=0o711, exist_ok=True)
        if os.geteuid() == 0:
            wished.chmod(0o711)
        return wished.resolve()
    place = SHARED_PLACE / f"croquis-{sha256(os.fsencode(wished.parent.resolve() / wished.name)).hexdigest()[:16]}"
    if not wished.is_symlink():
        _replace_by_link(wished, place)
    elif not place.exists():
        place.mkdir(mode=0o711)
    if wished.resolve() != place or place.is_symlink() or place.stat().st_uid != 0:
        raise PostgresError(f"{place}, which {wished} must lead to, is not ours. Remove both and start again.")
    return place


def _replace_by_link(wished: Path, place: Path) -> None:
    """The link is the truth: without it, what lies at the place belongs to a state that was removed."""
    if wished.is_dir():
        try:
            wished.rmdir()
        except OSError:
            raise PostgresError(
                f"The user nobody, who must run Postgres for root, cannot reach {wished}. "
                "Empty that folder, or choose one below a public folder."
            ) from None
    if place.is_dir() and not place.is_symlink() and place.stat().st_uid == 0:
        shutil.rmtree(place)
    place.mkdir(mode=0o711)
    wished.symlink_to(place)


def remove_data(data_dir: Path) -> None:
    """Delete a stopped server's data, also where a link leads to it; nothing there is no error."""
    if data_dir.is_symlink():
        shutil.rmtree(data_dir.resolve(), ignore_errors=True)
        data_dir.unlink()
    elif data_dir.exists():
        shutil.rmtree(data_dir)
