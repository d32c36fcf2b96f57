"""Writes infra/openapi.json from the code of the doors: `python -m contracts.openapi [--check]`."""

import inspect
import json
import re
import sys
from base64 import b64decode
from importlib import import_module
from types import ModuleType
from typing import Any

from aws_lambda_powertools.event_handler.openapi.merge import OpenAPIMerge
from aws_lambda_powertools.event_handler.openapi.models import Server, ServerVariable
from contracts.deployment import ROOT
from contracts.refusals import OF_NO_OPERATION, refusals
from contracts.typed_schemas import typed
from contracts.words import STATUSES
from pydantic import BaseModel
from pydantic.json_schema import JsonSchemaMode

from croquis.adapters.replicate.runs import ShownRun
from croquis.http.link_door import LinkDoor
from croquis.http.problems import CONTENT_TYPE, RETRY_AFTER_SECONDS, ProblemDetails
from croquis.usecases.storage_events import Landed
from croquis_cli import VERSION
from sandbox.laptop.addresses import Ports

CONTRACT = ROOT / "infra/openapi.json"
DOORS = (
    "uploads", "trainings", "models", "images", "tryons", "look_books", "downloads", "provenance", "account", "shown",
)  # fmt: skip
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
BY_LINK = {
    "type": "apiKey",
    "in": "header",
    "name": "Authorization",
    "description": "`Link` and the token that stands behind the `#` of a link for the person shown.",
}
TAGS = {
    "uploads": "Open a training and upload its photos.",
    "trainings": "Read, submit, cancel and review trainings.",
    "models": "The trained people.",
    "images": "Images of them.",
    "downloads": "Images as one file.",
    "tryons": "What is worn: garments, and looks made of them.",
    "look_books": "Looks on pictures, many at once, within a budget.",
    "provenance": "Where a picture comes from.",
    "account": "What people agreed to, and what they want erased.",
    "shown": "For the person shown, who has a link and no account.",
    "internal": "What machines call. Leave these out of a front end's client.",
}
BEYOND = (
    "Whatever is in front of the API may refuse too (429 when too much comes at once, 5xx): that response has a "
    "`message` and no `code`."
)
SERVERS = [
    Server(
        url="https://{host}",
        description="As deployed",
        variables={"host": ServerVariable(default="api.example.com", description="The stack's output ApiUrl")},
    ),
    Server(url=Ports().url("api"), description="The sandbox of `make up`"),
]
RETRY_AFTER = {"schema": {"type": "integer"}, "description": "After how many seconds to come back."}
EVENTS = ROOT / "tests/vectors/events"
SIGNATURE = {
    "webhook-id": "The message's id; the same id again has no second effect.",
    "webhook-timestamp": "When it was signed, in unix seconds: at most five minutes from now.",
    "webhook-signature": "`v1,` and the base64 of HMAC-SHA256 over `id.timestamp.body`; several are parted by spaces.",
}

Json = dict[str, Any]


def contract() -> Json:
    """The OpenAPI document of the whole HTTP API; a route that two doors describe is an error."""
    merge = OpenAPIMerge(
        title="Croquis", version=VERSION, description=f"{ABOUT} {BEYOND}", servers=SERVERS, on_conflict="error"
    )
    shared = _schemas_of(ShownRun, Landed, mode="validation") | _schemas_of(ProblemDetails, mode="serialization")
    components = {"schemas": shared, "securitySchemes": {"signed_in": SIGNED_IN, "by_link": BY_LINK}}
    merge.add_schema({"paths": _machine_paths(), "components": components})
    for name in DOORS:
        merge.add_schema(_described(import_module(name)))
    merged = merge.get_openapi_schema()
    document = {
        **{key: merged[key] for key in ("openapi", "info", "servers")},
        "tags": [{"name": name, "description": words} for name, words in TAGS.items()],
        "paths": {path: dict(sorted(it.items())) for path, it in sorted(merged["paths"].items())},
        "components": {
            "schemas": dict(sorted(merged["components"]["schemas"].items())),
            "securitySchemes": merged["components"]["securitySchemes"],
        },
    }
    return typed(_with_codes(document))


