"""The table of what each route may answer has every code that the code has; the tests of the doors hold the rest."""

import ast
import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from contracts import refusals
from contracts.deployment import ROOT
from contracts.documented import assert_documented, spelt_out
from contracts.openapi import CONTRACT
from jsonschema import Draft202012Validator

from croquis.errors import BadSignature, NotSignedIn, Refused

DOCUMENTED = set(json.loads(CONTRACT.read_text())["components"]["schemas"]["ProblemCode"]["enum"])
CLASSES = {it.__name__: it for it in (Refused, NotSignedIn, BadSignature)}
# said to workers, which are no route: what the storage answers them
TO_WORKERS = {"already_uploaded", "no_such_object", "storage_refused", "too_many_bytes", "type_not_allowed", "refused"}


def raised() -> Iterator[tuple[str, str]]:
    """(file, code) of every refusal that is made in Python."""
    for folder in ("functions", "layers/core/croquis"):
        for path in sorted((ROOT / folder).rglob("*.py")):
            for call in ast.walk(ast.parse(path.read_text())):
                if isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id in CLASSES:
                    given = {it.arg: it.value for it in call.keywords}
                    own = ast.Constant(CLASSES[call.func.id].code)
                    code = given.get("code", own)
                    yield path.name, str(code.value) if isinstance(code, ast.Constant) else "handed on"


def test_every_refusal_in_python_is_documented() -> None:
    found = list(raised())
    assert len(found) > 15
    assert {code for _, code in found} - {"handed on"} - TO_WORKERS - refusals.REFUSED_BEFORE <= DOCUMENTED
    assert sorted(name for name, code in found if code == "handed on") == ["data_api.py", "data_api.py", "files.py"]


def test_every_refusal_of_the_database_is_documented_or_refused_before() -> None:
    found = {code for function in refusals.CHANGES.values() for _, code in refusals.of_database(function)}
    assert found - refusals.REFUSED_BEFORE <= DOCUMENTED
    assert found >= refusals.REFUSED_BEFORE, "no function says these any more"


@pytest.mark.parametrize("path", sorted(refusals.MIGRATIONS.glob("*.sql")), ids=lambda it: it.stem)
def test_no_refusal_in_sql_is_written_so_that_it_is_not_read(path: Path) -> None:
    source = re.sub(r"--.*|^comment on .*", "", path.read_text(), flags=re.MULTILINE)
    handed_on = r"croquis\.refuse\((?:croquis\.\w+\(|why\b)"
    made = len(re.findall(r"perform croquis\.refuse\(|::\s*croquis\.refusal\b", source))
    assert len(refusals.SAID_IN_SQL.findall(source)) == made - len(re.findall(f"perform {handed_on}", source))
    assert len(re.findall(r"refuse\(", source)) == len(re.findall(r"(?:perform|function) croquis\.refuse\(", source))


def test_what_is_refused_before_is_documented_of_no_route() -> None:
    assert set() == DOCUMENTED & refusals.REFUSED_BEFORE


@pytest.mark.parametrize(
    ("status", "code", "field"), [(418, "not_found", "hint"), (404, "spend_limit", "hint"), (404, "not_found", "none")]
)
def test_an_answer_that_is_not_documented_is_seen(status: int, code: str, field: str) -> None:
    whole = {
        "type": f"urn:croquis:problem:{code}", "title": "", "status": status, "detail": "", "code": code,
        "request_id": "", "fields": [], field: "",
    }  # fmt: skip
    with pytest.raises(AssertionError):
        assert_documented("GET /v1/models/{model_id}", status, "application/problem+json", json.dumps(whole))


def test_what_stands_beside_a_reference_is_promised_too() -> None:
    code = {"$ref": "#/components/schemas/ProblemCode"}
    allowed = [Draft202012Validator(spelt_out(it)).is_valid("not_found") for it in (code, {**code, "maxLength": 3})]
    assert allowed == [True, False]
    assert not Draft202012Validator(spelt_out({**code, "maxLength": 30})).is_valid("no such code")
