"""Does an answer keep what infra/openapi.json promises of its route: its status, its code, all of its fields?"""

import json
import re
from collections.abc import Iterator
from functools import cache, lru_cache
from typing import Any

from contracts.openapi import CONTRACT, Json
from contracts.refusals import OF_NO_OPERATION
from jsonschema import Draft202012Validator, FormatChecker

FORMATS = FormatChecker(["uuid"])


@lru_cache(maxsize=1024)  # whoever waits is answered the same many times; what is wrong is never remembered
def assert_documented(route: str, status: int, content_type: str, body: str) -> None:
    """`route` is `METHOD /path/{parameter}`, as API Gateway has it, or `$default`."""
    if route == "$default":
        assert (status, json.loads(body)["code"]) in OF_NO_OPERATION
        return
    answers = _operations()[route]["responses"]
    assert str(status) in answers, f"{route} answers {status}, which is not documented: {body}"
    answer = _resolved(answers[str(status)])
    if "content" not in answer:
        assert body == ""
        return
    assert content_type in answer["content"], (route, status, content_type)
    wrong = list(_validator(route, str(status), content_type).iter_errors(json.loads(body)))
    assert not wrong, (route, [(it.json_path, it.message) for it in wrong])


def route_of(method: str, path: str) -> str | None:
    """The documented route that takes a path; None where nothing does."""
    found = (it for it in _operations() if it.startswith(f"{method} ") and _pattern(it).fullmatch(f"{method} {path}"))
    return next(iter(sorted(found, key=lambda it: it.count("{"))), None)


@cache
def _document() -> Json:
    return json.loads(CONTRACT.read_text())


@cache
def _operations() -> dict[str, Json]:
    def found() -> Iterator[tuple[str, Json]]:
        for path, operations in _document()["paths"].items():
            for method, operation in operations.items():
                yield f"{method.upper()} {path}", operation

    return dict(found())


@cache
def _pattern(route: str) -> re.Pattern[str]:
    return re.compile(re.sub(r"\\{\w+\\}", "[^/]+", re.escape(route)))


def _resolved(answer: Json) -> Json:
    return _document()["components"]["responses"][answer["$ref"].rpartition("/")[2]] if "$ref" in answer else answer


@cache
def _validator(route: str, status: str, content_type: str) -> Any:
    schema = _resolved(_operations()[route]["responses"][status])["content"][content_type]["schema"]
    return Draft202012Validator(spelt_out(schema), format_checker=FORMATS)


def spelt_out(schema: Any) -> Any:
    """Each reference replaced by what it names: to follow them takes most of the time of a look."""
    match schema:
        case {"$ref": str(name), **beside}:
            named = spelt_out(_document()["components"]["schemas"][name.removeprefix("#/components/schemas/")])
            return {"allOf": [named], **spelt_out(beside)} if beside else named
        case dict():
            return {key: spelt_out(value) for key, value in schema.items()}
        case list():
            return [spelt_out(value) for value in schema]
        case _:
            return schema
