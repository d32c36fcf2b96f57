"""`croquis`, the command line, as somebody at a terminal of this machine runs it: shown first, then run."""

import json
import os
import shlex
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from sandbox import ROOT
from sandbox.laptop.env_file import ENV_FILE

CROQUIS = [sys.executable, "-m", "croquis_cli"]
PATIENCE_SECONDS = 600  # without anything new; what goes on may take as long as it takes
LOOK_EVERY = 2.0

View = dict[str, Any]


class CommandLine:
    """Of one user. What fails ends the process: the command has said why, and `croquis` exits with 1 to 5."""

    def __init__(self, folder: Path, say: Callable[[str], object], environ: Mapping[str, str] = os.environ) -> None:
        self._say = say
        unset = ("CROQUIS_", "NEXT_PUBLIC_", "VITE_", "SUPABASE_")
        usual = {name: value for name, value in environ.items() if not name.startswith(unset)}
        self._environ = usual | {"PYTHONPATH": str(ROOT / "cli"), "CROQUIS_CONFIG_DIR": str(folder)}

    def sign_in(self, email: str, password: str) -> None:
        """As the user, whose session stays in the folder."""
        words = ("login", "--discovery", str(ENV_FILE), "--email", email, "--password-stdin")
        self._shown(words)
        ran = subprocess.run(
            [*CROQUIS, *words], input=f"{password}\n", env=self._environ, cwd=ROOT, text=True, check=False
        )
        _must_be_done(ran.returncode)

    def run(self, *words: str) -> None:
        """The command, which says what it says on this terminal."""
        self._shown(words)
        with subprocess.Popen([*CROQUIS, *words], env=self._environ, cwd=ROOT, stdin=subprocess.DEVNULL) as running:
            try:
                self._sit_out(running)
            except KeyboardInterrupt:
                running.wait()  # it got the Ctrl-C too, and says how to come back
                raise
        _must_be_done(running.returncode)

    def document(self, *words: str) -> Any:
        """What the command answers to programs; nothing is shown."""
        ran = subprocess.run(
            [*CROQUIS, *words, "--json"], env=self._environ, cwd=ROOT, stdin=subprocess.DEVNULL,
            capture_output=True, text=True, check=False,
        )  # fmt: skip
        if ran.returncode:
            raise SystemExit(ran.stderr)
        return json.loads(ran.stdout)

    def _shown(self, words: tuple[str, ...]) -> None:
        self._say(f"\n$ croquis {shlex.join(words)}")
        sys.stdout.flush()

    def _sit_out(self, running: "subprocess.Popen[bytes]") -> None:
        last, since = None, time.monotonic()
        while True:
            try:
                running.wait(LOOK_EVERY)
                return
            except subprocess.TimeoutExpired:
                pass
            if time.monotonic() - since > PATIENCE_SECONDS / 2:  # a slow machine may take long, if something changes
                newest = self._newest_training()
                if newest == last:
                    running.terminate()
                    raise SystemExit(
                        f"Nothing has changed for minutes: {newest}. Nothing is lost: `make up` goes on with it "
                        "and shows the log; .croquis/log has it too."
                    )
                last, since = newest, time.monotonic()

    def _newest_training(self) -> str:
        """In words."""
        found = self.document("status")["trainings"][:1]
        if not found:
            return "there is no training yet"
        view = self.document("status", found[0]["id"])
        photos = [f"photo {it['slot']} is {it['status'].replace('_', ' ')}" for it in view["photos"] if not it["view"]]
        return ", ".join([f"job {view['id']} is {view['status']} at {view['progress']:.0%}", *photos])


def _must_be_done(exit_code: int) -> None:
    if exit_code:
        raise SystemExit(exit_code)