def _with_codes(document: Json) -> Json:
    """What each operation may answer, by status, and the codes of all of them as one type."""
    schemas: Json = document["components"]["schemas"]
    codes, shared = {code for _, code in OF_NO_OPERATION}, Json()
    for path, found in document["paths"].items():
        for method, operation in found.items():
            for status, may in _problems(path, method, operation).items():
                name = "Or".join(code.title().replace("_", "") for code in may)
                operation["responses"][status] = {"$ref": f"#/components/responses/{name}"}
                shared[name] = _problem(status, may)
                codes |= set(may)
    schemas["ProblemCode"] = {"type": "string", "enum": sorted(codes)}
    schemas["ProblemDetails"]["properties"]["code"] = {"$ref": REFS.format(model="ProblemCode")}
    document["components"] |= {"schemas": dict(sorted(schemas.items())), "responses": dict(sorted(shared.items()))}
    return document


def _problems(path: str, method: str, operation: Json) -> dict[str, list[str]]:
    """The codes that the operation may answer, by status."""
    may = refusals(
        operation["operationId"],
        method=method,
        path=path,
        signed_in={"signed_in": []} in operation.get("security", ()),
        by_person="security" in operation,
        fields="requestBody" in operation,
        parameters=any(it["in"] != "path" for it in operation.get("parameters", ())),
    )
    return {str(status): sorted(code for of, code in may if of == status) for status in sorted({of for of, _ in may})}


def _problem(status: str, codes: list[str]) -> Json:
    one_of = {"type": "object", "required": ["code"], "properties": {"code": {"enum": codes}}}
    return {
        "description": STATUSES[status],
        **({"headers": {"Retry-After": RETRY_AFTER}} if int(status) in RETRY_AFTER_SECONDS else {}),
        "content": {CONTENT_TYPE: {"schema": {"allOf": [_reference(ProblemDetails), one_of]}}},
    }


def _described(door: ModuleType) -> Json:
    described = door.app.get_openapi_schema(title="Croquis", version=VERSION)
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
    if "requestBody" in operation:
        operation["requestBody"]["content"]["application/json"]["example"] = _example(f"{method.upper()} {path}")
    first, *rest = name.split("_")
    return {
        "operationId": first + "".join(map(str.capitalize, rest)),
        "tags": [door.__name__],
        "summary": summary,
        **({"description": " ".join(description.split())} if description else {}),
        "security": [{"by_link" if isinstance(door.app, LinkDoor) else "signed_in": []}],
        **({"parameters": [_parameter(it) for it in operation["parameters"]]} if "parameters" in operation else {}),
        **({"requestBody": operation["requestBody"]} if "requestBody" in operation else {}),
        "responses": good,
    }


def _parameter(it: Json) -> Json:
    """A header or query is there or not, never null, and its words stand once."""
    choices = [choice for choice in it["schema"].pop("anyOf", []) if choice != {"type": "null"}]
    schema = it["schema"] | (choices[0] if choices else {})
    description = it.get("description") or schema["description"]
    name = it["name"].title() if it["in"] == "header" else it["name"]
    schema = {key: value for key, value in schema.items() if key not in ("title", "description")}
    return {**it, "name": name, "description": description, "schema": schema}


def _example(route: str) -> Any:
    """The body of the event file that the tests of the doors send."""
    event = next(it for it in map(json.loads, _events()) if it["routeKey"] == route)
    return json.loads(b64decode(event["body"]) if event["isBase64Encoded"] else event["body"])


def _events() -> list[str]:
    return [path.read_text() for path in sorted(EVENTS.glob("*.json"))]


def _machine_paths() -> Json:
    """What machines call. Their doors read raw bytes, so the resolver knows nothing of them."""
    marker = {"name": "marker", "in": "path", "required": True, "schema": {"type": "string"}}
    return {
        "/webhooks/replicate/{marker}": {
            "post": {
                "operationId": "receiveReplicateWebhook",
                "tags": ["internal"],
                "x-internal": True,
                "summary": "Replicate reports: started, log, ended",
                "description": "Proved by a Standard Webhooks signature over the raw body, which has at most 5 MB.",
                "parameters": [
                    {**marker, "description": "Which attempt it is about."},
                    *(_required_header(name, meaning) for name, meaning in SIGNATURE.items()),
                ],
                **_message(ShownRun, "It is stored."),
            }
        },
        "/hooks/storage": {
            "post": {
                "operationId": "receiveStorageHook",
                "tags": ["internal"],
                "x-internal": True,
                "summary": "Supabase reports that an object landed",
                "description": "Sent by the trigger on storage.objects. Only a hint: the outbox row says what landed.",
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
        },
    }


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
