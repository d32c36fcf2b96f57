"""JSON files that are either the old or the new content, whatever happens while they are written."""

import json
import os
from collections.abc import Iterator
from pathlib import Path

from sandbox.replicate.inputs import JsonObject


def write_json(path: Path, content: JsonObject) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh = path.with_suffix(".new")
    fresh.write_text(json.dumps(content, ensure_ascii=False), encoding="utf-8")
    os.replace(fresh, path)


def read_all_json(directory: Path) -> Iterator[JsonObject]:
    for path in sorted(directory.glob("*.json")):
        yield json.loads(path.read_text(encoding="utf-8"))
