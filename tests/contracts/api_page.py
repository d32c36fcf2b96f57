"""Writes docs/api.md, the contract for people to read: `python -m contracts.api_page [--check]`."""

import json
import sys
from collections.abc import Iterator
from typing import Any

from contracts.deployment import ROOT
from contracts.openapi import METHODS, contract

PAGE = ROOT / "docs/api.md"
HEAD = """\
# The API, call by call

Generated from [the contract](../infra/openapi.json) by `python -m contracts.api_page`: change the doors, not this file.
Every field with its limits is in the contract; [a walk from sign-in to pictures](frontend.md) shows them in use,
[curl](quickstart.md) the shortest one. Refusals are `application/problem+json` with `code`, sentence and hint. What any
call may return (`not_signed_in`, `token_expired`, `internal`, `unavailable`, an unreadable body) is left out."""
OF_ANY = {
    "bad_body", "bad_json", "body_too_large", "internal", "invalid_request", "not_signed_in", "token_expired",
    "unavailable", "unknown_field", "unsupported_media_type",
}  # fmt: skip

Json = dict[str, Any]


def page(document: Json) -> str:
    """A section for each tag, and in it each operation: what it does, its body, its answers and its refusals."""
    sections = [HEAD]
    for tag in document["tags"]:
        told = [_operation(document, *it) for it in _operations(document, tag["name"])]
        sections.append("\n\n".join([f"## {tag['name'].capitalize()}\n\n{tag['description']}", *told]))
    return "\n\n".join(sections) + "\n"


def _operations(document: Json, tag: str) -> Iterator[tuple[str, str, Json]]:
    for path, found in document["paths"].items():
        yield from ((method, path, it) for method, it in found.items() if method in METHODS and tag in it["tags"])


def _operation(document: Json, method: str, path: str, operation: Json) -> str:
    lines = [f"### `{method.upper()} {path}`", f"{operation['summary']}. {operation.get('description', '')}".strip()]
    facts = [*_asked(operation), *_answered(operation), *_refused(document, operation)]
    return "\n\n".join([*lines, "\n".join(f"- {it}" for it in facts)])


def _asked(operation: Json) -> Iterator[str]:
    query = [f"`{it['name']}`" for it in operation.get("parameters", ()) if it["in"] != "path"]
    if query:
        yield f"Takes {', '.join(query)}"
    for media in operation.get("requestBody", {}).get("content", {}).values():
        yield f"Body: {_name(media['schema'])}" + (
            f", such as `{_spelt(media['example'])}`" if "example" in media else ""
        )


def _answered(operation: Json) -> Iterator[str]:
    for status, answer in operation["responses"].items():
        if status < "300":
            schemas = [_name(media["schema"]) for media in answer.get("content", {}).values()]
            yield f"{status}: {', '.join([answer['description'], *schemas])}"


def _refused(document: Json, operation: Json) -> Iterator[str]:
    for status, answer in operation["responses"].items():
        found = document["components"]["responses"].get(answer.get("$ref", "").rpartition("/")[2])
        codes = sorted(set(_codes(found)) - OF_ANY) if found else []
        if codes:
            yield f"{status}: {', '.join(f'`{code}`' for code in codes)}"


def _codes(answer: Json) -> list[str]:
    (media,) = answer["content"].values()
    return [
        code for part in media["schema"]["allOf"] for code in part.get("properties", {}).get("code", {}).get("enum", ())
    ]


def _name(schema: Json) -> str:
    return f"`{schema['$ref'].rpartition('/')[2]}`" if "$ref" in schema else f"`{schema.get('type', 'object')}`"


def _spelt(example: object) -> str:
    return json.dumps(example, ensure_ascii=False)


def main() -> None:
    text = page(contract())
    if "--check" not in sys.argv:
        PAGE.write_text(text)
    elif not PAGE.is_file() or PAGE.read_text() != text:
        sys.exit("docs/api.md is stale. Run `make generate`.")


if __name__ == "__main__":
    main()
