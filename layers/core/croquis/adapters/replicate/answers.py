"""What Replicate's answers to a paid order mean: did a run start, why not?

Knows Replicate's words and no network. When in doubt the answer is UNKNOWN: looking is free, a second run is not.
"""

import re

from croquis.domain.runs.attempt import Outcome, ProviderStatus, Reason
from croquis.domain.strict_json import NotStrictJson, decoded_object

# refused by the server or something before it, but perhaps only after the run was made
AMBIGUOUS_REFUSALS = frozenset({408, 409, 429})

REASONS = {402: Reason.NO_CREDIT, 404: Reason.BAD_SETUP, 422: Reason.BAD_PARAMETERS}

_RUN_ID = re.compile(r"[A-Za-z0-9_-]{1,64}", re.ASCII)
_THROTTLED = "request was throttled"


def read_status(text: str) -> ProviderStatus | None:
    """The status, or None for a word that we do not know."""
    try:
        return ProviderStatus(text)
    except ValueError:
        return None


def outcome_of(status: int | None, body: bytes) -> Outcome:
    """What the answer to a create says; `status` is None when no answer came."""
    if status == 201:
        return Outcome.STARTED if run_id_of(body) else Outcome.UNKNOWN
    if status == 429 and _detail(body).lower().startswith(_THROTTLED):
        return Outcome.THROTTLED
    if status in (401, 402):
        return Outcome.THROTTLED  # once we hold the new token, or there is credit, the same order may be made
    if status is not None and 400 <= status < 500 and status not in AMBIGUOUS_REFUSALS:
        return Outcome.NOT_STARTED
    return Outcome.UNKNOWN


def run_id_of(body: bytes) -> str | None:
    """The id of the run that the answer describes, or None if it is not readable."""
    found = _object(body).get("id")
    return found if isinstance(found, str) and _RUN_ID.fullmatch(found) else None


def reason_of(status: int, body: bytes) -> str:
    """Why it was refused: a word that the domain knows, and then the provider's own words, for the operator."""
    detail = _detail(body) or str(_object(body).get("title") or "")
    # an account that has little left is throttled far below the usual rates, in a sentence that says so
    reason = Reason.NO_CREDIT if status == 429 and "credit" in detail else REASONS.get(status, Reason.OTHER)
    return f"{reason}: {status} {detail}"[:500]


def _detail(body: bytes) -> str:
    detail = _object(body).get("detail")
    return detail if isinstance(detail, str) else ""


def _object(body: bytes) -> dict[str, object]:
    try:
        return decoded_object(body, of_provider=True)  # as the provider's logs were seen
    except NotStrictJson:
        return {}
