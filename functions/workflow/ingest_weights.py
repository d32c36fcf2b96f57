"""Ingest weights: from the provider's archive into our storage, checked and hashed on the way."""

from typing import Any

from croquis.observability import keys_of_task
from croquis.usecases import runs
from croquis.wiring import croquis


def handler(event: dict[str, Any], context: Any) -> dict[str, object]:
    keys_of_task(event, context)
    return runs.ingest_weights(croquis(), event["job_id"], event["run"]).model_dump(mode="json")
