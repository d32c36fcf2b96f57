"""HTTP APIs from their OpenAPI body: all that AWS::Serverless::HttpApi gives, and MiniStack makes no route of it."""

# pyright: reportMissingImports=false
import json
from collections.abc import Callable, Iterator
from typing import Any

from ministack.services import apigateway
from ministack.services.cloudformation import provisioners

ANY_METHOD = "x-amazon-apigateway-any-method"
CORS = "x-amazon-apigateway-cors"
INTEGRATION = "x-amazon-apigateway-integration"

Made = tuple[str, dict[str, Any]]


def install() -> None:
    api = provisioners._RESOURCE_HANDLERS["AWS::ApiGatewayV2::Api"]
    create, update = api["create"], api["update"]

    def create_with_routes(logical_id: str, properties: dict[str, Any], *rest: Any, **named: Any) -> Made:
        return _with_routes(create(logical_id, properties, *rest, **named), properties)

    def update_with_routes(api_id: str, old: dict[str, Any], new: dict[str, Any], *rest: Any, **named: Any) -> Made:
        return _with_routes(update(api_id, old, new, *rest, **named), new)

    api["create"], api["update"] = create_with_routes, update_with_routes


def only_api() -> str | None:
    """The id of the one HTTP API that is deployed here; None if there is none, or more than one."""
    ids = [key[-1] for key in apigateway._apis._data]
    return ids[0] if len(ids) == 1 else None


def _with_routes(made: Made, properties: dict[str, Any]) -> Made:
    api_id, body = made[0], properties.get("Body")
    if cors := properties.get("CorsConfiguration") or (body or {}).get(CORS):
        # templates write AllowOrigins, MiniStack reads allowOrigins; a CommaDelimitedList arrives as its text
        apigateway._apis[api_id]["corsConfiguration"] = {
            key[0].lower() + key[1:]: value.split(",")
            if key.lower().startswith("alloworigins") and isinstance(value, str)
            else value
            for key, value in cors.items()
        }
    if body:
        _import(api_id, body)
    return made


def _import(api_id: str, body: dict[str, Any]) -> None:
    if (body.get("components") or {}).get("securitySchemes"):
        raise ValueError("The local engine has no authorizers: check the token in the function, or adapt this module.")
    apigateway._routes[api_id], apigateway._integrations[api_id] = {}, {}
    for route_key, integration in _operations(body):
        target = _create(
            apigateway._create_integration,
            api_id,
            integrationType=integration["type"].upper(),
            integrationUri=integration["uri"],
            integrationMethod=integration.get("httpMethod", "POST"),
            payloadFormatVersion=str(integration.get("payloadFormatVersion", "2.0")),
            timeoutInMillis=integration.get("timeoutInMillis", 30_000),
        )["integrationId"]
        _create(apigateway._create_route, api_id, routeKey=route_key, target=f"integrations/{target}")


def _operations(body: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    for path, operations in body["paths"].items():
        for method, operation in operations.items():
            if integration := isinstance(operation, dict) and operation.get(INTEGRATION):
                verb = "ANY" if method == ANY_METHOD else method.upper()
                yield "$default" if path == "/$default" else f"{verb} {path}", integration


def _create(operation: Callable[..., Any], api_id: str, **properties: Any) -> dict[str, Any]:
    status, _, answer = operation(api_id, properties)
    if status >= 300:
        raise ValueError(f"MiniStack refused {properties}: {answer!r}")
    return json.loads(answer)
