"""What every HTTP door shares: the resolver, the signed-in owner, and how an error becomes application/problem+json."""

import json
import logging
from collections.abc import Callable
from typing import Annotated, Any

from aws_lambda_powertools.event_handler import APIGatewayHttpResolver, Depends, Response
from aws_lambda_powertools.event_handler.exceptions import NotFoundError
from aws_lambda_powertools.event_handler.openapi.exceptions import RequestValidationError
from aws_lambda_powertools.event_handler.openapi.params import Header, Path, Query
from aws_lambda_powertools.event_handler.request import Request

from croquis.domain.ids import JobId, ModelId, OrderId, PhotoId
from croquis.errors import Refused, Unavailable
from croquis.observability import keys_of_request
from croquis.ports import Owner
from croquis.wiring import croquis

MAX_JSON_BODY = 64_000
UUID = r"^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$"
HEADERS = {"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"}
PROBLEM = "application/problem+json"

log = logging.getLogger(__name__)


def signed_in(request: Request) -> Owner:
    """The owner that the access token proves, or 401."""
    return croquis().owner_of(request.headers.get("authorization"))


SignedIn = Annotated[Owner, Depends(signed_in)]
JobInPath = Annotated[JobId, Path(pattern=UUID)]
PhotoInPath = Annotated[PhotoId, Path(pattern=UUID)]
ModelInPath = Annotated[ModelId, Path(pattern=UUID)]
OrderInPath = Annotated[OrderId, Path(pattern=UUID)]
IdempotencyKey = Annotated[str | None, Header(alias="Idempotency-Key", min_length=8, max_length=200)]
Cursor = Annotated[str | None, Query(pattern=r"^[0-9T:.+\-]{10,40}\|[0-9a-f-]{36}$")]


class Door(APIGatewayHttpResolver):
    """A resolver whose every answer is JSON with our headers, and whose every error says how to mend it."""

    def __init__(self) -> None:
        super().__init__(enable_validation=True)
        self.exception_handler(Refused)(refused)
        self.exception_handler(Unavailable)(unavailable)
        self.exception_handler(RequestValidationError)(invalid)
        self.exception_handler(NotFoundError)(no_route)
        self.exception_handler(Exception)(unexpected)

    def open(self, event: dict[str, Any], context: Any) -> dict[str, Any]:
        """Answer one HTTP event."""
        keys_of_request(event, context)
        body = event.get("body") or ""
        if len(body) > MAX_JSON_BODY:
            return _early(
                problem(
                    413, "body_too_large", "The body is larger than 64 kB.", "Photos go to the upload URL, not here."
                )
            )
        answer = self.resolve(event, context)
        answer["headers"] = {**HEADERS, **answer.get("headers", {})}
        return answer


def problem(status: int, code: str, sentence: str, mend: str, **more: object) -> Response[str]:
    """RFC 9457, with a stable `code`, and `mend`: what to do about it."""
    body: dict[str, object] = {
        "type": "about:blank",
        "title": sentence,
        "status": status,
        "code": code,
        "mend": mend,
        **more,
    }
    return Response(status_code=status, content_type=PROBLEM, body=json.dumps(body))


def refused(error: Refused) -> Response[str]:
    log.info("refused", extra={"code": error.code, "status": error.status})
    return problem(error.status, error.code, error.sentence, error.mend)


def unavailable(error: Unavailable) -> Response[str]:
    log.warning("neighbour unavailable", extra={"error": str(error)})
    answer = problem(
        503, "unavailable", "A service that this needs does not answer.", "Send the same request again in a moment."
    )
    answer.headers["Retry-After"] = "5"
    return answer


def invalid(error: RequestValidationError) -> Response[str]:
    found: list[dict[str, Any]] = list(error.errors())
    if any(item["loc"][0] == "path" for item in found):
        return problem(404, "not_found", "There is nothing at this address.", "Check the id in the path.")
    fields = [{"field": ".".join(str(part) for part in item["loc"][1:]), "problem": item["msg"]} for item in found]
    named = "; ".join(f"{field['field'] or 'body'}: {field['problem']}" for field in fields)
    return problem(
        422,
        "invalid_request",
        f"The request cannot be read: {named}",
        "Correct the named fields and send it again.",
        fields=fields,
    )


def no_route(_: NotFoundError) -> Response[str]:
    return problem(404, "not_found", "There is nothing at this address.", "See infra/openapi.json for the routes.")


def unexpected(error: Exception) -> Response[str]:
    log.error("unexpected error", extra={"error": type(error).__name__}, exc_info=error)
    return problem(
        500,
        "internal",
        "Something went wrong on our side.",
        "Send the same request again; if it fails again, tell us the time.",
    )


def _early(answer: Response[str]) -> dict[str, Any]:
    return {
        "statusCode": answer.status_code,
        "headers": {**HEADERS, "Content-Type": PROBLEM},
        "body": answer.body,
        "isBase64Encoded": False,
    }


def answered(event: dict[str, Any], context: Any, receive: Callable[[dict[str, Any]], None]) -> dict[str, Any]:
    """One machine's message: 200 when `receive` returns, else the problem; hostile input is never a 5xx (WH-10)."""
    keys_of_request(event, context)
    try:
        receive(event)
    except Refused as error:
        return _early(refused(error))
    except Unavailable as error:
        return _early(unavailable(error))
    except (ValueError, RecursionError):
        return _early(problem(400, "bad_event", "The body cannot be read.", "Send JSON."))
    return {
        "statusCode": 200,
        "headers": {**HEADERS, "Content-Type": "application/json"},
        "body": "{}",
        "isBase64Encoded": False,
    }
