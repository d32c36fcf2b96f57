"""API Gateway's HTTP API as the template describes it: routes, CORS, throttles, payload 2.0 in, the answer out."""

import base64
import json
import logging
import re
import threading
import time
import uuid
from collections.abc import Callable, Iterable
from typing import Any
from urllib.parse import parse_qsl, unquote

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers
from starlette.middleware.cors import CORSMiddleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from sandbox.aws.runners import FunctionError, TooManyCallsError
from sandbox.aws.stack import ACCOUNT, DEFAULT, Route, Stack

MAX_BODY, MAX_EVENT = 10 * 2**20, 6 * 2**20
TEXT = re.compile(r"text/|application/(.+\+)?(json|xml|javascript)\b", re.IGNORECASE)

Invoke = Callable[[str, Any], Any]

requests = logging.getLogger("sandbox.requests")  # one line for each


class Throttle:
    """Tokens that come at a rate and are kept up to a burst; a request takes one."""

    def __init__(self, rate: float, burst: int) -> None:
        self._rate, self._burst = rate, burst
        self._tokens, self._at = float(burst), time.monotonic()
        self._lock = threading.Lock()

    def passes(self) -> bool:
        with self._lock:
            now = time.monotonic()
            self._tokens = min(self._burst, self._tokens + (now - self._at) * self._rate)
            self._at = now
            passes = self._tokens >= 1
            self._tokens -= passes
            return passes


def http_api(stack: Stack, invoke: Invoke, *, throttled: bool = True) -> ASGIApp:
    """The API with what it lets pages do; `invoke(function, event)` runs the function behind a route."""
    cors, routes = stack.cors, Routes(stack, invoke, throttled=throttled)
    if not cors:
        return routes
    methods, headers = cors.get("allowMethods", []), cors.get("allowHeaders", [])
    exposed, max_age = cors.get("exposeHeaders", []), cors.get("maxAge", 0)
    return Cors(routes, cors["allowOrigins"], methods, headers, expose_headers=exposed, max_age=max_age)


class Cors(CORSMiddleware):
    """A browser tells its page nothing of why it was refused, so the log does."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        origin = Headers(scope=scope).get("origin") if scope["type"] == "http" else None
        if origin and not self.is_allowed_origin(origin):
            requests.info("A page of %r may not call: it is none of the allowed origins.", origin[:100])
        await super().__call__(scope, receive, send)


class Routes:
    """An ASGI application: a request becomes an event, the function's answer a response."""

    def __init__(self, stack: Stack, invoke: Invoke, *, throttled: bool = True) -> None:
        # of two routes that match, the one with fewer parameters is meant; $default is for what none matches
        routes = sorted(stack.routes, key=lambda it: (it.key == DEFAULT, it.path.count("{")))
        self._routes = [(_pattern(route), route) for route in routes]
        self._invoke = invoke
        limits = stack.throttles if throttled else {}
        self._throttles = {route: Throttle(rate, burst) for route, (rate, burst) in limits.items()}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            began, request = time.monotonic(), Request(scope, receive)
            route, parameters = self._found(request)
            answer = await self._answer(request, route, parameters)
            # as the template's access log: the route and not the path, which may hold a webhook's marker
            told = route.key if route else f"{request.method} (no route)"
            requests.info("%s %s %.0f ms", told, answer.status_code, 1000 * (time.monotonic() - began))
            await answer(scope, receive, send)

    async def _answer(self, request: Request, route: Route | None, parameters: dict[str, str]) -> Response:
        if route is None:
            return _message(404, "Not Found")
        throttle = self._throttles.get(route.key) or self._throttles.get("")
        if throttle and not throttle.passes():
            return _message(429, "Too Many Requests")
        body = bytearray()
        async for chunk in request.stream():
            body += chunk
            if len(body) > MAX_BODY:
                return _message(413, "Request Entity Too Large")
        event = _event(request, route, parameters, bytes(body))
        if len(json.dumps(event)) > MAX_EVENT:
            return _message(413, "Request Entity Too Large")
        try:
            return _response(await run_in_threadpool(self._invoke, route.function, event))
        except TooManyCallsError:
            return _message(503, "Service Unavailable")
        except (FunctionError, KeyError, TypeError, ValueError):
            return _message(500, "Internal Server Error")

    def _found(self, request: Request) -> tuple[Route | None, dict[str, str]]:
        path = request.scope["raw_path"].decode("latin-1")
        for pattern, route in self._routes:
            if route.method in (request.method, "ANY") and (found := pattern.fullmatch(path)):
                return route, {name: unquote(value) for name, value in found.groupdict().items()}
        return None, {}


