"""Loaded by Schemathesis in its own environment: every other id that it makes is one of a thing that is there."""

import json
import os
from itertools import count
from typing import Any

import schemathesis

THINGS: dict[str, str] = json.loads(os.environ["CROQUIS_THINGS"])
turn = count()


@schemathesis.hook
def map_path_parameters(context: Any, path_parameters: dict[str, Any] | None) -> dict[str, Any] | None:
    if not path_parameters or next(turn) % 2:
        return path_parameters
    return {name: THINGS.get(name, given) for name, given in path_parameters.items()}


@schemathesis.hook
def map_body(context: Any, body: Any) -> Any:
    if not isinstance(body, dict) or next(turn) % 2:
        return body
    return {name: _real(name, given) for name, given in body.items()}


def _real(name: str, given: Any) -> Any:
    if name.endswith("_ids") and isinstance(given, list) and name[:-1] in THINGS:
        return [THINGS[name[:-1]]]
    return THINGS.get(name, given)
