"""(SQS) A webhook or a cancel points at an attempt: look at its run, store how it ended, wake the workflow."""

from typing import Any

from croquis.queue_worker import each_message
from croquis.usecases import provider_runs
from croquis.wiring import croquis


def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    return each_message(event, context, lambda body: provider_runs.settle(croquis(), **body))