def _pattern(route: Route) -> re.Pattern[str]:
    """`/v1/{id}/{rest+}`: a parameter is one segment, a greedy one all the rest."""
    if route.key == DEFAULT:
        return re.compile(".*", re.DOTALL)
    pattern = re.sub(r"\\\{(\w+)\\\+\\\}", r"(?P<\1>.+)", re.escape(route.path))
    return re.compile(re.sub(r"\\\{(\w+)\\\}", r"(?P<\1>[^/]+)", pattern))


def _event(request: Request, route: Route, parameters: dict[str, str], body: bytes) -> dict[str, Any]:
    path, headers = unquote(request.scope["raw_path"].decode("latin-1")), _joined(request.headers.items())
    text = _text(headers.get("content-type", ""), body)
    cookies = [it.strip() for it in headers.pop("cookie", "").split(";") if it.strip()]
    agent, method = headers.get("user-agent", ""), request.method
    http = {"method": method, "path": path, "protocol": "HTTP/1.1", "sourceIp": "127.0.0.1", "userAgent": agent}
    optional = {
        "body": base64.b64encode(body).decode() if text is None else text,
        "cookies": cookies,
        "pathParameters": parameters,
        "queryStringParameters": _joined(parse_qsl(request.url.query, keep_blank_values=True)),
    }
    return {
        "version": "2.0",
        "routeKey": route.key,
        "rawPath": path,
        "rawQueryString": request.url.query,
        "headers": {**headers, "x-forwarded-for": "127.0.0.1", "x-forwarded-proto": "https"},
        "requestContext": {
            "accountId": ACCOUNT, "apiId": "local", "domainName": headers.get("host", ""), "http": http,
            "requestId": str(uuid.uuid4()), "routeKey": route.key, "stage": "$default",
            "timeEpoch": int(time.time() * 1000),
        },
        "isBase64Encoded": text is None,
        **{name: value for name, value in optional.items() if value},
    }  # fmt: skip


def _joined(pairs: Iterable[tuple[str, str]]) -> dict[str, str]:
    """What stands there twice is joined by a comma."""
    found: dict[str, str] = {}
    for name, value in pairs:
        found[name] = f"{found[name]},{value}" if name in found else value
    return found


def _text(content_type: str, body: bytes) -> str | None:
    """The body as text, byte for byte the same when encoded again; None where a function gets base64."""
    try:
        return body.decode() if not body or TEXT.match(content_type) else None
    except UnicodeDecodeError:
        return None


def _response(answer: Any) -> Response:
    """Payload 2.0: an answer without a status is the body of a 200."""
    if not isinstance(answer, dict) or "statusCode" not in answer:
        return Response(json.dumps(answer), 200, media_type="application/json")
    body, headers = answer.get("body") or "", answer.get("headers") or {}
    content = base64.b64decode(body) if answer.get("isBase64Encoded") else body
    response = Response(content, answer["statusCode"], {name: str(value) for name, value in headers.items()})
    for cookie in answer.get("cookies") or []:
        response.headers.append("set-cookie", cookie)
    return response


def _message(status: int, sentence: str) -> Response:
    return Response(json.dumps({"message": sentence}), status, media_type="application/json")
