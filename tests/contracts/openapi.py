"""Writes infra/openapi.json from the code of the doors: `python -m contracts.openapi [--check]`."""

import inspect
import json
import re
import sys
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Any

from aws_lambda_powertools.event_handler.openapi.merge import OpenAPIMerge
from aws_lambda_powertools.event_handler.openapi.models import Server, ServerVariable
from pydantic import BaseModel
from pydantic.json_schema import JsonSchemaMode

from croquis.adapters.replicate.events import Event
from croquis.http.problems import CONTENT_TYPE, ProblemDetails
from croquis.usecases.storage_events import Landed

CONTRACT = Path(__file__).parents[2] / "infra/openapi.json"
DOORS = ("uploads", "trainings", "models", "images")
METHODS = ("get", "post", "patch", "put", "delete")
REFS = "#/components/schemas/{model}"
# the resolver's own answers, in whose place ours stand
NOT_ANSWERED = {"HTTPValidationError", "ResponseValidationError", "ValidationError"}
ABOUT = "From 8-12 full-body photos of a person to a LoRA of that whole person, and to pictures of exactly that person."
SIGNED_IN = {
    "type": "http",
    "scheme": "bearer",
    "bearerFormat": "JWT",
    "description": "A Supabase access token of a signed-in user.",
}
SIGNATURE = {
    "webhook-id": "The message's id; the same id again has no second effect.",
    "webhook-timestamp": "When it was signed, in unix seconds: at most five minutes from now.",
    "webhook-signature": "`v1,` and the base64 of HMAC-SHA256 over `id.timestamp.body`; several are parted by spaces.",
}

Json = dict[str, Any]


def contract() -> Json:
    """The OpenAPI document of the whole HTTP API; a route that two doors describe is an error."""
    servers = [Server(url="https://{host}", variables={"host": ServerVariable(default="api.example.com")})]
    merge = OpenAPIMerge(title="Croquis", version="1", description=ABOUT, servers=servers, on_conflict="error")
    shared = _schemas_of(Event, Landed, mode="validation") | _schemas_of(ProblemDetails, mode="serialization")
    components = {"schemas": shared, "securitySchemes": {"signed_in": SIGNED_IN}}
    merge.add_schema({"paths": _machine_paths(), "components": components})
    for name in DOORS:
        merge.add_schema(_described(import_module(name)))
    merged = merge.get_openapi_schema()
    return {
        **{key: merged[key] for key in ("openapi", "info", "servers")},
        "paths": {path: dict(sorted(it.items())) for path, it in sorted(merged["paths"].items())},
        "components": {
            "schemas": dict(sorted(merged["components"]["schemas"].items())),
            "securitySchemes": merged["components"]["securitySchemes"],
        },
    }


def _described(door: ModuleType) -> Json:
    described = door.app.get_openapi_schema(title="Croquis", version="1")
    found: Json = described.model_dump(by_alias=True, exclude_none=True, mode="json")
    return {
        "paths": {
            path: {method: _of_user(door, path, method, it) for method, it in operations.items()}
            for path, operations in found["paths"].items()
        },
        "components": {
            "schemas": {key: it for key, it in found["components"]["schemas"].items() if key not in NOT_ANSWERED}
        },
    }


def text() -> str:
    """The document as it is committed: the same code gives the same bytes."""
    return json.dumps(contract(), indent=2, ensure_ascii=False) + "\n"


def routes(document: Json) -> set[str]:
    """`METHOD /path` of every operation."""
    return {
        f"{method.upper()} {path}"
        for path, operations in document["paths"].items()
        for method in operations
        if method in METHODS
    }


def _of_user(door: ModuleType, path: str, method: str, operation: Json) -> Json:
    """The resolver's description with the words of the door's own docstring, our errors, and who may call."""
    derived = re.sub(r"\W", "_", path) + f"_{method}"
    name = operation["operationId"].removesuffix(derived)
    summary, _, description = (inspect.getdoc(getattr(door, name)) or "").partition("\n\n")
    good = {status: answer for status, answer in operation["responses"].items() if status < "400"}
    for status, answer in good.items():
        if answer["description"] == "Successful Response":
            answer["description"] = "Found"
        if status == "204":
            answer.pop("content", None)
    return {
        "operationId": f"{door.__name__}.{name}",
        "tags": [door.__name__],
        "summary": summary,
        **({"description": " ".join(description.split())} if description else {}),
        "security": [{"signed_in": []}],
        **{key: operation[key] for key in ("parameters", "requestBody") if key in operation},
        "responses": good | _refused(),
    }


def _machine_paths() -> Json:
    """What machines call. Their doors read raw bytes, so the resolver knows nothing of them."""
    marker = {"name": "marker", "in": "path", "required": True, "schema": {"type": "string"}}
    return {
        "/webhooks/replicate/{marker}": {
            "post": {
                "operationId": "replicate_webhook.receive",
                "tags": ["machines"],
                "summary": "Replicate says: started, log, ended",
                "description": "Proved by a Standard Webhooks signature over the raw body, which has at most 5 MB.",
                "parameters": [
                    {**marker, "description": "Which attempt it is about."},
                    *(_required_header(name, meaning) for name, meaning in SIGNATURE.items()),
                ],
                **_message(Event, "It is stored."),
            }
        },
        "/hooks/storage": {
            "post": {
                "operationId": "storage_hook.receive",
                "tags": ["machines"],
                "summary": "Supabase says: an object landed",
                "description": "Sent by the trigger on storage.objects. Only a kick: the outbox row says what landed.",
                "parameters": [_required_header("x-croquis-hook-secret", "A secret that the trigger shares with us.")],
                **_message(Landed, "Its check is queued."),
            }
        },
    }


def _message(model: type[BaseModel], done: str) -> Json:
    return {
        "requestBody": {"required": True, "content": {"application/json": {"schema": _reference(model)}}},
        "responses": {
            "200": {"description": done, "content": {"application/json": {"schema": {"type": "object"}}}},
            **_refused(),
        },
    }


def _refused() -> Json:
    content = {CONTENT_TYPE: {"schema": _reference(ProblemDetails)}}
    return {"default": {"description": "Why not, and a hint what to do", "content": content}}


def _schemas_of(*models: type[BaseModel], mode: JsonSchemaMode) -> Json:
    found: Json = {}
    for model in models:
        schema = model.model_json_schema(ref_template=REFS, mode=mode)
        found |= schema.pop("$defs", {}) | {model.__name__: schema}
    return found


def _reference(model: type[BaseModel]) -> Json:
    return {"$ref": REFS.format(model=model.__name__)}


def _required_header(name: str, description: str) -> Json:
    return {"name": name, "in": "header", "required": True, "description": description, "schema": {"type": "string"}}


def main(arguments: list[str]) -> int:
    """0 when the file is, or now is, what the code says; with --check nothing is written."""
    if arguments != ["--check"]:
        CONTRACT.write_text(text())
        return 0
    if CONTRACT.exists() and CONTRACT.read_text() == text():
        return 0
    print("infra/openapi.json is not what the code says. Run `make generate` and commit it.")
    return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
