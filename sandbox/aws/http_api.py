"""API Gateway's HTTP API as the template describes it: routes, CORS, throttles, payload 2.0 in, the answer out."""

import base64
import json
import re
import threading
import time
import uuid
from collections.abc import Callable, Mapping
from http.cookies import SimpleCookie
from typing import Any
from urllib.parse import parse_qsl, unquote

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from sandbox.aws.runners import MAX_PAYLOAD, FunctionError, TooManyCallsError
from sandbox.aws.stack import ACCOUNT, Route, Stack

MAX_BODY = 10 * 1024 * 1024
TEXT = re.compile(r"text/|application/(.+\+)?(json|xml|javascript)\b", re.IGNORECASE)

Invoke = Callable[[str, Any], Any]


class Bucket:
    """Tokens that come at a rate and are kept up to a burst."""

    def __init__(self, rate: float, burst: int) -> None:
        self._rate, self._burst = rate, burst
        self._tokens, self._at = float(burst), time.monotonic()
        self._lock = threading.Lock()

    def take(self) -> bool:
        with self._lock:
            now = time.monotonic()
            self._tokens = min(self._burst, self._tokens + (now - self._at) * self._rate)
            self._at = now
            if self._tokens < 1:
                return False
            self._tokens -= 1
            return True


class HttpApi:
    """An ASGI application; `invoke(function, event)` runs the function behind a route."""

    def __init__(self, stack: Stack, invoke: Invoke, *, throttled: bool = True) -> None:
        # of two routes that match, the one with fewer parameters is meant
        self._routes = [
            (_pattern(route.path), route) for route in sorted(stack.routes, key=lambda it: it.path.count("{"))
        ]
        self._cors = stack.cors
        self._invoke = invoke
        limits = stack.throttles if throttled else {}
        self._buckets = {route: Bucket(rate, burst) for route, (rate, burst) in limits.items()}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return
        request = Request(scope, receive)
        answer = await self._answer(request)
        for name, value in self._cors_headers(request, answer.status_code).items():
            answer.headers[name] = value
        await answer(scope, receive, send)

    async def _answer(self, request: Request) -> Response:
        if self._cors and request.method == "OPTIONS" and "access-control-request-method" in request.headers:
            return Response(status_code=204)
        route, found = self._route(request)
        if route is None:
            return _message(404, "Not Found")
        bucket = self._buckets.get(route.key) or self._buckets.get("$default")
        if bucket and not bucket.take():
            return _message(429, "Too Many Requests")
        body = bytearray()
        async for chunk in request.stream():
            body += chunk
            if len(body) > MAX_BODY:
                return _message(413, "Request Entity Too Large")
        event = _event(request, route, found, bytes(body))
        if len(json.dumps(event)) > MAX_PAYLOAD:
            return _message(413, "Request Entity Too Large")
        try:
            return _response(await run_in_threadpool(self._invoke, route.function, event))
        except TooManyCallsError:
            return _message(503, "Service Unavailable")
        except (FunctionError, KeyError, TypeError, ValueError):
            return _message(500, "Internal Server Error")

    def _route(self, request: Request) -> tuple[Route | None, dict[str, str]]:
        path = request.scope["raw_path"].decode("latin-1")
        for pattern, route in self._routes:
            if route.method in (request.method, "ANY", "X-AMAZON-APIGATEWAY-ANY-METHOD") and (
                found := pattern.fullmatch(path)
            ):
                return route, {name: unquote(value) for name, value in found.groupdict().items()}
        return None, {}

    def _cors_headers(self, request: Request, status: int) -> dict[str, str]:
        origin = request.headers.get("origin", "")
        allowed = self._cors.get("allowOrigins", [])
        if not origin or not ("*" in allowed or origin in allowed):
            return {}
        headers = {"access-control-allow-origin": "*" if "*" in allowed else origin, "vary": "Origin"}
        if request.method == "OPTIONS" and status == 204:
            headers["access-control-allow-methods"] = ",".join(self._cors.get("allowMethods", []))
            headers["access-control-allow-headers"] = ",".join(self._cors.get("allowHeaders", []))
            headers["access-control-max-age"] = str(self._cors.get("maxAge", 0))
        return headers


def _pattern(path: str) -> re.Pattern[str]:
    """`/v1/{id}/{proxy+}`: a parameter is one segment, a greedy one all the rest."""
    parts = re.split(r"\{(\w+\+?)\}", path)
    named = [f"(?P<{it[:-1]}>.+)" if it.endswith("+") else f"(?P<{it}>[^/]+)" for it in parts[1::2]]
    return re.compile("".join(a + b for a, b in zip(map(re.escape, parts[::2]), [*named, ""], strict=True)))


def _event(request: Request, route: Route, parameters: Mapping[str, str], body: bytes) -> dict[str, Any]:
    headers: dict[str, str] = {}
    for name, value in request.headers.items():
        headers[name] = f"{headers[name]},{value}" if name in headers else value
    cookies = [f"{name}={it.coded_value}" for name, it in SimpleCookie(headers.pop("cookie", "")).items()]
    query: dict[str, str] = {}
    for name, value in parse_qsl(request.url.query, keep_blank_values=True):
        query[name] = f"{query[name]},{value}" if name in query else value
    path, text = unquote(request.scope["raw_path"].decode("latin-1")), _text(headers.get("content-type", ""), body)
    event: dict[str, Any] = {
        "version": "2.0",
        "routeKey": route.key,
        "rawPath": path,
        "rawQueryString": request.url.query,
        "headers": {**headers, "x-forwarded-for": "127.0.0.1", "x-forwarded-proto": "https"},
        "requestContext": {
            "accountId": ACCOUNT,
            "apiId": "local",
            "domainName": headers.get("host", ""),
            "http": {
                "method": request.method,
                "path": path,
                "protocol": "HTTP/1.1",
                "sourceIp": "127.0.0.1",
                "userAgent": headers.get("user-agent", ""),
            },
            "requestId": str(uuid.uuid4()),
            "routeKey": route.key,
            "stage": "$default",
            "timeEpoch": int(time.time() * 1000),
        },
        "isBase64Encoded": bool(body) and text is None,
    }
    if body:
        event["body"] = base64.b64encode(body).decode() if text is None else text
    given = {"queryStringParameters": query, "pathParameters": dict(parameters), "cookies": cookies}
    return {**event, **{name: value for name, value in given.items() if value}}


def _text(content_type: str, body: bytes) -> str | None:
    """The body as text, byte for byte the same when encoded again; None where a function gets base64."""
    try:
        return body.decode() if TEXT.match(content_type) else None
    except UnicodeDecodeError:
        return None


def _response(answer: Any) -> Response:
    """Payload 2.0: an answer without a status is the body of a 200."""
    if not isinstance(answer, dict) or "statusCode" not in answer:
        return Response(json.dumps(answer), 200, media_type="application/json")
    body = answer.get("body") or ""
    content = base64.b64decode(body) if answer.get("isBase64Encoded") else body
    response = Response(
        content, answer["statusCode"], {name: str(it) for name, it in (answer.get("headers") or {}).items()}
    )
    for cookie in answer.get("cookies") or []:
        response.headers.append("set-cookie", cookie)
    return response


def _message(status: int, sentence: str) -> Response:
    return Response(json.dumps({"message": sentence}), status, media_type="application/json")
