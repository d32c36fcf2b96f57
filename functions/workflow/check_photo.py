"""(SQS) Is it a usable photo, full-body or of a garment? Writes the clean copy and deletes what was uploaded."""

from typing import Any

from croquis.queue_worker import each_message
from croquis.usecases import uploads
from croquis.usecases.uploads import Examiners
from croquis.wiring import croquis
from croquis_vision import examine_garment, examine_photo


def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    examiners = Examiners(examine_photo, examine_garment)
    return each_message(
        event, context, lambda body: uploads.check(croquis(), examiners, body["object_id"], body["version"])
    )
