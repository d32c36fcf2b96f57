"""Save image: copy the image out of the provider within its hour, stripped, labelled and signed."""

from typing import Any

from croquis.observability import keys_of_task
from croquis.usecases import images
from croquis.wiring import croquis
from croquis_marks import sign
from croquis_pictures.marks import save_labelled
from croquis_pictures.repairs import put_back


def handler(event: dict[str, Any], context: Any) -> None:
    keys_of_task(event, context)
    images.save(croquis(), event["image_id"], save_labelled, sign, put_back)
