"""Each call of the quickstart is one of the contract, and its body is one that the contract takes."""

import json
import re
from typing import Any

import pytest
from contracts.api_page import PAGE, page
from contracts.openapi import METHODS, contract
from jsonschema import Draft202012Validator

from sandbox import ROOT

TEXT = (ROOT / "docs/quickstart.md").read_text().replace("\\\n", " ")
CALL = re.compile(
    r"""
    croquis\ "\$API(?P<path>/[^"]+)"
    (?:\s+-H\ "Idempotency-Key:[^"]*")?
    (?:\s+-d\s+(?:'(?P<plain>[^']*)'|"(?P<shell>(?:[^"\\]|\\.|"\$PHOTO")*)"))?
    """,
    re.VERBOSE,
)
CALLS = [found.groupdict() for found in CALL.finditer(TEXT)]


DOCUMENT = contract()


def operation(path: str) -> tuple[str, Any]:
    shape = re.sub(r"\$[A-Z]+", "{}", path)
    return next((name, it) for name, it in DOCUMENT["paths"].items() if re.sub(r"\{[^}]*\}", "{}", name) == shape)


def body_of(call: dict[str, str | None]) -> Any:
    shell = (call["shell"] or "").replace('\\"', '"').replace("$SLOT", "1")
    return json.loads(call["plain"] or re.sub(r"\$\(wc.*\)", "1000", shell))


def test_it_walks_from_a_training_to_a_picture() -> None:
    assert len(CALLS) == TEXT.count('croquis "$API') == 9


@pytest.mark.parametrize("call", CALLS, ids=[str(it["path"]) for it in CALLS])
def test_a_call_is_one_of_the_contract(call: dict[str, str | None]) -> None:
    path, found = operation(str(call["path"]))
    posts = bool(call["plain"] or call["shell"])
    assert ("post" if posts else "get") in found, path
    if posts:
        media = found["post"]["requestBody"]["content"]["application/json"]
        schema = {**media["schema"], "components": DOCUMENT["components"]}
        Draft202012Validator(schema).validate(body_of(call))


def test_the_page_of_the_api_tells_of_every_call_and_of_every_code_that_is_its_own() -> None:
    text = page(DOCUMENT)
    assert text == PAGE.read_text()
    for path, found in DOCUMENT["paths"].items():
        for method in found.keys() & set(METHODS):
            assert f"`{method.upper()} {path}`" in text
    assert "`wrong_number_of_photos`" in text
