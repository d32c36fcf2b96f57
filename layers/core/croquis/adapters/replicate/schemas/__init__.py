"""The inputs that the engines and the trainer are known to take: see README.md."""

import json
from functools import cache
from importlib.resources import files

from croquis.domain.images.input_schema import Json


@cache
def stored_schema(name: str) -> Json | None:
    """Of the model of that name; None where none was ever written down."""
    stored = files(__name__) / f"{name.replace('/', '--')}.json"
    return json.loads(stored.read_text(encoding="utf-8")) if stored.is_file() else None
