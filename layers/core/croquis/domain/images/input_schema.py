"""The input that an engine takes, as JSON Schema: what breaks it, and whether it is still the one that we know.

Only the words that the provider's own schemas use. A key that a schema does not name breaks it: some engines ignore
such keys in silence, and would be paid for something else than was asked for.
"""

import json
from collections.abc import Iterator, Mapping
from hashlib import sha256
from typing import cast

Json = Mapping[str, object]

TYPES: dict[str, tuple[type, ...]] = {
    "string": (str,),
    "integer": (int,),
    "number": (int, float),
    "boolean": (bool,),
    "array": (list, tuple),
}
KEPT = ("type", "format", "enum", "minimum", "maximum", "maxItems", "default")


def violations(schema: Json, given: Json) -> list[str]:
    """A sentence for each thing that breaks it, in the order of the keys; none is a good input."""
    known, required = _mapping(schema.get("properties")), _names(schema.get("required"))
    missing = [f"{name} is missing." for name in required if name not in given]
    unknown = [f"{name} is not known." for name in given if name not in known]
    wrong = (it for name, value in given.items() if name in known for it in _wrong(name, _mapping(known[name]), value))
    return [*missing, *unknown, *wrong]


def fingerprint(schema: Json, words: Json | None = None) -> str:
    """The same for two schemas that take the same inputs, however they are worded; `words` are those it refers to."""
    return sha256(json.dumps(_plain(schema, words or {}), sort_keys=True).encode()).hexdigest()


def changes(before: Json, after: Json, words: Json | None = None) -> list[str]:
    """The fields that differ, by name; `after` is in the provider's own wording."""
    known, seen = (
        cast("dict[str, object]", _plain(it, words or {})["properties"]) | {"(required)": _names(it.get("required"))}
        for it in (before, after)
    )
    return sorted(name for name in known.keys() | seen.keys() if known.get(name) != seen.get(name))


def _wrong(name: str, rule: Json, value: object) -> Iterator[str]:
    kind = str(rule.get("type"))
    is_flag = isinstance(value, bool)
    if not isinstance(value, TYPES.get(kind, ())) or is_flag != (kind == "boolean"):
        yield f"{name} must be of type {kind}."
        return
    if (choices := rule.get("enum")) is not None and value not in cast("list[object]", choices):
        yield f"{name} must be one of {', '.join(map(str, cast('list[object]', choices)))}."
    if isinstance(value, list | tuple):
        yield from _wrong_items(name, rule, cast("list[object]", value))
    elif isinstance(value, int | float) and not is_flag:
        yield from _out_of_range(name, rule, value)
    elif rule.get("format") == "uri" and not str(value).startswith(("https://", "http://")):
        yield f"{name} must be a link."


def _wrong_items(name: str, rule: Json, items: list[object]) -> Iterator[str]:
    most = rule.get("maxItems")
    if isinstance(most, int) and len(items) > most:
        yield f"{name} must have {most} at most."
    for number, item in enumerate(items):
        yield from _wrong(f"{name}[{number}]", _mapping(rule.get("items")), item)


def _out_of_range(name: str, rule: Json, value: float) -> Iterator[str]:
    least, most = rule.get("minimum"), rule.get("maximum")
    if isinstance(least, int | float) and value < least:
        yield f"{name} must be {least} at least."
    if isinstance(most, int | float) and value > most:
        yield f"{name} must be {most} at most."


def _plain(schema: Json, words: Json) -> dict[str, object]:
    """Without titles, descriptions and places; what is said elsewhere said here."""
    properties = {name: _rule(_mapping(it), words) for name, it in _mapping(schema.get("properties")).items()}
    return {"required": sorted(_names(schema.get("required"))), "properties": properties}


def _rule(rule: Json, words: Json) -> dict[str, object]:
    referred = [_referred(_mapping(it), words) for it in cast("list[object]", rule.get("allOf") or ())]
    whole: dict[str, object] = {}
    for part in (*referred, rule):
        whole |= part
    kept = {name: whole[name] for name in KEPT if whole.get(name) is not None}
    return kept | ({"items": _rule(_mapping(whole["items"]), words)} if "items" in whole else {})


def _referred(part: Json, words: Json) -> Json:
    name = str(part.get("$ref", "")).rpartition("/")[2]
    return _mapping(words.get(name)) if name else part


def _mapping(value: object) -> Json:
    return cast("Json", value) if isinstance(value, Mapping) else {}


def _names(value: object) -> list[str]:
    return [str(it) for it in cast("list[object]", value)] if isinstance(value, list | tuple) else []
