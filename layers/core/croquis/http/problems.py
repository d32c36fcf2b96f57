"""application/problem+json (RFC 9457): every error is translated here, once, into what an HTTP caller sees.

Neither the response nor the log repeats an unexpected error's words: they may quote a row, a link or a token.
"""

import logging

from pydantic import BaseModel, ConfigDict, Field

from croquis.errors import Refused, Unavailable
from croquis.http.sentences import Errors, field_of, most_telling_first, sentence_of
from croquis.observability import places_of
from croquis.settings import SettingMissing

CONTENT_TYPE = "application/problem+json"
RETRY_AFTER_SECONDS = {429: 3600, 503: 5}
# what waits for its owner to finish something is not over after an hour
RETRY_AFTER_OF_CODE = {"too_many_open_jobs": None, "too_many_requests": 60}
MAX_FIELDS = 20
MAX_TOLD = 3  # in the sentence; all are in `fields`

log = logging.getLogger(__name__)


class FieldProblem(BaseModel):
    """One field of the request that cannot be accepted."""

    model_config = ConfigDict(frozen=True, defer_build=True)

    field: str
    problem: str


class ProblemDetails(BaseModel):
    """RFC 9457: `type` and `title` name the kind of problem, `detail` says what is wrong with this request.

    Ours: a stable `code`, `hint` says what to do, and `request_id` is what to name when you ask us.
    """

    model_config = ConfigDict(frozen=True, defer_build=True, json_schema_serialization_defaults_required=True)

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


def problem_of(error: Exception, body: type[BaseModel] | None = None) -> ProblemDetails:
    """What to tell a caller about an error, which is logged; what was not raised on purpose becomes a plain 500.

    `body` is the model that the request's body had to fit.
    """
    match error:
        case Refused():
            problem = _problem(error.status, error.code, error.sentence, error.hint)
        case Unavailable():
            log.warning("neighbour unavailable", extra={"reason": str(error)})
            return _problem(*_UNAVAILABLE)
        case _ if found := _of_resolver(error, body):
            problem = found
        case _:
            reason = str(error) if isinstance(error, SettingMissing) else ""
            log.error(
                "unexpected error", extra={"error": type(error).__name__, "reason": reason, "at": places_of(error)}
            )
            return _problem(*_UNEXPECTED)
    log.info("refused", extra={"code": problem.code, "status": problem.status})
    return problem


_NOWHERE = (404, "not_found", "There is nothing at this address.", "Check the path and the ids in it.")
_ONE_OBJECT = "Send one JSON object, encoded as UTF-8, that names each field once."
_NO_KEY = (
    400,
    "no_idempotency_key",
    "This call needs an Idempotency-Key of 8 to 200 characters: without one a repeated call would be a second order.",
    "Send a fresh random key with each order, and the same key when you repeat the same call.",
)
_UNAVAILABLE = (
    503,
    "unavailable",
    "A service that this needs does not answer.",
    "Send the same request again in a moment.",
)
_UNEXPECTED = (
    500,
    "internal",
    "Something went wrong on our side.",
    "Send the same request again; if it fails again, tell us its request_id.",
)


def _of_resolver(error: Exception, body: type[BaseModel] | None) -> ProblemDetails | None:
    # here, so that a door without a resolver answers without importing one
    from aws_lambda_powertools.event_handler.exceptions import NotFoundError
    from aws_lambda_powertools.event_handler.openapi.exceptions import RequestValidationError

    if isinstance(error, NotFoundError):
        return _problem(*_NOWHERE)
    if not isinstance(error, RequestValidationError):
        return None
    # it is also raised when our own answer does not fit its model
    is_ours = any(found["loc"][0] == "response" for found in error.errors())
    return None if is_ours else _invalid(error.errors(), body)


def _invalid(errors: Errors, body: type[BaseModel] | None) -> ProblemDetails:
    if any(found["loc"][0] == "path" for found in errors):
        return _problem(*_NOWHERE)
    if why := next((found["ctx"]["error"] for found in errors if found["type"] == "json_invalid"), ""):
        return _problem(400, "bad_json", f"The body is not a JSON object: {why}.", _ONE_OBJECT)
    if [(found["type"], *found["loc"]) for found in errors] == [("missing", "header", "idempotency-key")]:
        return _problem(*_NO_KEY)
    fields = tuple(
        FieldProblem(field=field_of(found), problem=sentence_of(found, body))
        for found in most_telling_first(errors)[:MAX_FIELDS]
    )
    told = " ".join(field.problem for field in fields[:MAX_TOLD])
    more = f" There is more: see `fields`, which names {len(fields)}." if len(fields) > MAX_TOLD else ""
    # whatever else is wrong: the status by which a request with a field of its own is told from one with a bad value
    if any(found["type"] == "extra_forbidden" for found in errors):
        cure = "Correct the named fields, leave out what the API does not name, and send it again."
        return _problem(400, "unknown_field", told + more, cure, fields)
    return _problem(422, "invalid_request", told + more, "Correct the named fields and send it again.", fields)
