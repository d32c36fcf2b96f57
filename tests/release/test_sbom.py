"""The list of what Croquis is made of: every locked package, which of them are deployed, and the same each time."""

import itertools
import json
import shutil
from pathlib import Path

import pytest

from infra.sbom import ROOT, document

FOUND = document(ROOT)
BY_ADDRESS = {it["purl"]: it for it in FOUND["components"]}
LOCKS = sorted((ROOT / "requirements").glob("*.txt"))
PACKAGES = json.loads((ROOT / "web/package-lock.json").read_text())["packages"]
OURS = ("client", "react", "page")
EXTERNAL = {place: it for place, it in PACKAGES.items() if "integrity" in it}


@pytest.mark.parametrize("lock", LOCKS, ids=lambda it: it.stem)
def test_every_locked_package_of_python_is_in_it(lock: Path) -> None:
    pins = [line.split()[0].partition("==") for line in lock.read_text().splitlines() if line[:1].isalnum()]
    assert pins
    named = {(it["name"], it["version"]) for it in FOUND["components"] if it["purl"].startswith("pkg:pypi/")}
    assert {(name.partition("[")[0].lower().replace("_", "-"), version) for name, _, version in pins} <= named


def test_every_locked_package_of_the_page_is_in_it_once() -> None:
    named = [(it["name"], it["version"]) for it in FOUND["components"] if it["purl"].startswith("pkg:npm/")]
    assert len(named) == len(set(named))
    assert set(named) == {(place.rpartition("node_modules/")[2], it["version"]) for place, it in EXTERNAL.items()}
    left_out = {place for place in PACKAGES if place not in EXTERNAL}
    assert left_out == {"", *OURS, *(f"node_modules/@croquis/{it}" for it in OURS)}


def test_what_is_deployed_is_told_from_what_only_tests_and_builds_need() -> None:
    """Of one that several locks pin, in several versions, at least one is deployed."""
    deployed = {it["purl"].partition("@")[0] for it in FOUND["components"] if it["scope"] == "required"}
    all_there = {it["purl"].partition("@")[0] for it in FOUND["components"]}
    assert {"pkg:pypi/pydantic", "pkg:pypi/click", "pkg:npm/react"} <= deployed
    assert {"pkg:pypi/pytest", "pkg:pypi/ruff", "pkg:npm/vitest"} <= all_there - deployed


def test_each_has_the_hashes_of_its_lock() -> None:
    assert [it["purl"] for it in FOUND["components"] if not it["hashes"]] == []
    lengths = {(it["alg"], len(it["content"])) for component in FOUND["components"] for it in component["hashes"]}
    assert lengths == {("SHA-256", 64), ("SHA-512", 128)}
    pin, *words = (ROOT / "requirements/core.txt").read_text().replace("\\", "").split()
    own = itertools.takewhile(lambda it: it.startswith("--hash"), words)
    [first] = [it for it in FOUND["components"] if f"{it['name']}=={it['version']}" == pin]
    assert {it["content"] for it in first["hashes"]} == {it.removeprefix("--hash=sha256:") for it in own}


def test_the_same_locks_give_the_same_list_and_another_version_another_number(tmp_path: Path) -> None:
    assert document(ROOT) == FOUND
    shutil.copytree(ROOT / "requirements", tmp_path / "requirements")
    (tmp_path / "web").mkdir()
    for name in ("pyproject.toml", "web/package-lock.json"):
        shutil.copyfile(ROOT / name, tmp_path / name)
    assert document(tmp_path)["serialNumber"] == FOUND["serialNumber"]
    lock = tmp_path / "requirements/core.txt"
    lock.write_text(lock.read_text().replace("==", "==9", 1))
    assert document(tmp_path)["serialNumber"] != FOUND["serialNumber"]
