"""The inputs that the engines and the trainer are known to take: see README.md."""

from functools import cache
from importlib.resources import files
from typing import cast

from croquis.domain.images.input_schema import Json
from croquis.domain.strict_json import decoded_object


@cache
def stored_schema(name: str) -> Json | None:
    """Of the model of that name; None where none was ever written down."""
    stored = files(__name__) / f"{name.replace('/', '--')}.json"
    return cast("Json", decoded_object(stored.read_bytes())) if stored.is_file() else None
