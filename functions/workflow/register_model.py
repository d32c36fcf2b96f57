"""Register model: the row that says the model exists, after its weights are complete; answers the previews to make."""

from typing import Any

from croquis.observability import keys_of_task
from croquis.usecases import runs
from croquis.wiring import croquis


def handler(event: dict[str, Any], context: Any) -> dict[str, object]:
    keys_of_task(event, context)
    return runs.register_model(croquis(), event["job_id"], event["run"], event["weights"]).model_dump(mode="json")
