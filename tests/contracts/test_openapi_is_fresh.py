"""infra/openapi.json is what the code says, and names exactly the routes that are deployed."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
from contracts import openapi
from contracts.test_template import MACHINE_ROUTES, routes

COMMITTED = json.loads(openapi.CONTRACT.read_text())
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
        problem = operation["responses"]["default"]["content"]["application/problem+json"]["schema"]
        assert problem == {"$ref": "#/components/schemas/ProblemDetails"}, route
        assert any(status.startswith("2") for status in operation["responses"]), route
    names = [operation["operationId"] for operation in OPERATIONS.values()]
    assert len(names) == len(set(names))


def test_people_prove_themselves_by_a_token_and_machines_otherwise() -> None:
    for route, operation in OPERATIONS.items():
        expected = None if route in MACHINE_ROUTES else [{"signed_in": []}]
        assert operation.get("security") == expected, route


def test_a_problem_has_all_that_is_promised() -> None:
    problem = COMMITTED["components"]["schemas"]["ProblemDetails"]
    assert {"code", "type", "title", "detail", "status", "hint", "request_id", "fields"} <= set(problem["required"])


def test_every_reference_leads_somewhere_and_every_schema_is_used() -> None:
    used = set(re.findall(r'"#/components/schemas/(\w+)"', json.dumps(COMMITTED)))
    assert used == set(COMMITTED["components"]["schemas"])


def test_every_body_refuses_unknown_fields() -> None:
    """AS-12: additionalProperties is false in all that users send."""
    schemas: dict[str, Any] = COMMITTED["components"]["schemas"]
    bodies = [
        operation["requestBody"]["content"]["application/json"]["schema"]["$ref"].rpartition("/")[2]
        for route, operation in OPERATIONS.items()
        if "requestBody" in operation and route not in MACHINE_ROUTES
    ]
    assert bodies
    assert all(schemas[name]["additionalProperties"] is False for name in [*bodies, "ConsentGiven"])
