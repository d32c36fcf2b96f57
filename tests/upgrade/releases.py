"""What is kept of a release: its state machines, its rows, what was under way at the moment of a deployment."""

import json
import re
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from infra.release import SHAPE, order

HERE = Path(__file__).parent
RELEASES = sorted((path.name for path in HERE.iterdir() if SHAPE.fullmatch(path.name)), key=order)
MACHINES = {"training": "training.asl.json", "image": "image.asl.json"}


@dataclass(frozen=True)
class Release:
    """Reads what `upgrade.record` wrote."""

    version: str

    @cached_property
    def machines(self) -> dict[str, Any]:
        """By what they make; functions are called by their names."""
        return {
            kind: json.loads(re.sub(r"\$\{(\w+)\}", r"\1", (HERE / self.version / name).read_text()))
            for kind, name in MACHINES.items()
        }

    @cached_property
    def rows(self) -> dict[str, Any]:
        return self._read("rows")

    @cached_property
    def under_way(self) -> dict[str, Any]:
        return self._read("under_way")

    @cached_property
    def provider(self) -> dict[str, Any]:
        return self._read("provider")

    def _read(self, name: str) -> dict[str, Any]:
        return json.loads((HERE / self.version / f"{name}.json").read_text())
