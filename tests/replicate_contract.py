"""Replicate's published OpenAPI (tests/vectors/replicate-openapi.json, trimmed), and whether an answer keeps to it."""

import json
from functools import cache
from pathlib import Path
from typing import Any

import httpx
from jsonschema import Draft202012Validator

VECTORS = Path(__file__).parent / "vectors"
TRAINING = "/trainings/{training_id}"
PREDICTION = "/predictions/{prediction_id}"


@cache
def document() -> dict[str, Any]:
    """What Replicate published, trimmed to the calls that we use."""
    published = _translated(json.loads((VECTORS / "replicate-openapi.json").read_text(encoding="utf-8")))
    # in the field a training without a result carries "output": null, which the document does not allow
    published["components"]["schemas"]["schemas_training_response"]["properties"]["output"]["type"] = ["object", "null"]
    return published


def checked(method: str, path: str, answer: httpx.Response) -> Any:
    """The answer's body, which is what the document says about this path, method and status."""
    responses = document()["paths"][path][method]["responses"]
    assert str(answer.status_code) in responses, (answer.status_code, answer.text)
    schema = responses[str(answer.status_code)]["content"]["application/json"]["schema"]
    Draft202012Validator({**schema, "components": document()["components"]}).validate(answer.json())
    return answer.json()


def _translated(schema: Any) -> Any:
    """Replicate writes OpenAPI 3.0's `nullable` in a 3.1 document; JSON Schema says it with a list of types."""
    if isinstance(schema, list):
        return [_translated(one) for one in schema]
    if not isinstance(schema, dict):
        return schema
    plain = {name: _translated(value) for name, value in schema.items() if name != "nullable"}
    return {**plain, "type": [plain["type"], "null"]} if schema.get("nullable") is True else plain
