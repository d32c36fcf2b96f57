"""Record failure: undo what was done, then say why it failed, or that it was canceled. A run's or an image's."""

from typing import Any

from croquis.observability import keys_of_task
from croquis.usecases import images, runs
from croquis.wiring import croquis


def handler(event: dict[str, Any], context: Any) -> None:
    keys_of_task(event, context)
    failure: dict[str, Any] = event.get("failure") or {}
    error_name = failure.get("Error")
    if "image_id" in event:
        images.record_failure(croquis(), event["image_id"], error_name)
    else:
        runs.record_failure(croquis(), event["job_id"], event["run"], error_name)
