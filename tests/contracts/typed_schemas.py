"""Schemas as a front end's generator needs them to type well: what may be left out is optional, what is shown is there.

A generator takes a field with a default for one that is always there, so a request's defaults are told in words; an
answer always has all its fields. Formats go by the field's name, which means the same everywhere.
"""

import re
from collections.abc import Iterator
from typing import Any

from contracts.words import FIELDS, SCHEMAS

from croquis.http.door import UUID

Json = dict[str, Any]

FORMATS = {
    "id": "uuid", "job_id": "uuid", "model_id": "uuid", "photo_id": "uuid", "consent_id": "uuid",
    "SetFinding.photos": "uuid",
    "url": "uri", "upload_url": "uri", "resumable_url": "uri", "thumbnail_url": "uri", "ProblemDetails.type": "uri",
    "download_url": "uri", "sheet_url": "uri", "pdf_url": "uri", "zip_url": "uri",
    "ShownRun.id": None,
}  # fmt: skip
HASH = "^[0-9a-f]{64}$"


def typed(document: Json) -> Json:
    """The same document with every schema described, and shaped by whether it is sent or shown."""
    schemas: Json = document["components"]["schemas"]
    sent = set(_reachable([it.get("requestBody") for it in operations(document)], schemas))
    answers = [[it["responses"] for it in operations(document)], document["components"]["responses"]]
    shown = set(_reachable(answers, schemas))
    for name, schema in schemas.items():
        if "properties" in schema and name in sent & shown:
            raise ValueError(f"{name} is both sent and shown: it cannot be optional in one and required in the other.")
        _describe(name, schema)
        for field, it in schema.get("properties", {}).items():
            _type_field(name, field, it)
        if "properties" in schema and name in shown:
            schema["required"] = list(schema["properties"])
    return {**document, "paths": _plain(document["paths"]), "components": _plain(document["components"])}


def operations(document: Json) -> list[Json]:
    return [it for path in document["paths"].values() for it in path.values()]


def _describe(name: str, schema: Json) -> None:
    schema["description"] = SCHEMAS.get(name) or " ".join(schema.get("description", "").split())
    if not schema["description"]:
        raise ValueError(f"Say in tests/contracts/words.py what a {name} is.")


def _type_field(schema: str, name: str, it: Json) -> None:
    words = FIELDS.get(f"{schema}.{name}") or FIELDS.get(name)
    if not words:
        raise ValueError(f"Say in tests/contracts/words.py what {schema}.{name} is.")
    default = it.pop("default", None)
    it["description"] = f"{words} Left out: {default}." if isinstance(default, str | int) and default else words
    values = it.get("items", it)
    for each in values.get("anyOf", [values]):
        if each.get("type") != "string":
            continue
        if found := FORMATS.get(f"{schema}.{name}", FORMATS.get(name)):
            each["format"] = found
        if name.endswith("sha256"):
            each["pattern"] = HASH


def _reachable(part: Any, schemas: Json) -> Iterator[str]:
    seen: set[str] = set()
    waiting = [part]
    while waiting:
        for name in re.findall(r"#/components/schemas/(\w+)", str(waiting.pop())):
            if name not in seen:
                seen.add(name)
                waiting.append(schemas[name])
                yield name


def _plain(it: Any) -> Any:
    """Without the titles that repeat a name, whole numbers written as such, and every id known for one."""
    if isinstance(it, list):
        return [_plain(each) for each in it]
    if not isinstance(it, dict):
        return it
    # a property may be called `title` too: that is a schema, no text
    found = {key: _plain(each) for key, each in it.items() if not (key == "title" and isinstance(each, str))}
    if found.get("pattern") == UUID:
        found["format"] = "uuid"
    if found.get("type") == "integer":
        found |= {key: int(found[key]) for key in ("minimum", "maximum") if key in found}
    return found
