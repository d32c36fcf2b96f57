"""application/problem+json (RFC 9457): every error is translated here, once, into what an HTTP caller is told.

Neither the answer nor the log repeats an unexpected error's words: they may quote a row, a link or a token.
"""

import logging
from collections.abc import Sequence
from typing import Any, Literal

from aws_lambda_powertools.event_handler.exceptions import NotFoundError
from aws_lambda_powertools.event_handler.openapi.exceptions import RequestValidationError
from pydantic import BaseModel, ConfigDict

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
    """`code` is stable, `title` says what is wrong, `mend` what to do about it; name `request_id` when you ask us."""

    model_config = ConfigDict(frozen=True, json_schema_serialization_defaults_required=True)

    type: Literal["about:blank"] = "about:blank"
    title: str
    status: int
    code: str
    mend: str
    request_id: str = ""
    fields: tuple[FieldProblem, ...] = ()


def problem_of(error: Exception) -> ProblemDetails:
    """What to tell a caller about an error, which is logged; what was not raised on purpose becomes a plain 500."""
    match error:
        case Refused():
            problem = ProblemDetails(status=error.status, code=error.code, title=error.sentence, mend=error.mend)
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


_NOWHERE = ProblemDetails(
    status=404, code="not_found", title="There is nothing at this address.", mend="Check the path and the id in it."
)
_UNAVAILABLE = ProblemDetails(
    status=503,
    code="unavailable",
    title="A service that this needs does not answer.",
    mend="Send the same request again in a moment.",
)
_UNEXPECTED = ProblemDetails(
    status=500,
    code="internal",
    title="Something went wrong on our side.",
    mend="Send the same request again; if it fails again, tell us its request_id.",
)


def _is_ours(error: RequestValidationError) -> bool:
    """The resolver also raises it when our own answer does not fit its model."""
    return any(found["loc"][0] == "response" for found in error.errors())


def _invalid(errors: Sequence[Any]) -> ProblemDetails:
    if any(found["loc"][0] == "path" for found in errors):
        return _NOWHERE
    kinds = {str(found["type"]) for found in errors}
    if "json_invalid" in kinds:
        return ProblemDetails(
            status=400,
            code="bad_json",
            title="The body is not a JSON object.",
            mend="Send one JSON object, encoded as UTF-8.",
        )
    fields = tuple(
        FieldProblem(field=".".join(map(str, found["loc"][1:])) or "body", problem=str(found["msg"]))
        for found in errors[:MAX_FIELDS]
    )
    named = "; ".join(f"{field.field}: {field.problem}" for field in fields)
    if "extra_forbidden" in kinds:
        return ProblemDetails(
            status=400,
            code="unknown_field",
            title=f"The request has a field that is not known: {named}",
            mend="Leave out what infra/openapi.json does not name.",
            fields=fields,
        )
    return ProblemDetails(
        status=422,
        code="invalid_request",
        title=f"The request cannot be accepted: {named}",
        mend="Correct the named fields and send it again.",
        fields=fields,
    )
