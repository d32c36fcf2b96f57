"""One command writes what a release consists of; every place says the same version."""

import shutil
from datetime import date
from pathlib import Path

import pytest
from contracts.openapi import contract

from infra.release import ROOT, VERSIONS, main, name_release, set_version, versions

DAY = date(2026, 12, 1)


def test_every_place_says_one_version() -> None:
    said = {version for found in versions(ROOT).values() for version in found}
    assert said == {contract()["info"]["version"]}


def test_a_new_version_reaches_every_place(tmp_path: Path) -> None:
    for name in VERSIONS:
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(ROOT / name, tmp_path / name)
    set_version(tmp_path, "12.34.56")
    assert versions(tmp_path) == {name: {"12.34.56"} for name in VERSIONS}
    changed = {
        name: sum(map(str.__ne__, *((at / name).read_text().splitlines() for at in (ROOT, tmp_path))))
        for name in VERSIONS
    }
    assert changed == {name: 3 if name == "web/package-lock.json" else 1 for name in VERSIONS}


@pytest.mark.parametrize("before", ["", "\n## 0.1.0 (2026-11-01)\n\n- The first.\n"], ids=["the first", "a later one"])
def test_what_was_unreleased_gets_the_versions_heading_once(tmp_path: Path, before: str) -> None:
    changelog, top = tmp_path / "CHANGELOG.md", "# Changelog\n\n## Unreleased\n"
    changelog.write_text(f"{top}\n- Pictures.\n{before}")
    name_release(changelog, "0.2.0", DAY)
    named = changelog.read_text()
    assert named == f"{top}\n## 0.2.0 (2026-12-01)\n\n- Pictures.\n{before}"
    changelog.write_text(named.replace(top, f"{top}\n- Looks.\n"))
    name_release(changelog, "0.2.0", date(2027, 1, 1))
    assert changelog.read_text() == f"{top}\n## 0.2.0 (2026-12-01)\n\n- Pictures.\n\n- Looks.\n{before}"
    name_release(changelog, "0.2.0", date(2027, 1, 1))
    assert changelog.read_text() == f"{top}\n## 0.2.0 (2026-12-01)\n\n- Pictures.\n\n- Looks.\n{before}"


@pytest.mark.parametrize("version", ["", "v0.2.0", "0.2", "0.2.0; rm -rf"])
def test_without_a_version_nothing_is_written(version: str) -> None:
    with pytest.raises(SystemExit, match="make release VERSION="):
        main([version])
