"""(SQS) A webhook or a cancel points at an attempt: look at its run, store how it ended, wake the workflow."""

from typing import Any

from croquis.domain.runs.attempt import RunKind
from croquis.queue_worker import each_message
from croquis.usecases import provider_runs
from croquis.wiring import croquis


def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    return each_message(event, context, settle)


def settle(body: dict[str, Any]) -> None:
    kind = body.get("kind")
    provider_runs.settle(croquis(), body["attempt_id"], kind and RunKind(kind), body.get("provider_id"))
