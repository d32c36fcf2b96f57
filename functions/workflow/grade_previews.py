"""Grade previews: the exam of a run, judged by its saved previews; what breaks here leaves the run ungraded."""

from typing import Any

from croquis.observability import keys_of_task
from croquis.usecases import exams
from croquis.wiring import croquis
from croquis_vision import look_at_picture


def handler(event: dict[str, Any], context: Any) -> None:
    keys_of_task(event, context)
    exams.grade(croquis(), event["job_id"], event["run"], look_at_picture)
