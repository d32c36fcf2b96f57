"""`croquis` as somebody runs it at a terminal of their own: a process, an own folder for what it remembers."""

import json
import os
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sandbox import ROOT

CROQUIS = [sys.executable, "-m", "croquis_cli"]
# Ctrl-C is not ignored, even where whoever runs the tests ignores it
INTERRUPTIBLE = [sys.executable, "-c", "import signal; signal.signal(signal.SIGINT, signal.default_int_handler); "
                 "from croquis_cli.__main__ import main; main()"]  # fmt: skip
DECLARED = ("adult", "own_photos_or_authorised", "training", "storage", "processors")
CONSENTING = [word for name in DECLARED for word in ("--i-have-consent", name)]


@dataclass(frozen=True)
class Said:
    """What a command printed, and how it ended."""

    code: int
    out: str
    err: str

    @property
    def document(self) -> Any:
        """Its one JSON document."""
        return json.loads(self.out)


@dataclass
class Terminal:
    """One user's; `heard` is everything that was ever printed on it."""

    home: Path
    heard: list[str] = field(default_factory=list)

    @property
    def environ(self) -> dict[str, str]:
        unset = ("CROQUIS_", "NEXT_PUBLIC_", "VITE_", "SUPABASE_")
        usual = {name: value for name, value in os.environ.items() if not name.startswith(unset)}
        own = {"PYTHONPATH": str(ROOT / "cli"), "CROQUIS_CONFIG_DIR": str(self.home / "config"), "COLUMNS": "200"}
        return usual | own

    def run(self, *words: object, typed: str = "") -> Said:
        """The command, with what is typed on its stdin."""
        self.home.mkdir(exist_ok=True)
        ran = subprocess.run(
            [*CROQUIS, *map(str, words)], input=typed, cwd=self.home, env=self.environ, capture_output=True, text=True,
            timeout=300, check=False,
        )  # fmt: skip
        self.heard += [ran.stdout, ran.stderr]
        assert "Traceback" not in ran.stderr, ran.stderr
        return Said(ran.returncode, ran.stdout, ran.stderr)

    def json(self, *words: object) -> Any:
        """The document of a command that must succeed."""
        said = self.run(*words, "--json")
        assert said.code == 0, said.err
        return said.document

    def start(self, *words: object) -> "subprocess.Popen[str]":
        """The command, running; it can be interrupted."""
        return subprocess.Popen(
            [*INTERRUPTIBLE, *map(str, words)], cwd=self.home, env=self.environ, text=True, stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        )  # fmt: skip

    @property
    def session_file(self) -> Path:
        return self.home / "config" / "session.json"

    @property
    def session(self) -> dict[str, Any]:
        return json.loads(self.session_file.read_text())
