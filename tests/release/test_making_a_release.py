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


def test_what_was_unreleased_gets_the_versions_heading_once(tmp_path: Path) -> None:
    changelog = tmp_path / "CHANGELOG.md"
    changelog.write_text("# Changelog\n\n## Unreleased\n\n- Pictures.\n")
    name_release(changelog, "0.2.0", DAY)
    name_release(changelog, "0.2.0", date(2027, 1, 1))
    assert changelog.read_text() == "# Changelog\n\n## Unreleased\n\n## 0.2.0 (2026-12-01)\n\n- Pictures.\n"


@pytest.mark.parametrize("version", ["", "v0.2.0", "0.2", "0.2.0; rm -rf"])
def test_without_a_version_nothing_is_written(version: str) -> None:
    with pytest.raises(SystemExit, match="make release VERSION="):
        main([version])
