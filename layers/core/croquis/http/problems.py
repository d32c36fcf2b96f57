"""application/problem+json (RFC 9457): every error is translated here, once, into what an HTTP caller sees.

Neither the answer nor the log repeats an unexpected error's words: they may quote a row, a link or a token.
"""

import logging
from collections.abc import Sequence
from typing import Any

from aws_lambda_powertools.event_handler.exceptions import NotFoundError
from aws_lambda_powertools.event_handler.openapi.exceptions import RequestValidationError
from pydantic import BaseModel, ConfigDict, Field

from croquis.errors import Refused, Unavailable
from croquis.observability import places_of
from croquis.settings import SettingMissing

CONTENT_TYPE = "application/problem+json"
RETRY_AFTER_SECONDS = {429: 3600, 503: 5}
MAX_FIELDS = 20

log = logging.getLogger(__name__)


class FieldProblem(BaseModel):
    """One field of the request that cannot be accepted."""

    model_config = ConfigDict(frozen=True)

    field: str
    problem: str


class ProblemDetails(BaseModel):
    """RFC 9457: `type` and `title` name the kind of problem, `detail` says what is wrong with this request.

    Ours: a stable `code`, `hint` says what to do, and `request_id` is what to name when you ask us.
    """

    model_config = ConfigDict(frozen=True, json_schema_serialization_defaults_required=True)

    type: str = Field(pattern=r"^urn:croquis:problem:[a-z0-9_]+$")
    title: str
    status: int
    detail: str
    code: str
    hint: str
    request_id: str = ""
    fields: tuple[FieldProblem, ...] = ()


def _problem(status: int, code: str, detail: str, hint: str, fields: tuple[FieldProblem, ...] = ()) -> ProblemDetails:
    """The kind's name and phrase follow from its code: `no_such_model` is "No such model"."""
    return ProblemDetails(
        type=f"urn:croquis:problem:{code}",
        title=code.replace("_", " ").capitalize(),
        status=status,
        detail=detail,
        code=code,
        hint=hint,
        fields=fields,
    )


def problem_of(error: Exception) -> ProblemDetails:
    """What to tell a caller about an error, which is logged; what was not raised on purpose becomes a plain 500."""
    match error:
        case Refused():
            problem = _problem(error.status, error.code, error.sentence, error.hint)
        case Unavailable():
            log.warning("neighbour unavailable", extra={"reason": str(error)})
            return _UNAVAILABLE
        case NotFoundError():
            problem = _NOWHERE
        case RequestValidationError() if not _is_ours(error):
            problem = _invalid(error.errors())
        case _:
            reason = str(error) if isinstance(error, SettingMissing) else ""
            log.error(
                "unexpected error", extra={"error": type(error).__name__, "reason": reason, "at": places_of(error)}
            )
            return _UNEXPECTED
    log.info("refused", extra={"code": problem.code, "status": problem.status})
    return problem


_NOWHERE = _problem(404, "not_found", "There is nothing at this address.", "Check the path and the id in it.")
_UNAVAILABLE = _problem(
    503,
    "unavailable",
    "A service that this needs does not answer.",
    "Send the same request again in a moment.",
)
_UNEXPECTED = _problem(
    500,
    "internal",
    "Something went wrong on our side.",
    "Send the same request again; if it fails again, tell us its request_id.",
)


def _is_ours(error: RequestValidationError) -> bool:
    """The resolver also raises it when our own answer does not fit its model."""
    return any(found["loc"][0] == "response" for found in error.errors())


def _invalid(errors: Sequence[Any]) -> ProblemDetails:
    if any(found["loc"][0] == "path" for found in errors):
        return _NOWHERE
    kinds = {str(found["type"]) for found in errors}
    if "json_invalid" in kinds:
        return _problem(400, "bad_json", "The body is not a JSON object.", "Send one JSON object, encoded as UTF-8.")
    fields = tuple(
        FieldProblem(field=".".join(map(str, found["loc"][1:])) or "body", problem=str(found["msg"]))
        for found in errors[:MAX_FIELDS]
    )
    named = "; ".join(f"{field.field}: {field.problem}" for field in fields)
    if "extra_forbidden" in kinds:
        unknown, leave_out = "The request has a field that is not known: ", "Leave out what the API does not name."
        return _problem(400, "unknown_field", unknown + named, leave_out, fields)
    cure = "Correct the named fields and send it again."
    return _problem(422, "invalid_request", f"The request cannot be accepted: {named}", cure, fields)
