"""Start image: order one image once, and leave the token that its end will return."""

from typing import Any

from croquis.observability import keys_of_task
from croquis.usecases import provider_attempts
from croquis.wiring import croquis


def handler(event: dict[str, Any], context: Any) -> None:
    keys_of_task(event, context)
    provider_attempts.start_image(croquis(), event["image_id"], event["task_token"])
