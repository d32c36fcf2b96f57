"""Check image: what a saved picture shows, told beside it; what breaks here leaves it unchecked."""

from typing import Any

from croquis.observability import keys_of_task
from croquis.usecases import exams
from croquis.wiring import croquis
from croquis_vision import look_at_picture


def handler(event: dict[str, Any], context: Any) -> None:
    keys_of_task(event, context)
    exams.check(croquis(), event["image_id"], look_at_picture)
