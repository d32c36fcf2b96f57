"""A JSON body, read for its shape but handed to Postgres as it came, so that no number loses a digit."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sandbox.supabase.refusals import ApiError, refusal


@dataclass(frozen=True)
class Payload:
    """One object or a list of objects; `text` is always the list."""

    text: str
    rows: Sequence[Mapping[str, object]]
    single: bool

    @classmethod
    def of(cls, body: bytes) -> "Payload":
        """ApiError 400 PGRST102 when the body is no JSON object or list of objects; no body is an empty object."""
        try:
            text = body.decode() or "{}"
            value = json.loads(text)
        except (ValueError, RecursionError):
            raise invalid_json() from None
        single = isinstance(value, dict)
        rows = [value] if single else value
        if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
            raise invalid_json()
        return cls(f"[{text}]" if single else text, rows, single)


def invalid_json() -> ApiError:
    return refusal(400, "PGRST102", "Empty or invalid json")
