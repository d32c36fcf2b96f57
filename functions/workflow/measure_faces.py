"""Measure faces: invoked with {pictures, photos, reference} by whoever grades pictures; answers judgements."""

from typing import Any

from croquis.observability import keys_of_task
from croquis.usecases import faces
from croquis.wiring import croquis
from croquis_faces import measure_picture, reference_of


def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    keys_of_task(event, context)
    asked = faces.FacesToMeasure.model_validate(event)
    return faces.measure(croquis(), asked, reference_of, measure_picture).model_dump(mode="json")
