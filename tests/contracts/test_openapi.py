"""infra/openapi.json is what the code says, names exactly the routes that are deployed, and types well."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
from contracts import openapi, typed_schemas, words
from contracts.test_template import MACHINE_ROUTES, routes
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator
from pydantic import BaseModel, ValidationError
from studio import CONSENT

from croquis.http.requests import ChangePhoto, GenerateImages, OpenTraining

COMMITTED = json.loads(openapi.CONTRACT.read_text())
OPEN = {"gender": "female", "consent": CONSENT}
SCHEMAS: dict[str, Any] = COMMITTED["components"]["schemas"]
OPERATIONS = {
    f"{method.upper()} {path}": operation
    for path, operations in COMMITTED["paths"].items()
    for method, operation in operations.items()
}


def test_it_is_what_the_code_says() -> None:
    assert openapi.CONTRACT.read_text() == openapi.text(), "run `make generate`"


def test_the_check_is_red_when_it_is_stale(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(openapi, "CONTRACT", tmp_path / "openapi.json")
    assert openapi.main(["--check"]) == 1
    assert "make generate" in capsys.readouterr().out
    assert openapi.main([]) == 0
    assert openapi.main(["--check"]) == 0
    openapi.CONTRACT.write_text("{}")
    assert openapi.main(["--check"]) == 1


def test_its_routes_are_those_of_the_template() -> None:
    assert openapi.routes(COMMITTED) == routes()


def test_every_route_says_what_it_does_and_how_it_refuses() -> None:
    for route, operation in OPERATIONS.items():
        assert operation["summary"], route
        assert not operation["summary"].startswith(route.partition(" ")[0]), route
        assert {status[0] for status in operation["responses"]} == {"2", "4", "5"}, route
        assert all(is_problem(status, it) for status, it in operation["responses"].items() if status >= "400"), route
    names = [operation["operationId"] for operation in OPERATIONS.values()]
    assert len(names) == len(set(names))
    assert all(re.fullmatch(r"[a-z]+([A-Z][a-z]+)+", name) for name in names)


def is_problem(status: str, answer: dict[str, Any]) -> bool:
    """A problem whose code is one of a few, under a status that fits."""
    found = COMMITTED["components"]["responses"][answer["$ref"].rpartition("/")[2]]
    problem, narrowed = found["content"]["application/problem+json"]["schema"]["allOf"]
    assert problem == {"$ref": "#/components/schemas/ProblemDetails"}
    assert ("Retry-After" in found.get("headers", {})) == (status in ("429", "503"))
    return set(narrowed["properties"]["code"]["enum"]) <= set(SCHEMAS["ProblemCode"]["enum"])


def test_every_field_parameter_and_schema_is_described() -> None:
    for name, schema in SCHEMAS.items():
        assert schema["description"], name
        assert all(it["description"].endswith(".") for it in schema.get("properties", {}).values()), name
    for route, operation in OPERATIONS.items():
        assert all(it["description"].endswith(".") for it in operation.get("parameters", ())), route


def test_no_word_about_a_schema_or_field_is_left_over() -> None:
    there = set(SCHEMAS) | {f"{name}.{field}" for name in SCHEMAS for field in SCHEMAS[name].get("properties", {})}
    fields = {name.partition(".")[2] for name in there}
    assert set(words.SCHEMAS) <= there
    assert set(words.FIELDS) <= there | fields
    assert set(typed_schemas.FORMATS) <= there | fields


def test_what_is_sent_may_leave_out_what_has_a_default_and_what_is_shown_is_whole() -> None:
    """A generator makes a field with a default one that must be there."""
    sent = {
        "AddGarment",
        "AddLook",
        "AddPhoto",
        "AskProvenance",
        "BaseInBook",
        "ChangeGarment",
        "ChangeImage",
        "ChangeLook",
        "ChangeModel",
        "ChangePhoto",
        "DecideImage",
        "GenerateImages",
        "LookInBook",
        "OpenLink",
        "OpenTraining",
        "OrderDownload",
        "OrderExport",
        "OrderLookBook",
        "OrderTryOn",
        "QuickTryOn",
        "RenewConsent",
        "RepairImage",
        "RepeatImage",
        "RestoreRun",
        "ReviewTraining",
        "SubmitTraining",
    }
    assert "default" not in {
        key for schema in SCHEMAS.values() for it in schema.get("properties", {}).values() for key in it
    }
    assert SCHEMAS["GenerateImages"].get("required", []) == []
    assert SCHEMAS["ReviewTraining"]["required"] == ["decision"]
    for name, schema in SCHEMAS.items():
        if "properties" in schema and name not in sent | {
            "ConsentGiven",
            "ImageWishes",
            "RunParameters",
            "ShownRun",
            "Metrics",
            "Landed",
        }:
            assert schema["required"] == list(schema["properties"]), name


def test_what_is_ordered_takes_an_idempotency_key_that_a_dry_run_needs_not() -> None:
    """MO-11: a review spends only when it retries; who orders without one is refused (no_idempotency_key)."""
    keys = {
        operation["operationId"]: it["required"]
        for operation in OPERATIONS.values()
        for it in operation.get("parameters", ())
        if it["name"] == "Idempotency-Key"
    }
    assert keys == {
        "submitTraining": False,
        "orderImages": False,
        "orderLookBook": False,
        "orderTryOn": False,
        "orderQuickTryOn": False,
        "repairImage": False,
        "repeatImage": False,
        "reviewTraining": False,
        "orderDownload": False,
        "orderExport": False,
    }


def test_ids_links_and_times_have_their_format() -> None:
    for name, schema in SCHEMAS.items():
        for field, it in schema.get("properties", {}).items():
            formats = {each.get("format") for each in it.get("anyOf", [it]) if each.get("type") == "string"}
            for ending, expected in (("_at", "date-time"), ("_url", "uri"), ("job_id", "uuid"), ("model_id", "uuid")):
                if field.endswith(ending) and name != "ShownRun":
                    assert formats == {expected}, (name, field)
    for route, operation in OPERATIONS.items():
        for it in operation.get("parameters", ()):
            if it["in"] == "path" and route not in MACHINE_ROUTES:
                assert it["schema"]["format"] == "uuid", route


def test_every_body_of_a_user_has_an_example_that_is_one() -> None:
    for route, operation in OPERATIONS.items():
        if "requestBody" in operation and route not in MACHINE_ROUTES:
            body = operation["requestBody"]["content"]["application/json"]
            Draft202012Validator({**body["schema"], "components": COMMITTED["components"]}).validate(body["example"])


@pytest.mark.parametrize(
    ("body", "rest", "field"),
    [(GenerateImages, {}, "pose"), (ChangePhoto, {}, "caption"), (OpenTraining, OPEN, "model_name")],
)
@given(text=st.text(max_size=60) | st.text("\t\n\x1c\x7f\x85\u2028\u2029\u3000\ufeff a", max_size=6))
def test_text_that_the_description_allows_is_taken(body: type[BaseModel], rest: Any, field: str, text: str) -> None:
    """No valid request is refused, and nearly no other is taken: white space at its ends, which is cut off."""
    sent = {**rest, field: text}
    described = Draft202012Validator({**SCHEMAS[body.__name__], "components": COMMITTED["components"]})
    taken = accepts(body, sent)
    assert taken or not described.is_valid(sent)
    assert described.is_valid(sent) == taken or text != text.strip()


@pytest.mark.parametrize("sent", [{}, {"slot": None}, {"override": None}, {"slot": 0}, {"slot": 3, "more": 1}])
def test_a_change_that_is_refused_is_none_by_the_description(sent: Any) -> None:
    assert not accepts(ChangePhoto, sent)
    assert not Draft202012Validator(SCHEMAS["ChangePhoto"]).is_valid(sent)


def accepts(body: type[BaseModel], sent: Any) -> bool:
    try:
        return bool(body.model_validate(sent))
    except ValidationError:
        return False


def test_a_front_end_can_leave_out_what_machines_call() -> None:
    internal = {route for route, operation in OPERATIONS.items() if "internal" in operation["tags"]}
    assert internal == MACHINE_ROUTES == {route for route, it in OPERATIONS.items() if it.get("x-internal")}
    assert {tag for it in OPERATIONS.values() for tag in it["tags"]} == {tag["name"] for tag in COMMITTED["tags"]}


def test_it_names_the_sandbox_beside_the_deployed_api() -> None:
    assert [server["url"] for server in COMMITTED["servers"]] == ["https://{host}", "http://127.0.0.1:15420"]


def test_people_prove_themselves_by_a_token_and_machines_otherwise() -> None:
    for route, operation in OPERATIONS.items():
        who = "by_link" if " /v1/shown" in route else "signed_in"
        expected = None if route in MACHINE_ROUTES else [{who: []}]
        assert operation.get("security") == expected, route


def test_a_problem_has_all_that_is_promised() -> None:
    problem = COMMITTED["components"]["schemas"]["ProblemDetails"]
    assert {"code", "type", "title", "detail", "status", "hint", "request_id", "fields"} <= set(problem["required"])


def test_every_reference_leads_somewhere_and_every_schema_is_used() -> None:
    used = set(re.findall(r'"#/components/schemas/(\w+)"', json.dumps(COMMITTED)))
    assert used == set(COMMITTED["components"]["schemas"])


def test_every_body_refuses_unknown_fields() -> None:
    """AS-12: additionalProperties is false in all that users send."""
    bodies = [
        operation["requestBody"]["content"]["application/json"]["schema"]["$ref"].rpartition("/")[2]
        for route, operation in OPERATIONS.items()
        if "requestBody" in operation and route not in MACHINE_ROUTES
    ]
    assert bodies
    assert all(SCHEMAS[name]["additionalProperties"] is False for name in [*bodies, "ConsentGiven"])
