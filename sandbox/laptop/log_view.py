"""One log: shows what every part writes to its file, as it comes, each line with the part's name."""

import json
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Self

LOOK_EVERY = 0.3
SHOWN = ("functions",)


class LogView:
    """Follows the files of a folder from now on, in a thread."""

    def __init__(self, folder: Path, show: Callable[[str], None]) -> None:
        self._folder = folder
        self._show = show
        self._read: dict[Path, int] = {path: path.stat().st_size for path in folder.glob("*.log")}
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._follow, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join()

    def _follow(self) -> None:
        while not self._stop.wait(LOOK_EVERY):
            for path in sorted(self._folder.glob("*.log")):
                if path.stem in SHOWN:
                    self._show_new(path)

    def _show_new(self, path: Path) -> None:
        with path.open("rb") as file:
            file.seek(self._read.get(path, 0))
            for line in file:
                if not line.endswith(b"\n"):
                    break
                self._read[path] = self._read.get(path, 0) + len(line)
                if text := _readable(line.decode(errors="replace").strip()):
                    self._show(text)


def _readable(line: str) -> str:
    """A JSON line as `LEVEL function message key=value`; the runtime's own START and END lines are left out."""
    start = line.find("{")
    try:
        entry = json.loads(line[start:]) if start >= 0 else None
    except ValueError:
        entry = None
    if not isinstance(entry, dict) or "message" not in entry:
        return ""
    hidden = {
        "level",
        "message",
        "function",
        "location",
        "timestamp",
        "service",
        "exception",
        "exception_name",
        "stack_trace",
    }
    keys = " ".join(f"{name}={value}" for name, value in entry.items() if name not in hidden)
    return f"{entry.get('level', ''):<7} {entry.get('function', ''):<16} {entry['message']} {keys}".rstrip()
