"""What a release freezes: its version, its line in the changelog, the checksums of its migrations.

`python -m infra.release VERSION`; `make release VERSION=…` calls it. Until the tag is set it may be repeated.
"""

import hashlib
import re
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path

from infra.deploy.errors import Stopped

ROOT = Path(__file__).parents[1]
MIGRATIONS = ROOT / "infra/supabase/migrations"
RELEASED = ROOT / "infra/supabase/released"
SHAPE = re.compile(r"\d+\.\d+\.\d+")
# where the version stands: the first group is kept, what follows it is the version
VERSIONS = {
    "pyproject.toml": r'(^version = ")[^"]+',
    "cli/pyproject.toml": r'(^version = ")[^"]+',
    "cli/croquis_cli/__init__.py": r'(^VERSION = ")[^"]+',
    "web/client/package.json": r'(^  "version": ")[^"]+',
    "web/react/package.json": r'(^  "version": ")[^"]+',
    "web/page/package.json": r'(^  "version": ")[^"]+',
    "web/package-lock.json": r'("name": "@croquis/\w+",\n +"version": ")[^"]+',
}
UNRELEASED, HEADING = "## Unreleased\n", "\n## "


def main(arguments: list[str]) -> None:
    """Write it all, or say what stands against it and write nothing."""
    version = (arguments or [""])[0]
    try:
        _check(version)
    except Stopped as error:
        sys.exit(f"error: {error}")
    set_version(ROOT, version)
    name_release(ROOT / "CHANGELOG.md", version, datetime.now(UTC).date())
    freeze(MIGRATIONS, RELEASED, version)


def _check(version: str) -> None:
    if not SHAPE.fullmatch(version):
        raise Stopped("Which version? Say for example: make release VERSION=0.2.0")
    if _git("tag", "--list", f"v{version}"):
        raise Stopped(f"v{version} is tagged, and what is released stays as it is: take the next version.")
    if _git("status", "--porcelain"):
        raise Stopped("There are changes that are not committed: a release is made of what is committed.")
    if wrong := [*broken(MIGRATIONS, RELEASED, but=version)]:
        raise Stopped(" ".join(wrong))


def set_version(root: Path, version: str) -> None:
    """Wherever it stands."""
    for name, pattern in VERSIONS.items():
        text = (root / name).read_text()
        (root / name).write_text(re.sub(pattern, rf"\g<1>{version}", text, flags=re.MULTILINE))


def versions(root: Path) -> dict[str, set[str]]:
    """What each place says."""
    return {
        name: {found[0][len(found[1]) :] for found in re.finditer(pattern, (root / name).read_text(), re.MULTILINE)}
        for name, pattern in VERSIONS.items()
    }


def name_release(changelog: Path, version: str, day: date) -> None:
    """What was unreleased is this version's; if it was made before, its heading stays and this comes to its end."""
    before, _, after = changelog.read_text().partition(UNRELEASED)
    entries, next_heading, older = after.partition(HEADING)
    own = f"{version} ({day})"
    if older.startswith(f"{version} ("):
        own, next_heading, older = older.partition(HEADING)
    section = "\n\n".join(it for it in (own.strip(), entries.strip()) if it)
    changelog.write_text(f"{before}{UNRELEASED}{HEADING}{section}\n{next_heading}{older}")


def freeze(migrations: Path, released: Path, version: str) -> None:
    """The migrations that no other release has, by checksum, as `sha256sum --check` reads it."""
    others = frozen(released, but=version)
    own = (path for path in sorted(migrations.glob("*.sql")) if path.name not in others)
    released.mkdir(exist_ok=True)
    (released / f"{version}.sha256").write_text("".join(f"{_checksum(path)}  {path.name}\n" for path in own))


def frozen(released: Path, but: str = "", until: str = "") -> dict[str, str]:
    """The checksums of all released migrations, by name; without those of one version, or of the ones after another."""
    found = sorted(released.glob("*.sha256"), key=lambda path: order(path.stem))
    lists = (it.read_text() for it in found if it.stem != but and (not until or order(it.stem) <= order(until)))
    lines = (line.split("  ") for text in lists for line in text.splitlines())
    return {name: checksum for checksum, name in lines}


def broken(migrations: Path, released: Path, but: str = "") -> Iterator[str]:
    """What was done to released migrations, in sentences."""
    kept, there = frozen(released, but), {path.name: path for path in migrations.glob("*.sql")}
    advice = "leave it as it was released, and write a new migration with a later number."
    for name, checksum in kept.items():
        if name not in there:
            yield f"{name} was released and is gone: {advice}"
        elif _checksum(there[name]) != checksum:
            yield f"{name} was released and is changed: {advice}"
    last = max(kept, default="")
    for name in sorted(there.keys() - kept.keys()):
        if _number(name) <= _number(last):
            yield f"{name} comes before {last}, which was released and may be applied already: give it a later number."


def order(version: str) -> list[int]:
    """Sorts versions as they follow each other."""
    return [int(it) for it in version.split(".")]


def _number(name: str) -> str:
    return name.partition("_")[0]


def _checksum(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def _git(*words: str) -> str:
    return subprocess.run(["git", *words], cwd=ROOT, capture_output=True, text=True, check=True).stdout.strip()  # noqa: S607


if __name__ == "__main__":
    main(sys.argv[1:])
