"""Files that only their owner may read: whole or not at all, whoever is interrupted while writing."""

import json
import os
import tempfile
from pathlib import Path
from typing import Any, cast


def write_private(path: Path, document: dict[str, Any]) -> None:
    """Replaces the file in one step; its folder is made for its owner alone."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}-")  # made with mode 0600
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            json.dump(document, file)
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


def read_private(path: Path) -> dict[str, Any] | None:
    """What is in the file; None where there is none, or nothing that we wrote."""
    try:
        document: Any = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return cast("dict[str, Any]", document) if isinstance(document, dict) else None
