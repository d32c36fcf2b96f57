"""docs/frontend.md, compiled, run by Node against the whole of Croquis: from a password to a picture."""

import json
import os
import subprocess
from pathlib import Path

from laptops import laptop

from sandbox import ROOT

WEB = ROOT / "web"


def test_whoever_follows_the_guide_ends_with_a_picture(tmp_path: Path, weights: None) -> None:
    with laptop(tmp_path):
        told = dict(line.split("=", 1) for line in (tmp_path / ".env.local").read_text().splitlines() if line[0] != "#")
        environ = {**os.environ, **{name: value.strip("'") for name, value in told.items()}}
        walked = subprocess.run(
            ["node", "walk.mjs"], cwd=WEB, env=environ, capture_output=True, text=True, timeout=600, check=False
        )
    assert walked.returncode == 0, walked.stderr
    end = json.loads(walked.stdout.splitlines()[-1])
    assert end["statuses"] == ["saved"]
    assert end["sizes"][0] > 10_000
    assert end["worn"] == ["ready", "ready"]
    progress = [int(line.split()[1]) for line in end["shown"]]
    assert progress == sorted(progress)
    assert any(line.startswith("training ") for line in end["shown"])  # hints came: between two looks lie 30 seconds
