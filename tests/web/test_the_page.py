"""The page in a real browser against the whole of Croquis: web/e2e, run by Playwright over the built page."""

import logging
import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from laptops import free_ports, laptop, told_to_pages

from sandbox import ROOT
from sandbox.laptop.faults import Faults
from sandbox.laptop.launcher import Laptop
from sandbox.laptop.page_build import build_page
from sandbox.laptop.settings import LaptopSettings


def test_the_page_does_what_its_own_tests_say(tmp_path: Path, weights: None) -> None:
    build_page()
    with laptop(tmp_path), kept_mails(tmp_path / "mails.log"):
        assert_passes(tmp_path, "--grep-invert", "@failed_training")


def test_the_page_says_what_failed(tmp_path: Path, weights: None) -> None:
    build_page()
    settings = LaptopSettings(free_ports(), faults=Faults(("failed_training",)))
    with Laptop(settings, lambda _: None, tmp_path / "state", logs=tmp_path / "log"):
        assert_passes(tmp_path, "--grep", "@failed_training")


@contextmanager
def kept_mails(path: Path) -> Iterator[None]:
    """What the sandbox would mail goes into this file, where a browser's test reads it."""
    log, handler = logging.getLogger("sandbox.mail"), logging.FileHandler(path)
    log.addHandler(handler)
    log.setLevel(logging.INFO)
    yield
    log.removeHandler(handler)
    handler.close()


def assert_passes(folder: Path, *which: str) -> None:
    told = {**told_to_pages(folder), "CROQUIS_MAILS": str(folder / "mails.log")}
    walked = subprocess.run(
        ["npx", "playwright", "test", *which], cwd=ROOT / "web", env={**os.environ, **told},
        capture_output=True, text=True, timeout=900, check=False,
    )  # fmt: skip
    assert walked.returncode == 0, walked.stdout[-20_000:] + walked.stderr
    assert " passed" in walked.stdout
