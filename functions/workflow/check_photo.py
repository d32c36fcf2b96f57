"""(SQS) Is it a usable full-body photo? Writes the clean copy and deletes what was uploaded."""

from typing import Any

from croquis.queue_worker import each_message
from croquis.usecases import uploads
from croquis.wiring import croquis
from croquis_vision import examine_photo


def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    return each_message(
        event, context, lambda body: uploads.check(croquis(), examine_photo, body["object_id"], body["version"])
    )
