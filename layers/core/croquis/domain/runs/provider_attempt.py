"""What the provider's answers mean for one paid attempt: did a run start, is it over, may we ask again?

Knows the provider's words and no network. When in doubt the answer is UNKNOWN: looking is free, a second run is not.
"""

import json
import re
from collections.abc import Mapping
from enum import StrEnum
from typing import NewType, cast

ProviderRunId = NewType("ProviderRunId", str)

MAX_RETRY_AFTER_S = 900
# refused by the server or something before it, but perhaps only after the run was made
AMBIGUOUS_REFUSALS = frozenset({408, 409, 429})

_RUN_ID = re.compile(r"[A-Za-z0-9_-]{1,64}", re.ASCII)
_THROTTLED = "request was throttled"
_RESETS_IN = re.compile(r"resets in ~?\s*(\d{1,6})\s*s", re.ASCII | re.IGNORECASE)


class ProviderStatus(StrEnum):
    """Every status that the provider documents for a training or a prediction."""

    STARTING = "starting"
    PROCESSING = "processing"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    CANCELED = "canceled"
    ABORTED = "aborted"  # ended before it ran; the provider's own library does not know it

    @property
    def is_terminal(self) -> bool:
        return self not in (ProviderStatus.STARTING, ProviderStatus.PROCESSING)


class Outcome(StrEnum):
    """What is known about a paid order after its one POST."""

    STARTED = "started"
    NOT_STARTED = "not_started"
    THROTTLED = "throttled"
    UNKNOWN = "unknown"


def read_status(text: str) -> ProviderStatus | None:
    """The status, or None for a word that we do not know: then keep waiting, or look if `seems_over`."""
    try:
        return ProviderStatus(text)
    except ValueError:
        return None


def seems_over(text: str, completed_at: str | None) -> bool:
    """Is the run over, as far as this message tells? An unknown status with an end time counts: go and look."""
    status = read_status(text)
    return completed_at is not None if status is None else status.is_terminal


def outcome_of(status: int | None, body: bytes) -> Outcome:
    """What the answer to a create says; `status` is None when no answer came."""
    if status == 201:
        return Outcome.STARTED if run_id_of(body) else Outcome.UNKNOWN
    if status == 429 and _detail(body).lower().startswith(_THROTTLED):
        return Outcome.THROTTLED
    if status is not None and 400 <= status < 500 and status not in AMBIGUOUS_REFUSALS:
        return Outcome.NOT_STARTED
    return Outcome.UNKNOWN


def run_id_of(body: bytes) -> ProviderRunId | None:
    """The id of the run that the answer describes, or None if it is not readable."""
    found = _object(body).get("id")
    return ProviderRunId(found) if isinstance(found, str) and _RUN_ID.fullmatch(found) else None


def retry_after(body: bytes, headers: Mapping[str, str]) -> int | None:
    """Seconds that a throttled answer asks us to wait, at most 15 minutes, or None if it does not say."""
    named = next((value.strip() for name, value in headers.items() if name.lower() == "retry-after"), "")
    if not re.fullmatch(r"\d{1,9}", named, re.ASCII):  # a date is allowed there, too; the provider sends none
        match = _RESETS_IN.search(_detail(body))
        named = match[1] if match else ""
    return min(int(named), MAX_RETRY_AFTER_S) if named else None


def _detail(body: bytes) -> str:
    detail = _object(body).get("detail")
    return detail if isinstance(detail, str) else ""


def _object(body: bytes) -> dict[str, object]:
    try:
        # not strict: the provider's logs were seen with raw control characters in them
        parsed: object = json.loads(body.decode("utf-8"), strict=False)
    except (ValueError, RecursionError):
        return {}
    return cast("dict[str, object]", parsed) if isinstance(parsed, dict) else {}
