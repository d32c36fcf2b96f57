"""The page in a real browser against the whole of Croquis: web/e2e, run by Playwright over the built page."""

import os
import subprocess
from pathlib import Path

from laptops import laptop, told_to_pages

from sandbox import ROOT
from sandbox.laptop.page_build import build_page

WEB = ROOT / "web"


def test_the_page_does_what_its_own_tests_say(tmp_path: Path, weights: None) -> None:
    build_page()
    with laptop(tmp_path):
        walked = subprocess.run(
            ["npx", "playwright", "test"], cwd=WEB, env={**os.environ, **told_to_pages(tmp_path)}, capture_output=True,
            text=True, timeout=900, check=False,
        )  # fmt: skip
    assert walked.returncode == 0, walked.stdout[-20_000:] + walked.stderr
    assert " passed" in walked.stdout
