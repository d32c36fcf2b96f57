"""What the stand-in refuses, in the words and with the status of the real service."""

import json
from collections.abc import Mapping
from typing import Any

import psycopg
from starlette.responses import Response

JSON = "application/json; charset=utf-8"
# SQLSTATE -> HTTP, as PostgREST does it: first by the whole code, then by its class, else 400
STATUS = {
    "23503": 409, "23505": 409, "25006": 405, "42883": 404, "42P01": 404, "42P17": 500, "53400": 500, "P0001": 400,
}  # fmt: skip
STATUS_OF_CLASS = {
    "08": 503, "09": 500, "0L": 403, "0P": 403, "25": 500, "28": 403, "2D": 500, "38": 500, "39": 500, "3B": 500,
    "40": 500, "53": 503, "54": 500, "55": 500, "57": 500, "58": 500, "F0": 500, "HV": 500, "P0": 500, "XX": 500,
}  # fmt: skip


class ApiError(Exception):
    """A refusal that is already an HTTP answer: status, JSON body, extra headers."""

    def __init__(self, status: int, body: Mapping[str, object], headers: Mapping[str, str] | None = None) -> None:
        super().__init__(str(body.get("message", body)))
        self.status = status
        self.body = dict(body)
        self.headers = dict(headers or {})

    def answer(self) -> Response:
        """The refusal as it goes over the wire."""
        body = json.dumps(self.body, ensure_ascii=False, separators=(",", ":"))
        return Response(body, self.status, {"Content-Type": JSON} | self.headers)


def refusal(
    status: int, code: str, message: str | None, details: str | None = None, hint: str | None = None,
    headers: Mapping[str, str] | None = None,
) -> ApiError:  # fmt: skip
    """An ApiError with PostgREST's body."""
    return ApiError(status, {"code": code, "details": details, "hint": hint, "message": message}, headers)


def json_object(body: bytes, otherwise: Exception) -> dict[str, Any]:
    """The JSON object of a request, an empty one if there is no body; raises `otherwise` for anything else."""
    try:
        value = json.loads(body.decode() or "{}")
    except (ValueError, RecursionError):
        value = None
    if not isinstance(value, dict):
        raise otherwise
    return value


def of_postgres(error: psycopg.Error, role: str) -> ApiError:
    """What PostgREST answers when the database refuses; a nameless role hears 401 where others hear 403."""
    told = error.diag
    code = told.sqlstate
    if code is None and isinstance(error, psycopg.DataError):  # the driver's own refusal
        return refusal(400, "22021", str(error))
    if code is None:
        return refusal(503, "PGRST001", "Database connection error. Retrying the connection.", type(error).__name__)
    status = STATUS.get(code, STATUS_OF_CLASS.get(code[:2], 400))
    headers: dict[str, str] = {}
    if code == "42501":
        status = 401 if role == "anon" else 403
        headers = {"WWW-Authenticate": "Bearer"} if role == "anon" else {}
    elif code[:2] == "PT" and code[2:].isdigit():
        status = int(code[2:])
    return refusal(status, code, told.message_primary or str(error), told.message_detail, told.message_hint, headers)
