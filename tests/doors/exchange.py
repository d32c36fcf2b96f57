"""One HTTP exchange with a door, as API Gateway makes it: an event file of tests/vectors/events in, the answer out."""

import base64
import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import pytest
from contracts.documented import assert_documented
from studio import Studio, deployed, invoke

EVENTS = Path(__file__).parents[1] / "vectors" / "events"
SHOWN_EVENTS = sorted(path.stem for path in EVENTS.glob("shown_*.json"))
USER_EVENTS = sorted(
    path.stem
    for path in EVENTS.glob("*.json")
    if path.stem not in ("replicate_webhook", "storage_hook", "no_such_route", *SHOWN_EVENTS)
)
NOBODY = "00000000-0000-4000-8000-000000000000"
TABLES = (
    "consents", "lora_training_jobs", "training_runs", "training_photos", "ai_models", "job_events",
    "image_orders", "images", "training_logs", "spend_accounts", "idempotency_keys", "provider_attempts",
    "webhook_inbox", "consent_links", "ledger_entries",
    "erasures", "erasure_receipts",
    "downloads", "download_images", "garments", "looks", "look_books", "look_book_cells",
)  # fmt: skip
Answered = TypeVar("Answered")


@dataclass(frozen=True)
class Answer:
    """What API Gateway is given."""

    status: int
    headers: dict[str, str]
    body: str

    @property
    def json(self) -> Any:
        return json.loads(self.body)


def event(name: str, *, token: str = "", body: object = ..., headers: dict[str, str] | None = None, **path: str) -> Any:
    """The event file with its path parameters and token filled in, and perhaps another body or other headers."""
    text = (EVENTS / f"{name}.json").read_text().replace("{token}", token)
    found = json.loads(text)
    for key in found.get("pathParameters", {}):
        given = path.get(key, NOBODY)
        found["pathParameters"][key] = given
        found["rawPath"] = found["rawPath"].replace(f"{{{key}}}", given)
    found["requestContext"]["http"]["path"] = found["rawPath"]
    found["headers"].update(headers or {})
    return found if body is ... else with_body(found, body)


def with_body(found: dict[str, Any], body: object) -> dict[str, Any]:
    """A text goes as it is, anything else as JSON; base64-encoded where the file is."""
    text = body if isinstance(body, str | None) else json.dumps(body)
    if text is not None and found["isBase64Encoded"]:
        text = base64.b64encode(text.encode()).decode()
    return {**found, "body": text}


def send(found: dict[str, Any]) -> Answer:
    """Hand the event to the function that template.yaml names for its route; the answer is one that is documented."""
    answer = handed_to(door_of(found["routeKey"]), found)
    assert_documented(found["routeKey"], answer.status, answer.headers.get("Content-Type", ""), answer.body)
    return answer


def handed_to(door: str, found: dict[str, Any]) -> Answer:
    """What a door answers, whatever it is handed; always with our headers (AS-19)."""
    answer = invoke(door, found)
    assert answer["headers"]["Cache-Control"] == "no-store"
    assert answer["headers"]["X-Content-Type-Options"] == "nosniff"
    assert answer["headers"]["Referrer-Policy"] == "no-referrer"
    return Answer(answer["statusCode"], answer["headers"], answer.get("body") or "")


def door_of(route: str) -> str:
    return next(it.function for it in deployed().routes if it.key == route)


def assert_problem(answer: Answer, status: int, code: str) -> None:
    """RFC 9457, with a sentence and a hint."""
    assert (answer.status, answer.headers["Content-Type"]) == (status, "application/problem+json"), answer
    problem = answer.json
    assert (problem["status"], problem["code"]) == (status, code), problem
    assert problem["type"] == f"urn:croquis:problem:{code}"
    assert problem["title"] == code.replace("_", " ").capitalize()
    assert problem["detail"].endswith(".") or problem["fields"]
    assert problem["hint"].endswith(".")
    assert problem["request_id"]


def fingerprint(studio: Studio) -> list[dict[str, str]]:
    """Every row that a door may change, in short."""
    one = "select '{0}' as name, md5(string_agg(t::text, '' order by t::text)) as rows from public.{0} t"
    return studio.rows(" union all ".join(one.format(table) for table in TABLES))


def everything(logged: pytest.LogCaptureFixture) -> str:
    """All that the log records hold: their extra keys and tracebacks too."""
    records = [repr(vars(record)) + record.getMessage() + (record.exc_text or "") for record in logged.records]
    return "\n".join(records) + logged.text


def changes_nothing(studio: Studio, ask: Callable[[], Answered]) -> Answered:
    """The answer of a request that must leave every row as it was."""
    before = fingerprint(studio)
    answer = ask()
    after = fingerprint(studio)
    assert after == before, [a["name"] for a, b in zip(after, before, strict=True) if a != b]
    return answer
