"""Ask provider: go on, wait again, or give up? About a training or, with an image_id, about an image."""

from typing import Any

from croquis.observability import keys_of_task
from croquis.usecases import runs
from croquis.wiring import croquis


def handler(event: dict[str, Any], context: Any) -> dict[str, str]:
    keys_of_task(event, context)
    if "image_id" in event:
        return {"answer": runs.ask_about_image(croquis(), event["image_id"])}
    return {"answer": runs.ask_provider(croquis(), event["job_id"], event["run"])}
