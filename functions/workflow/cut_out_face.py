"""Cut out face: what a repair shows the provider, before anything is ordered; without a face nothing is."""

from typing import Any

from croquis.observability import keys_of_task
from croquis.usecases import repairs
from croquis.wiring import croquis
from croquis_pictures.repairs import cut_out
from croquis_vision import look_at_picture


def handler(event: dict[str, Any], context: Any) -> None:
    keys_of_task(event, context)
    repairs.cut_out_face(croquis(), event["image_id"], look_at_picture, cut_out)
