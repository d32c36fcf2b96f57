"""Open review: the model is ready for its owner's decision, with the previews that could be made."""

from typing import Any

from croquis.observability import keys_of_task
from croquis.usecases import runs
from croquis.wiring import croquis


def handler(event: dict[str, Any], context: Any) -> None:
    keys_of_task(event, context)
    runs.open_review(croquis(), event["job_id"], event["run"])
