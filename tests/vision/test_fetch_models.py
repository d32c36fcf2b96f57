"""The weights are exactly the locked ones, are fetched once, and are there whole or not at all."""

import os
import sys
from pathlib import Path

import fetch_models
import pytest
from fetch_models import FACES, VISION, ModelsNotFetchedError, fetch

GOOD, OTHER = b"weights", b"other bytes"
LOCK = """
[wheel]
requirement = "box==1.0"
platform = "x86_64-manylinux_2_28"
python = "3.11"
sha256 = "00"
[[model]]
name = "a.tflite"
member = "box/modules/a.tflite"
sha256 = "9d75cca6af6fae388d4a98a4da9d8a9d5ccae41e9ad06a59837a62bd06e3a24f"
licence = "Apache-2.0"
"""
FAKE_UV = """#!{python}
import pathlib, sys
arguments = sys.argv[1:]
pathlib.Path({log!r}).open("a").write(" ".join(arguments) + chr(10))
requirement = pathlib.Path(arguments[arguments.index("-r") + 1]).read_text()
assert requirement == "box==1.0 --hash=sha256:00" + chr(10), requirement
folder = pathlib.Path(arguments[arguments.index("--target") + 1]) / "box/modules"
folder.mkdir(parents=True)
(folder / "a.tflite").write_bytes({content!r})
(folder / "b.tflite").write_bytes(b"not wanted")
sys.exit({code})
"""


@pytest.fixture
def lock(tmp_path: Path) -> Path:
    import hashlib

    path = tmp_path / "models.lock"
    known = "9d75cca6af6fae388d4a98a4da9d8a9d5ccae41e9ad06a59837a62bd06e3a24f"
    path.write_text(LOCK.replace(known, hashlib.sha256(GOOD).hexdigest()))
    return path


def fake_uv(folder: Path, content: bytes = GOOD, code: int = 0) -> dict[str, str]:
    uv = folder / "uv"
    uv.write_text(FAKE_UV.format(python=sys.executable, log=str(folder / "log"), content=content, code=code))
    uv.chmod(0o755)
    return {"UV": str(uv), "PATH": os.environ["PATH"]}


def asked(folder: Path) -> int:
    log = folder / "log"
    return len(log.read_text().splitlines()) if log.exists() else 0


def test_only_the_locked_files_are_taken_and_only_once(tmp_path: Path, lock: Path) -> None:
    environment, models = fake_uv(tmp_path), tmp_path / "models"
    assert fetch(models, lock=lock, environment=environment) == models
    assert {path.name: path.read_bytes() for path in models.iterdir()} == {"a.tflite": GOOD}
    fetch(models, lock=lock, environment=environment)
    assert asked(tmp_path) == 1
    assert "--require-hashes" in (tmp_path / "log").read_text()
    assert "--no-deps" in (tmp_path / "log").read_text()


def test_a_file_that_was_changed_is_fetched_again(tmp_path: Path, lock: Path) -> None:
    models = tmp_path / "models"
    models.mkdir()
    (models / "a.tflite").write_bytes(OTHER)
    fetch(models, lock=lock, environment=fake_uv(tmp_path))
    assert (models / "a.tflite").read_bytes() == GOOD


def test_another_file_than_the_locked_one_is_refused_and_leaves_nothing(tmp_path: Path, lock: Path) -> None:
    with pytest.raises(ModelsNotFetchedError, match=r"a\.tflite"):
        fetch(tmp_path / "models", lock=lock, environment=fake_uv(tmp_path, content=OTHER))
    assert list((tmp_path / "models").iterdir()) == []


def test_without_a_network_it_says_what_is_missing(tmp_path: Path, lock: Path) -> None:
    with pytest.raises(ModelsNotFetchedError, match="index in reach"):
        fetch(tmp_path / "models", lock=lock, environment=fake_uv(tmp_path, code=1))


@pytest.mark.parametrize(("lock", "names"), [(VISION, "*.tflite"), (FACES, "*.onnx")])
def test_the_weights_that_are_here_are_the_locked_ones_and_need_no_network(lock: Path, names: str) -> None:
    """With no uv to be found, anything that were missing would be an error."""
    fetch(lock=lock)
    folder = fetch(lock=lock, environment={"UV": "/nowhere/uv"})
    assert {path.name for path in folder.glob(names)} == {model.name for model in fetch_models._locked(lock)[1]}


@pytest.mark.parametrize(
    ("lock", "licences"), [(VISION, ["Apache-2.0", "Apache-2.0", "Apache-2.0"]), (FACES, ["MIT", "Apache-2.0"])]
)
def test_the_lock_names_a_licence_and_a_hash_for_each(lock: Path, licences: list[str]) -> None:
    wheel, models = fetch_models._locked(lock)
    assert [model.licence for model in models] == licences
    assert all(len(digest) == 64 for digest in (wheel.sha256, *(model.sha256 for model in models)))


def test_the_layer_of_faces_carries_the_licence_of_each_network_and_names_it() -> None:
    _, models = fetch_models._locked(FACES)
    notice = (FACES.parent / "NOTICE").read_text()
    assert all(model.name in notice and f"LICENSE.{model.licence}" in notice for model in models)
    assert all((FACES.parent / f"LICENSE.{model.licence}").is_file() for model in models)
